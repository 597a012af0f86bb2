/** The table of permissions and the calls of AWS in the code name the same actions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cloudPlaceOf } from '../../src/cli/options/cloud-place.js';
import { grantsFor, OWN_FEATURES } from '../../src/iam/features.js';
import { repositoryRoot } from '../support/repository.js';
import { ACCOUNT, ROLE } from './evaluation-case.js';

const test = suite('iam/called-actions');

/** The action of IAM for each call of the SDK whose name differs. Source: S3 User Guide, "Required permissions for S3 API operations". */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListMultipartUploads': 's3:ListBucketMultipartUploads',
};

/** What S3 does with a key for the caller. feedrate itself never calls KMS. */
const ON_BEHALF: readonly string[] = ['kms:Decrypt', 'kms:GenerateDataKey'];

const SERVICE_OF: Readonly<Record<string, string>> = {
  'src/fsx/cloudwatch.ts': 'cloudwatch',
  'src/fsx/ontap-credentials.ts': 'secretsmanager',
};

const files = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ path: `src/${name}`, text: readFileSync(join(repositoryRoot, 'src', name), 'utf8') }));

function serviceOf(path: string): string {
  return SERVICE_OF[path] ?? (path.startsWith('src/store/') ? 's3' : 'fsx');
}

/** The calls that the code makes, as IAM names them. */
const called = new Set(
  files.flatMap(({ path, text }) => {
    const commands = [...text.matchAll(/new (?:[\w.]+\.)?([A-Z]\w+)Command\(/g)].map(([, name]) => {
      const call = `${serviceOf(path)}:${name}`;
      return OTHER_NAMES[call] ?? call;
    });
    return text.includes('new Upload(') ? [...commands, 's3:PutObject'] : commands;
  }),
);

const place = cloudPlaceOf(
  {
    region: 'us-east-1',
    role: ROLE,
    fileSystem: 'fs-0123456789abcdef0',
    volume: ['fsvol-0123456789abcdef0'],
    bucket: 's3://runs',
    accessPoint: `arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/ontap`,
    key: `arn:aws:kms:us-east-1:${ACCOUNT}:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f`,
    secret: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ontap-AbCdEf`,
  },
  {},
);
const granted = new Set(grantsFor(OWN_FEATURES, place).flatMap(({ actions }) => actions));

test('every call of AWS is one that a feature grants, and nothing else is granted', () => {
  assert.equal([...granted].sort(), [...called, ...ON_BEHALF].sort());
});

test('the code names only actions that a feature grants', () => {
  const named = files
    .filter(({ path }) => /^src\/(?:aws|fsx|store)\//.test(path))
    .flatMap(({ text }) => [...text.matchAll(/'((?:fsx|s3|cloudwatch|secretsmanager|kms):[A-Z]\w+)'/g)])
    .map(([, action]) => action as string);
  assert.ok(named.length > 0);
  assert.equal(
    // A name may also be the beginning of several: `s3:List`.
    named.filter((action) => ![...granted].some((one) => one.startsWith(action))),
    [],
  );
});

test.run();
