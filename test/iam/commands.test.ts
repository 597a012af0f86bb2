/** `feedrate iam check` and `feedrate iam policy` as a user runs them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { ACCOUNT, allow, BUCKET, deny, type Json, OBJECT, ROLE, ROOT, USER } from './evaluation-case.js';

const test = suite('iam/commands');

const HERE = { AWS_REGION: '', AWS_DEFAULT_REGION: '' };

function write(directory: string, name: string, ...statements: Json[]): string {
  writeFileSync(join(directory, name), JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2));
  return name;
}

test('check allows, denies and does not know, with a status for each', () =>
  withTemporaryDirectory((directory) => {
    const policy = write(
      directory,
      'p.json',
      allow({ Sid: 'Read' }),
      deny({ Sid: 'No', Resource: `${BUCKET}/secret/*` }),
    );
    const check = (...words: string[]) =>
      feedrate(
        ['iam', 'check', '--role', ROLE, '--policy', policy, '--action', 's3:GetObject', ...words],
        directory,
        HERE,
      );
    const allowed = check('--resource', OBJECT);
    assert.is(allowed.status, 0, allowed.stderr);
    assert.match(allowed.stdout, `✓ allowed: s3:GetObject on ${OBJECT}\n  p.json:4  Allow Read (identity policy)\n`);
    assert.match(allowed.stdout, 'Assumed, because it was not given:\n  no resource policy\n');
    const denied = check('--resource', `${BUCKET}/secret/x`);
    assert.is(denied.status, 1);
    assert.match(
      denied.stdout,
      'secret/x: explicitly denied by the identity policy\n  p.json:10  Deny No (identity policy)',
    );
    const unknown = check('--resource', OBJECT, '--cautious');
    assert.is(unknown.status, 3);
    assert.match(
      unknown.stdout,
      'it depends on what was not given: resource policy, permissions boundary, session policy',
    );
    const none = ['--boundary', 'none', '--session-policy', 'none', '--scp', 'none', '--rcp', 'none'];
    const certain = check(
      '--resource',
      OBJECT,
      '--cautious',
      ...none,
      '--resource-policy',
      'none',
      '--context',
      `aws:ResourceAccount=${ACCOUNT}`,
    );
    assert.is(certain.status, 0, certain.stdout);
    const several = check('--resource', OBJECT, `${BUCKET}/secret/x`);
    assert.is(several.status, 1);
    assert.match(several.stdout, '1 allowed, 1 denied, 0 unknown');
  }));

test('check answers in JSON, one question at the top and several in a list', () =>
  withTemporaryDirectory((directory) => {
    const policy = write(
      directory,
      'p.json',
      allow({ Sid: 'Read', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    );
    const ask = (...words: string[]) => {
      const words0 = [
        'iam',
        'check',
        '--principal',
        USER,
        '--policy',
        policy,
        '--action',
        's3:GetObject',
        '--format',
        'json',
      ];
      return JSON.parse(feedrate([...words0, ...words], directory, HERE).stdout);
    };
    const one = ask('--resource', OBJECT, '--context', 'aws:securetransport=true');
    assert.is(one.decision, 'allowed');
    assert.equal(one.statements, [
      { policy: 'identity policy', file: 'p.json', line: 4, column: 5, sid: 'Read', effect: 'Allow' },
    ]);
    assert.is(one.answers.length, 1);
    const missing = ask('--resource', OBJECT);
    assert.is(missing.decision, 'denied');
    assert.is(missing.reason, 'no identity policy allows it');
    assert.ok(missing.assumed.includes('no context key aws:SecureTransport'));
    assert.equal(missing.nearMisses[0].conditions, ['Bool aws:SecureTransport']);
    const several = ask('--resource', OBJECT, '*', '--context', 'aws:SecureTransport=true');
    assert.equal(Object.keys(several), ['decision', 'reason', 'statements', 'assumed', 'answers']);
    const worst = several.answers.find((one: { decision: string }) => one.decision === several.decision);
    assert.equal([several.reason, several.statements], [worst.reason, worst.statements]);
    assert.equal(
      several.answers.map(({ decision, resource }: { decision: string; resource: string }) => [decision, resource]),
      [
        ['allowed', OBJECT],
        ['denied', '*'],
      ],
    );
  }));

test('check refuses what it cannot evaluate, and says where', () =>
  withTemporaryDirectory((directory) => {
    const policy = write(directory, 'p.json', allow());
    writeFileSync(join(directory, 'bad.json'), '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow"}]}');
    writeFileSync(join(directory, 'cut.json'), '{"Version":\n');
    const refusal = (...words: string[]): string => {
      const { status, stderr, stdout } = feedrate(['iam', 'check', ...words], directory, HERE);
      assert.is(status, 2, stdout + stderr);
      return stderr;
    };
    const ask = ['--principal', USER, '--action', 's3:GetObject'];
    assert.match(refusal('--policy', policy), 'who makes the request? give --role or --principal');
    assert.match(refusal('--principal', USER, '--policy', policy), 'what is asked? give --action');
    assert.match(refusal(...ask, '--policy', 'bad.json'), /^bad\.json:2:16: expected the element Action/);
    assert.match(refusal(...ask, '--policy', 'cut.json'), /cut\.json:2:1: expected a value/);
    assert.match(refusal(...ask, '--policy', 'none.json'), 'cannot read none.json');
    assert.match(refusal(...ask, '--resource-policy', policy), /p\.json:4:5: expected the element Principal/);
    assert.match(refusal(...ask, '--resource', 'bucket'), '--resource bucket: expected an ARN');
    assert.match(refusal('--principal', USER, '--action', 'GetObject'), '--action GetObject: expected service:Action');
    assert.match(refusal(...ask, '--context', 'aws:SourceIp'), '--context aws:SourceIp: expected KEY=VALUE');
    assert.match(refusal(...ask, '--boundary', policy, '--boundary', policy), '--boundary: expected one file');
    assert.match(refusal(...ask, '--scp', policy, 'none'), '--scp: expected files or none, found both');
    const foreign = `arn:aws:sqs:us-east-1:${ACCOUNT}:q`;
    assert.match(
      refusal(...ask, '--resource', foreign, '--context', 'aws:ResourceAccount=444455556666'),
      'aws:ResourceAccount',
    );
  }));

test('check reads answers of the AWS CLI, and FullAWSAccess by its name', () =>
  withTemporaryDirectory((directory) => {
    const answer = {
      RoleName: 'Train',
      PolicyName: 'p',
      PolicyDocument: { Version: '2012-10-17', Statement: allow() },
    };
    writeFileSync(join(directory, 'role.json'), JSON.stringify(answer));
    const bucket = { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [deny({ Principal: '*' })] }) };
    writeFileSync(join(directory, 'bucket.json'), JSON.stringify(bucket));
    const scp = write(directory, 'scp.json', deny({ Action: 'ec2:*' }));
    const words = [
      'iam',
      'check',
      '--role',
      ROLE,
      '--policy',
      'role.json',
      '--action',
      's3:GetObject',
      '--resource',
      OBJECT,
    ];
    const status = (...more: string[]) => feedrate([...words, ...more], directory, HERE).status;
    assert.is(status(), 0);
    assert.is(status('--resource-policy', 'bucket.json'), 1);
    assert.is(status('--resource-policy', `${BUCKET}=bucket.json`), 1);
    assert.is(status('--resource-policy', 'arn:aws:s3:::other=bucket.json'), 0);
    assert.is(status('--scp', scp), 1);
    assert.is(status('--scp', 'FullAWSAccess', scp), 0);
  }));

test('check --can names what is missing, with the statement that grants it', () =>
  withTemporaryDirectory((directory) => {
    const policy = write(directory, 'p.json', allow({ Action: 'fsx:Describe*', Resource: '*' }));
    const words = ['iam', 'check', '--role', ROLE, '--policy', policy, '--can', 'feedrate', '--region', 'us-east-1'];
    const { status, stdout, stderr } = feedrate(words, directory, HERE);
    assert.is(status, 1);
    assert.match(stderr, 'not asked: tiering (needs --volume), results (needs --bucket or --access-point)');
    assert.match(stdout, '✓ allowed: fsx:DescribeVolumes on *');
    assert.match(stdout, '✗ denied: cloudwatch:GetMetricData on *: no identity policy allows it\n');
    assert.match(
      stdout,
      'Grant what is missing with:\n  {"Sid":"FeedrateMetrics","Effect":"Allow","Action":["cloudwatch:',
    );
    const json = JSON.parse(feedrate([...words, '--format', 'json'], directory, HERE).stdout);
    assert.is(json.answers[3].grant.Sid, 'FeedrateMetrics');
    const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/0a1b`;
    const delegating = write(directory, 'key.json', {
      Effect: 'Allow',
      Principal: { AWS: ROOT },
      Action: 'kms:*',
      Resource: '*',
    });
    const store = [
      '--can',
      'results',
      '--bucket',
      's3://runs',
      '--key',
      key,
      '--resource-policy',
      `${key}=${delegating}`,
    ];
    const denied = feedrate(
      ['iam', 'check', '--role', ROLE, '--policy', policy, '--region', 'us-east-1', ...store],
      directory,
      HERE,
    );
    assert.match(denied.stdout, `"Principal":{"AWS":"${ROLE}"},"Action":["kms:GenerateDataKey","kms:Decrypt"]`);
  }));

const PLACE = ['--region', 'us-east-1', '--role', ROLE, '--bucket', 's3://runs/feedrate'];

test('policy prints each policy with its reasons, or pure JSON', () => {
  const text = feedrate(['iam', 'policy', '--for', 'results', ...PLACE], process.cwd(), HERE);
  assert.is(text.status, 0, text.stderr);
  assert.match(text.stdout, `role: identity policy of the role ${ROLE}\n\n{\n  "Version": "2012-10-17",`);
  assert.match(text.stdout, 'FeedrateResults: writes runs in parts');
  assert.match(
    text.stdout,
    'bucket: bucket policy of arn:aws:s3:::runs: add the statements to the policy that is there',
  );
  const one = feedrate(['iam', 'policy', '--for', 'describe', '--format', 'json'], process.cwd(), HERE);
  assert.is(one.stderr, 'not limited to a Region: add --region\n');
  const limited = feedrate(['iam', 'policy', '--for', 'describe', '--region', 'us-east-1'], process.cwd(), HERE);
  assert.equal([limited.status, limited.stderr], [0, '']);
  const withoutRole = ['iam', 'policy', '--for', 'results', '--bucket', 's3://runs/feedrate', '--region', 'us-east-1'];
  assert.match(
    feedrate(withoutRole, process.cwd(), HERE).stderr,
    /no policies for bucket, access point and key: add --role, which they name\n$/,
  );
  const named = feedrate([...withoutRole, '--role', ROLE], process.cwd(), HERE);
  assert.equal([named.status, named.stderr], [0, '']);
  assert.equal(Object.keys(JSON.parse(one.stdout)), ['Version', 'Statement']);
  const several = feedrate(
    ['iam', 'policy', '--for', 'results,notebook', ...PLACE, '--format', 'json'],
    process.cwd(),
    HERE,
  );
  assert.equal(Object.keys(JSON.parse(several.stdout)), ['role', 'creator', 'trust', 'bucket']);
});

test('policy writes files, and replaces none unless asked to', () =>
  withTemporaryDirectory((directory) => {
    const words = ['iam', 'policy', '--for', 'results', '--out', 'new/policies'];
    const first = feedrate([...words, ...PLACE], directory, HERE);
    assert.is(first.status, 0, first.stderr);
    assert.equal(readdirSync(join(directory, 'new/policies')).sort(), ['bucket-policy.json', 'role-policy.json']);
    assert.match(first.stderr, 'wrote new/policies/role-policy.json');
    assert.match(feedrate([...words, ...PLACE], directory, HERE).stderr, 'unchanged new/policies/role-policy.json');
    const path = join(directory, 'new/policies/bucket-policy.json');
    writeFileSync(path, '{}');
    const refused = feedrate([...words, ...PLACE], directory, HERE);
    assert.is(refused.status, 2);
    assert.match(
      refused.stderr,
      'new/policies/bucket-policy.json: already there and different; add --overwrite to replace',
    );
    assert.is(readFileSync(path, 'utf8'), '{}');
    assert.match(
      feedrate([...words, ...PLACE, '--overwrite'], directory, HERE).stderr,
      'replaced new/policies/bucket-policy.json',
    );
    mkdirSync(join(directory, 'taken/role-policy.json'), { recursive: true });
    assert.is(feedrate(['iam', 'policy', '--for', 'describe', '--out', 'taken'], directory, HERE).status, 2);
    const checked = [
      'iam',
      'check',
      '--role',
      ROLE,
      '--policy',
      'new/policies/role-policy.json',
      '--can',
      'results',
      ...PLACE.slice(4),
    ];
    assert.is(feedrate([...checked, '--region', 'us-east-1'], directory, HERE).status, 0);
  }));

test.run();
