// waits

/** Buckets: their URLs, and what becomes of an export when the store refuses, redirects, is busy or does not answer. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bucketArn, bucketPlaceOf, objectsArn, urlOf } from '../../src/store/bucket-place.js';
import { feedrateHere } from '../support/cli-in-process.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { feedrateError } from '../support/feedrate-error.js';
import { assertHarmless } from '../support/hostile.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { TEST_CREDENTIALS } from '../support/moto-server.js';
import { makeArm } from '../support/records.js';
import { S3Server, s3Error } from '../support/s3-server.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/bucket');

const RUN = '20261101T030000Z_quick_a1f3';
const PLACE = `s3://results/runs/${RUN}`;
const KEY = `results/runs/${RUN}`;
const ACCESS_POINT = 'arn:aws:s3:eu-west-1:123456789012:accesspoint/results';

for (const [url, bucket, prefix, arn, objects] of [
  ['s3://b-1.x/', 'b-1.x', '', 'arn:aws:s3:::b-1.x', 'arn:aws:s3:::b-1.x/*'],
  ['s3://bucket/a/b/', 'bucket', 'a/b', 'arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/a/b/*'],
  [`s3://${ACCESS_POINT}`, ACCESS_POINT, '', ACCESS_POINT, `${ACCESS_POINT}/object/*`],
  [`s3://${ACCESS_POINT}/a/b`, ACCESS_POINT, 'a/b', ACCESS_POINT, `${ACCESS_POINT}/object/a/b/*`],
  ['s3://v-x-ext-s3alias/a', 'v-x-ext-s3alias', 'a', 'ARN_OF_THE_ACCESS_POINT', 'ARN_OF_THE_ACCESS_POINT/object/a/*'],
] as const) {
  test(`${url} is understood`, () => {
    const place = bucketPlaceOf(url);
    assert.equal([place.bucket, place.prefix], [bucket, prefix]);
    assert.is(urlOf(place), url.replace(/\/$/, ''));
    assert.equal([bucketArn(place, 'us-east-1'), objectsArn(place, 'us-east-1')], [arn, objects]);
  });
}

test('the partition follows from the Region', () => {
  const place = bucketPlaceOf('s3://bucket');
  assert.is(bucketArn(place, 'cn-north-1'), 'arn:aws-cn:s3:::bucket');
  assert.is(bucketArn(place, 'us-gov-west-1'), 'arn:aws-us-gov:s3:::bucket');
});

for (const url of ['s3://', 's3:///key', 's3://b', 's3://a b/c', 's3://arn:aws:s3-outposts:eu-west-1:1:outpost/o']) {
  test(`${url} is refused`, () =>
    assert.throws(() => bucketPlaceOf(url), feedrateError('usage', /expected s3:\/\/BUCKET\/PREFIX/)));
}

/** A results directory with one run, an empty store, and a command that uses both. */
function withStore(
  use: (store: S3Server, call: (...words: string[]) => Promise<Outcome>, run: string) => Promise<void>,
): Promise<void> {
  return withTemporaryDirectory((cwd) =>
    S3Server.with((store, environment) => {
      const run = storeRun(
        join(cwd, 'results'),
        measuredRun(RUN, [{ arm: makeArm('read'), levels: around(1e9, 3) }], { id: RUN }),
      );
      return use(store, (...words) => feedrateHere(words, { cwd, environment }), run);
    }),
  );
}

test('run.json comes after all other files but the list of checksums, and is found by a part of its name', () =>
  withStore(async (store, call, run) => {
    writeFileSync(join(run, 'empty.csv'), '');
    writeFileSync(join(run, 'run.json.1-2-00000000-00000000.tmp'), 'unfinished');
    const { status, stdout, stderr } = await call('export', 's3://results/runs', 'a1f3');
    assert.equal([status, stderr], [0, '']);
    assert.match(stdout, /^ {2}sent {7}5 of 5 files, \d.* KiB$/m);
    const puts = store.log.filter((line) => line.startsWith('PUT')).map((line) => /[^/]+(?=\?)/.exec(line)?.[0]);
    assert.equal(puts, ['command.txt', 'empty.csv', 'trials.jsonl', 'run.json', 'SHA256SUMS']);
    store.objects.set('results/runs/20261102T030000Z_quick_0000/trials.jsonl', Buffer.from(''));
    for (const spec of ['latest', 'a1f3', RUN, '20261101']) {
      const shown = await call('show', `s3://results/runs/${spec}`, '--format', 'json');
      assert.is(shown.status, 0, shown.stderr);
      assert.is(JSON.parse(shown.stdout).id, RUN);
    }
    const unfinished = await call('show', 's3://results/runs/20261102T030000Z_quick_0000');
    assert.match(unfinished.stderr, /its export is not finished.*feedrate export s3:\/\/results\/runs 20261102/);
    const byEnd = await call('show', 's3://results/runs/0000');
    assert.match(byEnd.stderr, /runs\/20261102T030000Z_quick_0000: its export is not finished/);
    assert.match((await call('show', 's3://results/runs/none')).stderr, /no run 'none'; there are 2, such as 20261101/);
    assert.match((await call('show', 's3://results/runs/2026')).stderr, /matches 2 runs/);
    assert.match((await call('show', 's3://results')).stderr, /expected the name of a run/);
  }));

test('runs in a bucket are listed, and have a history', () =>
  withStore(async (store, call) => {
    await call('export', 's3://results/runs');
    store.objects.set('results/runs/20261102T030000Z_quick_0000/trials.jsonl', Buffer.from(''));
    store.objects.set('results/runs/20261103T030000Z_quick_0001/run.json', Buffer.from('{'));
    const here = JSON.parse((await call('list', '--format', 'json')).stdout);
    const listed = await call('list', '-o', 's3://results/runs', '--format', 'json');
    assert.equal([listed.status, listed.stderr], [0, 's3://results/runs: left out 1 whose export is not finished\n']);
    const [damaged, first] = JSON.parse(listed.stdout);
    assert.equal(first, { ...here[0], directory: PLACE });
    assert.equal([damaged.status, damaged.startedAt], ['unknown', null]);
    const table = await call('list', '-o', 's3://results/runs');
    assert.match(table.stdout, /a1f3/);
    const history = await call('history', '-o', 's3://results/runs');
    assert.equal(
      [history.status, history.stdout],
      [0, (await call('history')).stdout.replace('2026-11-23\n', '2026-11-23; left out: 1 damaged\n')],
    );
    assert.match(
      (await call('history', '-o', 's3://results/none')).stderr,
      /s3:\/\/results\/none: no run; it holds no run yet/,
    );
    assert.match((await call('list', '-o', 's3://results/none')).stderr, /no runs in s3:\/\/results\/none yet/);
    store.fault = () => s3Error(404, 'NoSuchBucket', 'none');
    assert.is((await call('list', '-o', 's3://results/runs')).status, 5);
  }));

test('the page of a history is the same from a bucket', () =>
  withStore(async (_store, call, run) => {
    await call('export', 's3://results/runs');
    const pageOf = async (results: string): Promise<string> => {
      const { status, stdout, stderr } = await call(
        'report',
        '--history',
        '--results',
        results,
        '-o',
        'h.html',
        '--force',
      );
      assert.equal([status, stdout], [0, 'h.html\n'], stderr);
      // But for the time at which the page was made, in its footer.
      return readFileSync(join(run, '../../h.html'), 'utf8').replace(/<footer>.*<\/footer>/, '');
    };
    const there = await pageOf('s3://results/runs');
    assert.match(there, 'quick');
    assert.is(there, await pageOf('results'));
    const missing = await call('report', '--history', '--results', 's3://results/none', '-o', 'h.html', '--force');
    assert.is(missing.status, 2);
    assert.match(missing.stderr, /s3:\/\/results\/none: no run; it holds no run yet/);
  }));

test('a replaced run is never read as a mixture', () =>
  withStore(async (store, call) => {
    await call('export', 's3://results/runs');
    const trials = store.objects.get(`${KEY}/trials.jsonl`) as Buffer;
    store.objects.set(`${KEY}/trials.jsonl`, Buffer.concat([trials, Buffer.from('\n')]));
    const { status, stdout, stderr } = await call('compare', PLACE, 'latest');
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, /trials\.jsonl: does not match SHA256SUMS: the run is being replaced, or was damaged/);
    // Copied by another program, without the list.
    store.objects.delete(`${KEY}/SHA256SUMS`);
    assert.is((await call('show', PLACE)).status, 0);
  }));

test('what commands have added to a run is read from a bucket, too', () =>
  withStore(async (store, call, run) => {
    writeFileSync(join(run, 'feed.json'), '{"feedVersion": 9}');
    writeFileSync(join(run, 'fsx-metrics.json'), '{}');
    await call('export', 's3://results/runs');
    const { stderr, stdout } = await call('show', PLACE);
    assert.match(stdout + stderr, /feed\.json: feedVersion: expected version 1/);
    assert.match(stdout + stderr, /fsx-metrics\.json: /);
    store.objects.set(`${KEY}/feed.json`, Buffer.from('{}'));
    assert.match((await call('show', PLACE)).stderr, /feed\.json: does not match SHA256SUMS/);
  }));

test('another Region is followed, and the requests are signed for it', () =>
  withStore(async (store, call) => {
    store.fault = ({ headers }) =>
      /\/eu-west-1\/s3\//.test(headers['authorization'] ?? '')
        ? undefined
        : { ...s3Error(301, 'PermanentRedirect', 'elsewhere'), headers: { 'x-amz-bucket-region': 'eu-west-1' } };
    const { status, stderr } = await call('export', 's3://results/runs');
    assert.equal([status, stderr], [0, '']);
    store.fault = ({ headers }) =>
      /\/us-east-2\/s3\//.test(headers['authorization'] ?? '')
        ? undefined
        : s3Error(400, 'AuthorizationHeaderMalformed', 'the region is wrong', '<Region>us-east-2</Region>');
    assert.is((await call('show', PLACE)).status, 0);
  }));

test('a missing object is missing also where it is refused, because the list is limited to a prefix', () =>
  withStore(async (store, call) => {
    store.fault = ({ method, bucket, key, query }) => {
      const isMissing = key !== '' && !store.objects.has(`${bucket}/${key}`);
      const isOutside = key === '' && !(query.get('prefix') ?? '').startsWith('runs/');
      const isRead = method === 'GET' || method === 'HEAD';
      return isRead && (isMissing || isOutside) ? s3Error(403, 'AccessDenied', 'Access Denied') : undefined;
    };
    const { status, stderr } = await call('export', 's3://results/runs');
    assert.equal([status, stderr], [0, '']);
    assert.is((await call('show', 's3://results/runs/a1f3')).status, 0);
  }));

for (const [what, fault, message] of [
  [
    'an object may not be read',
    (key: string, method: string) =>
      method === 'HEAD' || key === '' ? s3Error(403, 'AccessDenied', 'Access Denied') : undefined,
    /s3:GetObject in us-east-1: access denied; grant it with \{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::results\/runs\/\*"\}, and s3:ListBucket on arn:aws:s3:::results: without it, a missing object is refused as well/,
  ],
  [
    'an object may not be written',
    (_: string, method: string) =>
      method === 'PUT'
        ? s3Error(
            403,
            'AccessDenied',
            'User: arn:aws:iam::1:role/x is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:1:key/k because no identity-based policy allows it',
          )
        : undefined,
    /s3:PutObject in us-east-1: access denied; grant it with \{"Effect":"Allow","Action":"kms:GenerateDataKey","Resource":"arn:aws:kms:us-east-1:1:key\/k"\}/,
  ],
  [
    'a policy denies',
    (_: string, method: string) =>
      method === 'PUT'
        ? s3Error(
            403,
            'AccessDenied',
            'User: u is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::results/x" with an explicit deny in a resource-based policy',
          )
        : undefined,
    /denied by a resource-based policy, so that no other statement can allow s3:PutObject/,
  ],
  [
    'credentials have expired',
    () => s3Error(400, 'ExpiredToken', 'The provided token has expired.'),
    /s3:ListBucket in us-east-1: ExpiredToken: The provided token has expired\.; renew the credentials/,
  ],
  [
    'credentials are wrong',
    () => s3Error(403, 'InvalidAccessKeyId', 'no such key'),
    /InvalidAccessKeyId: no such key; check the credentials/,
  ],
  ['there is no such bucket', () => s3Error(404, 'NoSuchBucket', 'none'), /there is no bucket results; check the name/],
  ['the store is busy', () => s3Error(503, 'SlowDown', 'slow down'), /the store is busy \(SlowDown\); try again later/],
  [
    'a key is disabled',
    (_: string, method: string) =>
      method === 'PUT' ? s3Error(400, 'KMS.DisabledException', 'key is disabled') : undefined,
    /KMS\.DisabledException: key is disabled; check --kms-key/,
  ],
] as const) {
  test(`${what}: one line says so, and no run is there`, () =>
    withStore(async (store, call) => {
      store.fault = ({ key, method }) => fault(key, method);
      const { status, stdout, stderr } = await call('export', 's3://results/runs', '--kms-key', 'k');
      assert.equal([status, stdout, stderr.split('\n').length], [5, '', 2], stderr);
      assert.match(stderr, message);
      assert.equal([...store.objects.keys()], []);
    }));
}

test('a store that is busy for a moment is asked again', () =>
  withStore(async (store, call) => {
    let busy = 2;
    store.fault = ({ method }) => (method === 'PUT' && busy-- > 0 ? s3Error(503, 'SlowDown', 'slow down') : undefined);
    assert.is((await call('export', 's3://results/runs')).status, 0);
  }));

test('the upload of a part that fails is aborted, and the run does not appear', () =>
  withStore(async (store, call, run) => {
    writeFileSync(join(run, 'big.bin'), Buffer.alloc(17 * 2 ** 20, 'feedrate'));
    store.fault = ({ query }) => (query.get('partNumber') === '2' ? s3Error(403, 'AccessDenied', 'no') : undefined);
    const failed = await call('export', 's3://results/runs');
    assert.is(failed.status, 5);
    assert.match(failed.stderr, /big\.bin: s3:PutObject in us-east-1: access denied/);
    assert.equal([store.uploads.size, store.objects.size], [0, 0]);
    assert.ok(store.log.some((line) => line.startsWith('DELETE')));
    // What a killed export left.
    store.uploads.set('left', { key: `${KEY}/big.bin`, parts: new Map() });
    store.uploads.set('other', { key: `${KEY}/other.bin`, parts: new Map() });
    store.fault = () => undefined;
    const { status, stdout } = await call('export', 's3://results/runs');
    assert.is(status, 0);
    assert.match(stdout, /removed {4}1 unfinished upload of an earlier export/);
    assert.equal([...store.uploads.keys()], ['other']);
    assert.is((store.objects.get(`${KEY}/big.bin`) as Buffer).length, 17 * 2 ** 20);
  }));

test('an access point of Amazon FSx: it takes no key, and files are verified by reading them back', () =>
  withStore(async (store, call) => {
    store.isFsx = true;
    store.fault = ({ headers }) =>
      headers['x-amz-server-side-encryption'] === undefined
        ? undefined
        : s3Error(400, 'InvalidRequest', 'The encryption method is not supported');
    const url = 's3://volume-x1y2-ext-s3alias/runs';
    const refused = await call('export', url, '--kms-key', 'k');
    assert.is(refused.status, 5);
    assert.match(refused.stderr, /the access point takes no key.*\(SSE-FSX\); leave out --kms-key/);
    const { status, stdout } = await call('export', url);
    assert.is(status, 0);
    assert.match(stdout, /verified {3}4 files by reading them back, because the store keeps no SHA-256/);
    assert.match(stdout, /encrypted {2}aws:fsx/);
    const again = await call('export', url, '--format', 'json');
    assert.equal(
      JSON.parse(again.stdout)[0].files.map(({ isSent, verifiedBy }: Record<string, unknown>) => [isSent, verifiedBy]),
      Array(4).fill([false, 'reading']),
    );
    store.fault = () => s3Error(503, 'ServiceUnavailable', 'busy');
    assert.match((await call('show', `${url}/a1f3`)).stderr, /while the throughput of its file system changes/);
  }));

test('a run that differs is replaced only by force; one that was not finished is continued', () =>
  withStore(async (store, call, run) => {
    assert.is((await call('export', 's3://results/runs')).status, 0);
    store.log.length = 0;
    assert.match((await call('export', 's3://results/runs')).stdout, /sent {7}nothing: all 4 files are there already/);
    assert.equal(
      store.log.filter((line) => line.startsWith('PUT')),
      [],
    );
    writeFileSync(join(run, 'command.txt'), 'other');
    const refused = await call('export', 's3://results/runs');
    assert.equal([refused.status, refused.stdout], [2, '']);
    assert.match(
      refused.stderr,
      /not exported: command\.txt is there already and has .* bytes instead of 5; to replace it, add --force/,
    );
    assert.equal(
      store.log.filter((line) => line.startsWith('PUT')),
      [],
    );
    assert.match((await call('export', 's3://results/runs', '--force')).stdout, /sent {7}2 of 4 files/);
    writeFileSync(join(run, 'command.txt'), 'again');
    store.objects.delete(`${KEY}/run.json`);
    assert.match((await call('export', 's3://results/runs')).stdout, /sent {7}3 of 4 files/);
  }));

test('what a store says reaches no terminal as a command', () =>
  withStore(async (store, call) => {
    const hostile = '&#27;[31m::error::&#10;##[error]';
    store.fault = () => s3Error(403, `Signature${hostile}`, hostile);
    for (const words of [
      ['export', 's3://results/runs'],
      ['show', PLACE],
    ]) {
      const { stdout, stderr } = await call(...words);
      assert.is(stdout, '');
      assert.is(stderr.split('\n').length, 2, stderr);
      assertHarmless(stderr, words.join(' '));
    }
    store.fault = () => undefined;
    store.objects.set('results/runs/20261103T030000Z_&#27;[31m_0000/trials.jsonl', Buffer.from(''));
    const { stderr } = await call('show', 's3://results/runs/none');
    assert.match(stderr, /there is 20261103/);
    assertHarmless(stderr, 'a name in a list');
  }));

test('a store that answers with other bytes than it was sent is told', () =>
  withStore(async (store, call) => {
    store.fault = ({ method, key }) => {
      if (method === 'PUT' && key.endsWith('trials.jsonl')) store.objects.set(`${KEY}/trials.jsonl`, Buffer.from('x'));
      return method === 'PUT' && key.endsWith('trials.jsonl') ? { status: 200, headers: { etag: '"1"' } } : undefined;
    };
    const { status, stderr } = await call('export', 's3://results/runs');
    assert.is(status, 2);
    assert.match(stderr, /trials\.jsonl: has 1 bytes instead of \d+ after it was sent/);
    assert.not.ok(store.objects.has(`${KEY}/run.json`));
  }));

test('no network, and a server that never answers, end in time', () =>
  withStore(async (store, call) => {
    store.fault = () => 'hang';
    const hung = await call('show', PLACE);
    assert.is(hung.status, 5);
    assert.match(hung.stderr, /s3:ListBucket in us-east-1: no answer for 20 s; check the network/);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const environment = { ...TEST_CREDENTIALS, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` };
    const { status, stderr } = await feedrateHere(['show', PLACE], { environment });
    assert.is(status, 5);
    assert.match(stderr, /ECONNREFUSED.*check the network/);
  }));

test.run();
