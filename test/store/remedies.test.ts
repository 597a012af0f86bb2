/** What is advised when S3 refuses a copy or a results directory cannot be used, followed to the letter. */
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOtherKey, keyRemedy } from '../../src/store/kms-key.js';
import { feedrateHere } from '../support/cli-in-process.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { makeArm } from '../support/records.js';
import { type Fault, S3Server, s3Error } from '../support/s3-server.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/remedies');

const RUN = '20261101T030000Z_quick_a1f3';
const PLACE = 's3://results/runs';

type Call = (...words: string[]) => Promise<Outcome>;
interface Scene {
  readonly store: S3Server;
  readonly cwd: string;
  /** The directory of the run. */
  readonly run: string;
  readonly call: Call;
  /** The same with more variables in the environment. */
  readonly within: (environment: Readonly<Record<string, string>>) => Call;
}

function withStore(use: (scene: Scene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory((cwd) =>
    S3Server.with((store, environment) => {
      const record = measuredRun(RUN, [{ arm: makeArm('read'), levels: around(1e9, 3) }], { id: RUN });
      const run = storeRun(join(cwd, 'results'), record);
      const within = (more: Readonly<Record<string, string>>): Call => {
        return (...words) => feedrateHere(words, { cwd, environment: Object.assign({}, environment, more) });
      };
      return use({ store, cwd, run, call: within({}), within });
    }),
  );
}

const puts =
  (answer: ReturnType<Fault>): Fault =>
  ({ method }) =>
    method === 'PUT' ? answer : undefined;
const REFUSED = 'User: u is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::results/x"';

/** What the store answers, what is said of it, and what follows the advice: the export must then succeed. */
const REFUSALS: readonly (readonly [
  fault: Fault,
  words: readonly string[],
  says: RegExp,
  mend: (scene: Scene, said: string) => Promise<Outcome>,
])[] = [
  [
    () => s3Error(404, 'NoSuchBucket', 'none'),
    [],
    /there is no bucket results; check the name, or create it: aws s3 mb s3:\/\/results\n/,
    ({ store, call }) => {
      store.fault = () => undefined;
      return call('export', PLACE);
    },
  ],
  [
    puts(s3Error(404, 'NoSuchUpload', 'gone')),
    [],
    /somebody aborted this upload, such as another export of the same run; export it again/,
    ({ store, call }) => {
      store.fault = () => undefined;
      return call('export', PLACE);
    },
  ],
  [
    ({ method, headers }) =>
      method === 'PUT' && headers['x-amz-server-side-encryption-aws-kms-key-id'] === 'old'
        ? s3Error(400, 'KMS.DisabledException', 'it is disabled')
        : undefined,
    ['--kms-key', 'old'],
    /check --kms-key: it is no id, ARN or alias of a key; an alias begins with alias\//,
    ({ call }) => call('export', PLACE),
  ],
  [
    ({ method, key }) =>
      method === 'PUT' && key.endsWith('/big.bin') ? s3Error(400, 'EntityTooLarge', 'no') : undefined,
    [],
    /the file is larger than the store takes; remove it from the run directory/,
    ({ run, call }) => {
      rmSync(join(run, 'big.bin'));
      return call('export', PLACE);
    },
  ],
  [
    ({ headers }) =>
      /\/eu-west-1\/s3\//.test(headers['authorization'] ?? '')
        ? undefined
        : s3Error(301, 'PermanentRedirect', 'elsewhere'),
    [],
    /the bucket is in another Region; set AWS_REGION/,
    ({ within }) => within({ AWS_REGION: 'eu-west-1' })('export', PLACE),
  ],
  [
    puts(s3Error(403, 'AccessDenied', `${REFUSED} because no identity-based policy allows it`)),
    [],
    /access denied; grant it with \{.*\} \(all that is needed: feedrate iam policy --for results\)/,
    // The statement is a policy that grants what was refused.
    async ({ cwd, call }, said) => {
      const [statement = ''] = /\{.*\}/.exec(said) ?? [];
      writeFileSync(join(cwd, 'policy.json'), `{"Version":"2012-10-17","Statement":[${statement}]}`);
      assert.is((await call('iam', 'lint', 'policy.json')).status, 0);
      const asked = ['--action', 's3:PutObject', '--resource', `arn:aws:s3:::results/runs/${RUN}/run.json`];
      const role = 'arn:aws:iam::111122223333:role/Train';
      const check = (...more: string[]) => call('iam', 'check', '--role', role, '--policy', 'policy.json', ...more);
      assert.is((await check('--action', 's3:PutObject', '--resource', 'arn:aws:s3:::other/x')).status, 1);
      return check(...asked);
    },
  ],
  [
    puts(s3Error(403, 'AccessDenied', `${REFUSED} with an explicit deny in a resource-based policy`)),
    [],
    /no other statement can allow s3:PutObject; change that policy/,
    ({ store, call }) => {
      store.fault = () => undefined;
      return call('export', PLACE);
    },
  ],
];

for (const [fault, words, says, mend] of REFUSALS)
  test(`${says}`, () =>
    withStore(async (scene) => {
      writeFileSync(join(scene.run, 'big.bin'), 'x');
      scene.store.fault = fault;
      const first = await scene.call('export', PLACE, ...words);
      assert.is(first.status, 5, first.stderr);
      assert.match(first.stderr, says);
      const after = await mend(scene, first.stderr);
      assert.is(after.status, 0, `${after.stderr}${after.stdout}`);
    }));

test('what is wrong with a key is said as far as its name shows it, and an object with another key differs', () => {
  const id = '0a1b2c3d-0000-1111-2222-333344445555';
  const arn = (region: string) => `arn:aws:kms:${region}:111122223333:key/${id}`;
  assert.match(keyRemedy(arn('eu-west-1'), 'us-east-1'), /the key is in eu-west-1 and the bucket in us-east-1/);
  for (const asked of [id, arn('us-east-1'), 'alias/results', `mrk-${'0'.repeat(32)}`])
    assert.match(
      keyRemedy(asked, 'us-east-1'),
      `enabled in this Region: aws kms describe-key --region us-east-1 --key-id ${asked}`,
    );
  for (const asked of ['results', '', 'arn:aws:s3:::b'])
    assert.match(keyRemedy(asked, 'us-east-1'), 'an alias begins with alias/');
  const other = arn('us-east-1').replace('0a1b', 'ffff');
  assert.equal(
    [
      id,
      arn('us-east-1'),
      arn('us-east-1').toUpperCase().replace('ARN:AWS:KMS:US-EAST-1', 'arn:aws:kms:us-east-1').replace('KEY', 'key'),
    ].map((asked) => [isOtherKey(asked, arn('us-east-1')), isOtherKey(asked, other)]),
    [
      [false, true],
      [false, true],
      [false, true],
    ],
  );
  // Only KMS knows the key of an alias, and some stores name no key.
  assert.equal([isOtherKey('alias/results', other), isOtherKey(id, null)], [false, false]);
});

test('copies in a bucket: what their messages advise', () =>
  withStore(async ({ store, call, run }) => {
    await call('export', PLACE);
    store.objects.set('results/runs/20261102T030000Z_quick_0000/trials.jsonl', Buffer.from(''));
    // More of the name.
    assert.match((await call('show', `${PLACE}/2026`)).stderr, /matches 2 runs .*; give more of the name/);
    assert.is((await call('show', `${PLACE}/20261101`)).status, 0);
    // A copy that differs from its checksums.
    const trials = `results/runs/${RUN}/trials.jsonl`;
    store.objects.set(trials, Buffer.concat([store.objects.get(trials) as Buffer, Buffer.from('\n')]));
    const mixed = await call('show', `${PLACE}/${RUN}`);
    assert.match(mixed.stderr, /try again, or export it again/);
    assert.match((await call('export', PLACE, RUN)).stderr, /--force/);
    assert.is((await call('export', PLACE, RUN, '--force')).status, 0);
    assert.is((await call('show', `${PLACE}/${RUN}`)).status, 0);
    // An export that was not finished.
    store.objects.delete(`results/runs/${RUN}/run.json`);
    const unfinished = await call('show', `${PLACE}/${RUN}`);
    const [, again = ''] = /export it again: feedrate (.*)\n/.exec(unfinished.stderr) ?? [];
    assert.is(again, `export ${PLACE} ${RUN}`);
    const finished = await call(...again.split(' '));
    assert.is(finished.status, 0, finished.stderr);
    assert.is((await call('show', `${PLACE}/${RUN}`)).status, 0);
    assert.is(basename(run), RUN);
  }));

test.run();
