import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadIamData } from '../../src/aws/iam-data.js';
import type { FeedrateError } from '../../src/base/errors.js';
import { cloudPlaceOf, type RawCloudPlace } from '../../src/cli/options/cloud-place.js';
import { chosenFeatures } from '../../src/cli/options/feature-list.js';
import { decide, type Setting } from '../../src/iam/evaluate/answer-question.js';
import { refuseMalformed } from '../../src/iam/evaluate/malformed.js';
import type { Policies } from '../../src/iam/evaluate/policies.js';
import { requesterOf } from '../../src/iam/evaluate/requester.js';
import { type CloudPlace, FEATURES, type Feature, grantsFor } from '../../src/iam/features.js';
import { questionsFor } from '../../src/iam/generate/feature-questions.js';
import { type WrittenPolicy, writePolicies } from '../../src/iam/generate/written-policies.js';
import { findDocuments } from '../../src/iam/lint/found-documents.js';
import { lintDocuments, servicesNamed } from '../../src/iam/lint/lint-policies.js';
import { readActionData } from '../../src/iam/read-action-data.js';
import { SourceText } from '../../src/iam/source-text.js';
import { policyFileText } from '../../src/report/iam/policy-text.js';
import { startMoto } from '../support/moto.js';
import { ACCOUNT, OTHER, ROLE, readPolicy } from './evaluation-case.js';

const test = suite('iam/written-policies');

const VOLUME = 'fsvol-0123456789abcdef0';
const RAW: RawCloudPlace = {
  region: 'us-east-1',
  role: ROLE,
  fileSystem: 'fs-0123456789abcdef0',
  volume: [VOLUME],
  svm: ['svm-0123456789abcdef0'],
  bucket: 's3://runs/feedrate/ml/',
  accessPoint: `arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/ontap/feedrate/ml`,
  key: `arn:aws:kms:us-east-1:${ACCOUNT}:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f`,
  secret: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ontap-AbCdEf`,
};
const inPartition = (partition: string, region: string): RawCloudPlace => {
  const moved = (text: string): string => text.replace('arn:aws:', `arn:${partition}:`).replace('us-east-1', region);
  return {
    ...RAW,
    region,
    role: moved(ROLE),
    accessPoint: moved(RAW.accessPoint as string),
    key: moved(RAW.key as string),
    secret: moved(RAW.secret as string),
  };
};
const PLACES: readonly RawCloudPlace[] = [
  RAW,
  inPartition('aws-cn', 'cn-northwest-1'),
  inPartition('aws-us-gov', 'us-gov-west-1'),
  { region: 'ap-northeast-1', role: ROLE, bucket: 's3://runs', volume: [VOLUME], fileSystem: 'fs-0123456789abcdef0' },
];

const placeOf = (raw: RawCloudPlace): CloudPlace => cloudPlaceOf(raw, {});
const featuresIn = (place: CloudPlace): Feature[] =>
  FEATURES.filter((feature) => feature !== 'ontap' || place.secret !== null);
const written = (place: CloudPlace): WrittenPolicy[] => writePolicies(featuresIn(place), place);
const documentIn = (policy: WrittenPolicy) => readPolicy(`${policy.name}.json`, policyFileText(policy));

test('every policy is one that AWS accepts, and lint finds nothing in it', async () => {
  const source = await loadIamData();
  for (const place of PLACES.map(placeOf))
    for (const policy of written(place)) {
      const isOfResource = !['role', 'creator'].includes(policy.name);
      refuseMalformed(documentIn(policy), isOfResource ? 'resource' : 'identity');
      const found = findDocuments(new SourceText(policy.name, policyFileText(policy)));
      const data = source === null ? null : await readActionData(source, servicesNamed(found));
      const findings = lintDocuments(found, { kind: null, service: null, data });
      assert.equal(
        findings.map(({ code, line, message }) => `${policy.name}:${line} ${code} ${message}`),
        [],
      );
      assert.equal(
        [...policy.reasons.keys()],
        policy.document.Statement.map(({ Sid }) => Sid),
      );
    }
});

function policiesOf(place: CloudPlace): Policies {
  const named = (name: string) =>
    written(place)
      .filter((policy) => policy.name === name)
      .map(documentIn);
  return {
    identity: [...named('role'), ...named('creator')],
    resource: named('key'),
    boundary: 'none',
    session: 'none',
    scp: 'none',
    rcp: 'none',
  };
}

function settingOf(place: CloudPlace): Setting {
  const policies = policiesOf(place);
  return { requester: requesterOf(place.role as string), policiesFor: () => policies, absent: [], cautious: false };
}

test('all that a feature needs is allowed', () => {
  for (const place of PLACES.map(placeOf)) {
    const setting = settingOf(place);
    for (const { question } of questionsFor(featuresIn(place), place, new Map()))
      assert.is(decide(question, setting).decision, 'allowed', `${question.action} on ${question.resource}`);
  }
});

/** What may be there already: a partner, what nobody may do, and the root of the account that owns a key. */
function existingOf(policy: WrittenPolicy): object[] {
  const resource = policy.name === 'key' ? '*' : 'arn:aws:s3:::runs/*';
  const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const owner = { Sid: 'Owner', Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: resource };
  const partner = {
    Sid: 'Partner',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${OTHER}:role/Reader` },
    Action: 's3:GetObject',
    Resource: resource,
  };
  const noAcl = {
    Sid: 'NoAcl',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObjectAcl',
    Resource: resource,
  };
  return policy.name === 'key' ? [owner] : [partner, noAcl];
}

const mergedText = (policy: WrittenPolicy): string =>
  JSON.stringify({ ...policy.document, Statement: [...existingOf(policy), ...policy.document.Statement] });

test('add the statements to the policy that is there; add the statement, do not replace the policy', async () => {
  const place = placeOf(RAW);
  const source = await loadIamData();
  const policies = written(place).filter(({ title }) => /: add the statement(?:s to the policy|, do not)/.test(title));
  assert.equal(policies.map(({ name }) => name).sort(), ['bucket', 'key']);
  for (const policy of policies) {
    const found = findDocuments(new SourceText(policy.name, mergedText(policy)));
    refuseMalformed(readPolicy(`${policy.name}.json`, mergedText(policy)), 'resource');
    const data = source === null ? null : await readActionData(source, servicesNamed(found));
    const findings = lintDocuments(found, { kind: null, service: null, data });
    assert.equal(
      findings.map(({ code, message }) => `${policy.name} ${code} ${message}`),
      [],
    );
  }
  // All that feedrate needs is allowed, and what was there still is.
  const named = (name: string) =>
    policies.filter((policy) => policy.name === name).map((policy) => readPolicy(name, mergedText(policy)));
  const before = policiesOf(place);
  const policiesFor = (resource: string): Policies => ({
    ...before,
    resource: resource.includes(':s3:::') ? named('bucket') : named('key'),
  });
  const setting = { ...settingOf(place), policiesFor };
  for (const { question } of questionsFor(featuresIn(place), place, new Map())) {
    const { decision, reason } = decide(question, setting);
    assert.is(decision, 'allowed', `${question.action} on ${question.resource}: ${reason}`);
  }
});

test('a merged bucket policy is one that S3 takes, and it is in force as a whole', async () => {
  const { url, close } = await startMoto();
  try {
    const bucket = written(placeOf(RAW)).find(({ name }) => name === 'bucket') as WrittenPolicy;
    const request = (path: string, method: string, body?: string) =>
      fetch(`${url}/runs${path}`, {
        method,
        ...(body !== undefined && { body }),
        headers: {
          authorization: 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request',
        },
      });
    assert.ok((await request('', 'PUT')).ok);
    const put = await request('?policy', 'PUT', mergedText(bucket));
    assert.ok(put.ok, `${put.status}`);
    const kept = (await (await request('?policy', 'GET')).json()) as { Statement: { Sid: string }[] };
    const sids = kept.Statement.map(({ Sid }) => Sid);
    assert.equal(sids.slice(0, 2), ['Partner', 'NoAcl']);
    assert.is(sids.length, 2 + bucket.document.Statement.length);
    assert.is(new Set(sids).size, sids.length);
  } finally {
    close();
  }
});

test('nothing else is allowed: every action of eight services, on the resources and on others', async () => {
  const source = await loadIamData();
  const services = ['fsx', 'cloudwatch', 's3', 'kms', 'secretsmanager', 'sagemaker', 'iam', 'sts'];
  const data = source === null ? null : await readActionData(source, services);
  const place = placeOf(RAW);
  const grants = grantsFor(featuresIn(place), place);
  const policies = policiesOf(place);
  const setting = {
    ...settingOf(place),
    policiesFor: (resource: string) => (resource === place.key ? policies : { ...policies, resource: 'none' as const }),
  };
  const known =
    data === null ? FEW_ACTIONS : services.flatMap((service) => data.actionsOf(service).map(({ name }) => name));
  const context = new Map(
    grants.flatMap((grant) => Object.entries(grant.context)).map(([key, value]) => [key, [value]]),
  );
  const own = new Set(grants.flatMap(({ resources }) => resources.map(sampleOf)));
  const others = [
    'arn:aws:s3:::other/x',
    'arn:aws:s3:::runs/elsewhere/x',
    `arn:aws:fsx:us-east-1:${ACCOUNT}:volume/fs-0123456789abcdef0/fsvol-0123456789abcdef1`,
    `arn:aws:iam::${ACCOUNT}:role/Admin`,
    `arn:aws:sagemaker:us-east-1:${OTHER}:notebook-instance/x`,
  ];
  const allowed: string[] = [];
  for (const action of known)
    for (const resource of [...own, ...others].filter((text) => isOf(action, text)))
      if (decide({ action, resource, context }, setting).decision === 'allowed') allowed.push(`${action} ${resource}`);
  const wanted = grants.flatMap(({ actions, resources }) =>
    actions.flatMap((action) =>
      (resources.includes('*') ? [...own, ...others].filter((text) => isOf(action, text)) : resources).map(
        (resource) => `${action} ${sampleOf(resource)}`,
      ),
    ),
  );
  assert.equal([...new Set(allowed)].sort(), [...new Set([...wanted, 'sts:GetCallerIdentity *'])].sort());
});

/** Whether a resource is of the service of an action, or none. */
function isOf(action: string, resource: string): boolean {
  return resource === '*' || resource.split(':')[2] === action.split(':')[0];
}

/** One of the resources that a pattern stands for. */
function sampleOf(pattern: string): string {
  return pattern.replace(/(?<=.)\*$/, 'x');
}

/** Without the data of all actions: near misses. */
const FEW_ACTIONS = [
  ...grantsFor([...FEATURES], placeOf(RAW)).flatMap(({ actions }) => actions),
  'fsx:DeleteVolume',
  'fsx:CreateVolume',
  's3:DeleteObject',
  's3:PutBucketPolicy',
  'kms:Encrypt',
  'kms:ScheduleKeyDeletion',
  'secretsmanager:PutSecretValue',
  'sagemaker:DeleteNotebookInstance',
  'iam:CreateRole',
  'sts:AssumeRole',
  'sts:GetCallerIdentity',
];

test('conditions limit Region, prefix, service and SVM', () => {
  const place = placeOf(RAW);
  const setting = settingOf(place);
  const denied = (action: string, resource: string, key: string, value: string): void => {
    const { decision } = decide({ action, resource, context: new Map([[key, [value]]]) }, setting);
    assert.is(decision, 'denied', `${action} with ${key}=${value}`);
  };
  denied('fsx:DescribeVolumes', '*', 'aws:RequestedRegion', 'eu-west-1');
  denied('s3:ListBucket', 'arn:aws:s3:::runs', 's3:prefix', 'feedrate/ml');
  denied('s3:ListBucket', 'arn:aws:s3:::runs', 's3:prefix', '');
  denied('kms:Decrypt', place.key as string, 'kms:ViaService', 'ec2.us-east-1.amazonaws.com');
  denied('iam:PassRole', ROLE, 'iam:PassedToService', 'ec2.amazonaws.com');
  denied('fsx:UpdateVolume', place.volumes[0] as string, 'fsx:StorageVirtualMachineId', 'svm-1');
});

test('SageMaker may assume the role for its account alone', () => {
  const place = placeOf(RAW);
  const trust = written(place)
    .filter(({ name }) => name === 'trust')
    .map(documentIn);
  const asked = (account: string) =>
    decide(
      { action: 'sts:AssumeRole', resource: ROLE, context: new Map([['aws:SourceAccount', [account]]]) },
      {
        ...settingOf(place),
        requester: requesterOf('sagemaker.amazonaws.com'),
        policiesFor: () => ({ ...policiesOf(place), resource: trust }),
      },
    ).decision;
  assert.equal([asked(ACCOUNT), asked(OTHER)], ['allowed', 'denied']);
});

test('a bucket policy lets a role of another account in, and refuses plain HTTP', () => {
  const place = placeOf(RAW);
  const bucket = written(place)
    .filter(({ name }) => name === 'bucket')
    .map(documentIn);
  const asked = (secure: string) =>
    decide(
      {
        action: 's3:PutObject',
        resource: 'arn:aws:s3:::runs/feedrate/ml/x',
        context: new Map([
          ['aws:ResourceAccount', [OTHER]],
          ['aws:SecureTransport', [secure]],
        ]),
      },
      { ...settingOf(place), policiesFor: () => ({ ...policiesOf(place), resource: bucket }) },
    ).decision;
  assert.equal([asked('true'), asked('false')], ['allowed', 'denied']);
});

test('features that lack an option say which', () => {
  const message = (feature: string, raw: RawCloudPlace): string => {
    try {
      return chosenFeatures('--for', [feature], placeOf(raw)).features.join(' ');
    } catch (error) {
      return (error as FeedrateError).message;
    }
  };
  assert.is(message('tiering', {}), '--for tiering: also needs --volume');
  assert.is(message('results', {}), '--for results: also needs --bucket or --access-point');
  assert.is(message('notebook', {}), '--for notebook: also needs --role and --region and --account');
  assert.match(message('all', {}), /--for all: expected a list of describe, metrics,/);
  assert.is(message('describe, metrics', {}), 'describe metrics');
  assert.is(message('feedrate', {}), 'describe metrics');
  assert.is(message('feedrate', RAW), 'describe metrics tiering results ontap');
  assert.equal(chosenFeatures('--can', ['feedrate'], placeOf({})).leftOut, [
    'tiering (needs --volume)',
    'results (needs --bucket or --access-point)',
  ]);
});

test('values that AWS would not take are refused', () => {
  const wrong: readonly RawCloudPlace[] = [
    { region: 'Tokyo' },
    { account: '123' },
    { role: 'Train' },
    { volume: ['vol-1'] },
    { volume: [VOLUME], region: 'us-east-1', account: ACCOUNT },
    { volume: [VOLUME], fileSystem: 'fs-0123456789abcdef0', region: 'us-east-1' },
    { svm: ['svm-1'] },
    { bucket: 'runs' },
    { bucket: 's3://runs/a*' },
    { accessPoint: 'ontap' },
    { key: 'alias/x' },
    { secret: 'ontap' },
  ];
  for (const raw of wrong) assert.throws(() => placeOf(raw), /^--\S+ \S+: |Error/, JSON.stringify(raw));
  assert.is(cloudPlaceOf({}, { AWS_REGION: 'us-gov-east-1' }).partition, 'aws-us-gov');
  assert.is(cloudPlaceOf({}, { AWS_DEFAULT_REGION: 'cn-north-1' }).partition, 'aws-cn');
});

test.run();
