/** The options that say where in AWS feedrate works. */
import type { Command } from 'commander';
import { FeedrateError } from '../../base/errors.js';
import type { CloudPlace } from '../../iam/features.js';
import { collect } from './common-options.js';

/** The options as commander returns them. */
export interface RawCloudPlace {
  readonly region?: string;
  readonly account?: string;
  readonly fileSystem?: string;
  readonly volume?: readonly string[];
  readonly svm?: readonly string[];
  readonly bucket?: string;
  readonly accessPoint?: string;
  readonly key?: string;
  readonly role?: string;
  readonly secret?: string;
}

/** Adds the options, except `--role`, whose meaning differs between commands. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option('--region <region>', 'Region, such as ap-northeast-1 (default: AWS_REGION)')
    .option('--account <id>', 'account, 12 digits (default: that of the role)')
    .option('--file-system <id>', 'file system, fs-…')
    .option('--volume <id>', 'volume whose tiering policy changes, fsvol-… or its ARN; repeat for more', collect)
    .option('--svm <id>', 'only volumes of this storage virtual machine, svm-…; repeat for more', collect)
    .option('--bucket <url>', 'bucket for results, s3://bucket/prefix')
    .option('--access-point <arn>', 'S3 access point for results')
    .option('--key <arn>', 'KMS key that encrypts the results')
    .option('--secret <arn>', 'secret with the credentials of the ONTAP REST API');
}

/** Returns the place. Throws `FeedrateError('usage')` for a value that AWS would not take. */
export function cloudPlaceOf(raw: RawCloudPlace, environment: NodeJS.ProcessEnv): CloudPlace {
  const region = checked(
    '--region',
    raw.region ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'],
    /^[a-z]{2,}(?:-[a-z]+)+-\d+$/,
    'a Region such as us-east-1',
  );
  const role = checked('--role', raw.role, /^arn:[a-z-]+:iam::\d{12}:role\/.+$/, 'arn:aws:iam::ACCOUNT:role/NAME');
  const account = checked('--account', raw.account ?? role?.split(':')[4], /^\d{12}$/, '12 digits');
  const partition = role?.split(':')[1] ?? partitionOf(region);
  const place = { partition, region, account, role, svms: raw.svm ?? [] };
  for (const svm of place.svms) checked('--svm', svm, /^svm-[0-9a-f]{17,}$/, 'svm-… with 17 hexadecimal digits');
  return {
    ...place,
    volumes: (raw.volume ?? []).map((volume) => volumeArn(volume, raw.fileSystem, place)),
    bucket: bucketOf(raw.bucket),
    accessPoint: checked(
      '--access-point',
      raw.accessPoint,
      /^arn:[a-z-]+:s3:[a-z0-9-]+:\d{12}:accesspoint\/[^/]+$/,
      'arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME',
    ),
    key: checked(
      '--key',
      raw.key,
      /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[^*?]+$/,
      'arn:aws:kms:REGION:ACCOUNT:key/ID',
    ),
    secret: checked(
      '--secret',
      raw.secret,
      /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/,
      'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
    ),
  };
}

/** Source: AWS General Reference, "Partitions". */
const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^us-iso-/, 'aws-iso'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^eu-isoe-/, 'aws-iso-e'],
  [/^us-isof-/, 'aws-iso-f'],
  [/^eusc-/, 'aws-eusc'],
];

function partitionOf(region: string | null): string {
  return PARTITIONS.find(([pattern]) => pattern.test(region ?? ''))?.[1] ?? 'aws';
}

function volumeArn(
  volume: string,
  fileSystem: string | undefined,
  { partition, region, account }: Pick<CloudPlace, 'partition' | 'region' | 'account'>,
): string {
  if (/^arn:[a-z-]+:fsx:[a-z0-9-]+:\d{12}:volume\/fs-[0-9a-f]{8,}\/fsvol-[0-9a-f]{17,}$/.test(volume)) return volume;
  checked('--volume', volume, /^fsvol-[0-9a-f]{17,}$/, 'fsvol-… with 17 hexadecimal digits, or the ARN of a volume');
  checked('--file-system', fileSystem, /^fs-[0-9a-f]{8,}$/, 'fs-… with 8 or more hexadecimal digits');
  const lacking = [
    region === null ? '--region' : '',
    account === null ? '--account' : '',
    fileSystem === undefined ? '--file-system' : '',
  ].filter((option) => option !== '');
  if (lacking.length > 0)
    throw new FeedrateError('usage', `--volume ${volume}: its ARN also needs ${lacking.join(' and ')}`);
  return `arn:${partition}:fsx:${region}:${account}:volume/${fileSystem}/${volume}`;
}

function bucketOf(url: string | undefined): CloudPlace['bucket'] {
  if (url === undefined) return null;
  const [, name, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^*?]*))?$/.exec(url) ?? [];
  if (name === undefined)
    throw new FeedrateError('usage', `--bucket ${url}: expected s3://bucket/prefix, without wildcards`);
  return { name, prefix: prefix.replace(/^\/+|\/+$/g, '') };
}

function checked(option: string, value: string | undefined, pattern: RegExp, expected: string): string | null {
  if (value === undefined || value === '') return null;
  if (!pattern.test(value)) throw new FeedrateError('usage', `${option} ${value}: expected ${expected}`);
  return value;
}
