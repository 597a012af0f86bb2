/**
 * What is advised about credentials, followed against services that nobody here wrote (moto): keys, a profile, a role that is
 * assumed, the permission to assume it, and credentials that are renewed while a run is exported.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENT } from '../../src/aws/retry.js';
import { openFsx } from '../../src/fsx/api.js';
import { feedrateHere } from '../support/cli-in-process.js';
import { withEnvironment } from '../support/environment.js';
import { refusalOf } from '../support/feedrate-error.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { type MotoServer, motoServer } from '../support/moto-server.js';
import { makeArm } from '../support/records.js';
import { S3Server, s3Error } from '../support/s3-server.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/credentials');

const RUN = '20261101T030000Z_quick_a1f3';
const ROLE = 'arn:aws:iam::123456789012:role/Results';
const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };

/** A call of a service of moto's, in which anybody may do everything. */
async function asked({ endpoint }: MotoServer, service: string, path: string, init: RequestInit): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=testing/20261129/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(`${endpoint}${path}`, Object.assign({ headers: { authorization } }, init));
  return answer.text();
}
const iam = (moto: MotoServer, Action: string, words: Readonly<Record<string, string>>) =>
  asked(moto, 'iam', '/', { method: 'POST', body: new URLSearchParams({ Action, Version: '2010-05-08', ...words }) });
const policyOf = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

/** A directory with a run, and with the files of a user who has the profiles `train` and, by way of it, `role`. */
function withUser(
  id: string,
  secret: string,
  use: (files: Readonly<Record<string, string>>, cwd: string) => Promise<void>,
): Promise<void> {
  return withTemporaryDirectory(async (cwd) => {
    storeRun(join(cwd, 'results'), measuredRun(RUN, [{ arm: makeArm('read'), levels: around(1e9, 3) }], { id: RUN }));
    const [keys, config] = [join(cwd, 'credentials'), join(cwd, 'config')];
    writeFileSync(keys, `[train]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\n`);
    const role = `[profile role]\nrole_arn=${ROLE}\nsource_profile=train\nregion=us-east-1\n`;
    const login = 'sso_session=s\nsso_account_id=123456789012\nsso_role_name=x\n';
    const session = '[sso-session s]\nsso_region=us-east-1\nsso_start_url=https://example.com/start\n';
    writeFileSync(config, `${role}[profile login]\n${login}${session}`);
    await use({ ...NO_KEYS, AWS_SHARED_CREDENTIALS_FILE: keys, AWS_CONFIG_FILE: config, HOME: cwd }, cwd);
  });
}

test('credentials are given in each way that is named, and the export succeeds', async () => {
  const moto = await motoServer();
  await asked(moto, 's3', '/given', { method: 'PUT' });
  await withUser('testing', 'testing', async (files, cwd) => {
    const exported = (more: object) =>
      feedrateHere(['export', 's3://given/runs'], { cwd, environment: Object.assign({}, moto.environment, more) });
    for (const [without, says, ...ways] of [
      [
        NO_KEYS,
        /; give feedrate a role or credentials, such as AWS_PROFILE\n/,
        {},
        { ...files, AWS_PROFILE: 'train' },
        { ...files, AWS_PROFILE: 'role' },
      ],
      [
        { ...files, AWS_PROFILE: 'trian' },
        /; check the profile trian \(AWS_PROFILE\) in ~\/.aws\/config and ~\/.aws\/credentials\n/,
        { ...files, AWS_PROFILE: 'train' },
      ],
      // Only the portal of single sign-on could renew it.
      [
        { ...files, AWS_PROFILE: 'login' },
        /run 'aws sso login' with the corresponding profile\.; renew the credentials\n/,
      ],
    ] as const) {
      const refused = await exported(without);
      assert.is(refused.status, 5);
      assert.match(refused.stderr, says);
      for (const way of ways) {
        const { status, stderr } = await exported(way);
        assert.is(status, 0, `${JSON.stringify(way)}: ${stderr}`);
      }
    }
  });
});

test('a role that may not be assumed: the statement that is printed lets the caller assume it', async () => {
  const moto = await motoServer();
  await iam(moto, 'CreateUser', { UserName: 'train' });
  const key = await iam(moto, 'CreateAccessKey', { UserName: 'train' });
  const [id = '', secret = ''] = [/<AccessKeyId>(.*?)</, /<SecretAccessKey>(.*?)</].map((of) => of.exec(key)?.[1]);
  const anybody = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
  await iam(moto, 'CreateRole', { RoleName: 'Results', AssumeRolePolicyDocument: policyOf(anybody) });
  /** How many calls are permitted before moto looks at policies. */
  const permit = (calls: number) => fetch(`${moto.endpoint}/moto-api/reset-auth`, { method: 'POST', body: `${calls}` });
  await withUser(id, secret, (files, cwd) =>
    S3Server.with(async (_, { AWS_ENDPOINT_URL_S3 = '' }) => {
      const environment = Object.assign({}, files, { AWS_PROFILE: 'role', AWS_EC2_METADATA_DISABLED: 'true' });
      Object.assign(environment, { AWS_ENDPOINT_URL_STS: moto.endpoint, AWS_ENDPOINT_URL_S3, AWS_REGION: 'us-east-1' });
      const exported = () => feedrateHere(['export', 's3://results/runs'], { cwd, environment });
      try {
        await permit(0);
        const refused = await exported();
        assert.is(refused.status, 5);
        const [, text = ''] = /the role cannot be assumed; grant it with (\{.*\}), and name/.exec(refused.stderr) ?? [];
        const statement = JSON.parse(text.replace('ARN_OF_THE_ROLE', ROLE)) as object;
        const restore = withEnvironment(environment);
        try {
          const error = await refusalOf(async () => (await openFsx('us-east-1', PATIENT)).fileSystems(null));
          assert.match(
            error.message,
            /^fsx:DescribeFileSystems .*; grant it with \{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"\*"\}, and name the caller in the trust policy of the role$/,
          );
        } finally {
          restore();
        }
        await permit(1e6);
        await iam(moto, 'PutUserPolicy', { UserName: 'train', PolicyName: 'p', PolicyDocument: policyOf(statement) });
        await permit(0);
        const { status, stderr } = await exported();
        assert.is(status, 0, stderr);
      } finally {
        await permit(1e6);
      }
    }),
  );
});

test('credentials that expire during an export are renewed, and the export is completed', () =>
  withUser('testing', 'testing', (_, cwd) =>
    S3Server.with(async (store, given) => {
      const exported = (AWS_SESSION_TOKEN: string) =>
        feedrateHere(['export', 's3://results/runs'], { cwd, environment: { ...given, AWS_SESSION_TOKEN } });
      for (const [expiresAt, says] of [
        ['HEAD', /refused without a reason \(400\): renew the credentials, and check the Region\n/],
        ['PUT', /ExpiredToken: The provided token has expired\.; renew the credentials\n/],
      ] as const) {
        store.objects.clear();
        store.fault = ({ method, headers }) =>
          method === expiresAt && headers['x-amz-security-token'] === 'old'
            ? s3Error(400, 'ExpiredToken', 'The provided token has expired.')
            : undefined;
        const refused = await exported('old');
        assert.is(refused.status, 5);
        assert.match(refused.stderr, says);
        const renewed = await exported('new');
        assert.is(renewed.status, 0, renewed.stderr);
        assert.match(renewed.stdout, /sent {7}4 of 4 files/);
      }
    }),
  ));

test.run();
