/** `feedrate export` on the real wire, against moto, and what a stopped or killed export leaves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSdk } from '../../src/aws/sdk.js';
import { feedrateHere } from '../support/cli-in-process.js';
import { feedrate } from '../support/command-thread.js';
import { environment as environmentWith, mainPath, type Outcome, onTerminal } from '../support/feedrate-cli.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { type MotoServer, motoServer } from '../support/moto-server.js';
import { makeArm } from '../support/records.js';
import { S3Server } from '../support/s3-server.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/export');

const FIRST = '20261101T030000Z_quick_a1f3';
const SECOND = '20261102T030000Z_quick_7c20';
const MEBIBYTE = 2 ** 20;

/** Holds two runs, of which the second is slower. */
let place: string;

test.before(() => {
  place = mkdtempSync(join(tmpdir(), 'feedrate-export-'));
  for (const [id, level] of [
    [FIRST, 1e9],
    [SECOND, 9e8],
  ] as const) {
    const arms = ['4KiB', '1MiB'].map((bs) => ({
      arm: makeArm('read', [{ name: 'bs', label: bs }]),
      levels: around(level, 12),
    }));
    storeRun(join(place, 'results'), measuredRun(id, arms, { id }));
  }
});

test.after(() => rmSync(place, { recursive: true, force: true }));

/** A client for moto, with a bucket of this name. */
async function bucketOf({ endpoint, environment }: MotoServer, Bucket: string) {
  Object.assign(process.env, environment);
  const sdk = await loadSdk('s3');
  const client = new sdk.S3Client({ endpoint });
  await client.send(new sdk.CreateBucketCommand({ Bucket }));
  return { client, sdk, Bucket };
}

/** The ARN of a new key. */
async function keyOf({ endpoint }: MotoServer): Promise<string> {
  const credential = 'Credential=testing/20261129/us-east-1/kms/aws4_request';
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'TrentService.CreateKey',
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
  });
  return ((await answer.json()) as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn;
}

test('a large file goes in parts, encrypted with the key and with its SHA-256', async () => {
  const moto = await motoServer();
  const { client, sdk, Bucket } = await bucketOf(moto, 'parts');
  const key = await keyOf(moto);
  const large = join(place, 'results', FIRST, 'trace.bin');
  const trace = Buffer.alloc(
    12 * MEBIBYTE + 1,
    Uint8Array.from({ length: 4093 }, (_, index) => index),
  );
  writeFileSync(large, trace);
  const call = (...words: string[]): Outcome =>
    feedrate(['export', 's3://parts/runs', FIRST, ...words], place, moto.environment);
  try {
    const { status, stdout, stderr } = call('--kms-key', key);
    assert.equal([status, stderr], [0, '']);
    assert.match(stdout, `s3://parts/runs/${FIRST}\n  sent       5 of 5 files, 12`);
    assert.match(stdout, `  verified   5 files by the SHA-256 that the store keeps\n  encrypted  aws:kms ${key}\n`);
    const Key = `runs/${FIRST}/trace.bin`;
    const head = await client.send(new sdk.HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    assert.match(head.ETag ?? '', /-2"$/);
    assert.equal([head.ServerSideEncryption, head.SSEKMSKeyId], ['aws:kms', key]);
    assert.ok(head.ChecksumSHA256);
    const object = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
    assert.ok(trace.equals((await object.Body?.transformToByteArray()) ?? Buffer.alloc(0)));
    assert.is((await client.send(new sdk.ListMultipartUploadsCommand({ Bucket }))).Uploads, undefined);
    assert.match(call().stdout, 'sent       nothing: all 5 files are there already');
  } finally {
    rmSync(large);
  }
});

test('compare, gate and show say the same of a run in a bucket, to the byte', async () => {
  const moto = await motoServer();
  await bucketOf(moto, 'same');
  const call = (...words: string[]): Outcome => feedrate(words, place, moto.environment);
  assert.is(call('export', 's3://same/runs', FIRST, SECOND).status, 0);
  for (const [words, status] of [
    [['compare', FIRST, SECOND], 0],
    [['compare', FIRST, SECOND, '--format', 'json', '-m', 'p99(latency)'], 0],
    [['gate', SECOND, '--baseline', FIRST], 1],
    [['gate', FIRST, '--baseline', SECOND, '--format', 'md'], 0],
    [['show', FIRST, '--format', 'json'], 0],
  ] as const) {
    const there = words.map((word) => ([FIRST, SECOND].includes(word) ? `s3://same/runs/${word}` : word));
    const local = call(...words);
    assert.is(local.status, status, local.stderr);
    // Only where a run lies is told, and a run in a bucket is not saved as a baseline.
    const told = ({ stdout, ...rest }: Outcome, of: string) => ({
      ...rest,
      stdout: stdout.replaceAll(of, '').replace(/"next": \[.*?\],\n {2}"id"/s, '"id"'),
    });
    assert.equal(told(call(...there), 's3://same/runs/'), told(local, 'results/'), words.join(' '));
  }
});

/** Exports the first run, with a file of three parts of which the second is never answered. Resolves while it waits. */
async function waitingExport(store: S3Server, environment: Readonly<Record<string, string>>) {
  writeFileSync(join(place, 'results', FIRST, 'trace.bin'), Buffer.alloc(17 * MEBIBYTE, 'feedrate'));
  let arrived = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  store.fault = ({ query }) => {
    if (query.get('partNumber') !== '2') return undefined;
    arrived();
    return 'hang';
  };
  const child = spawn(process.execPath, [mainPath, 'export', 's3://results/runs', FIRST], {
    cwd: place,
    env: environmentWith(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, stderr }));
  await waiting;
  return { child, ended };
}

test('Ctrl-C aborts the upload; nothing of it stays', () =>
  S3Server.with(async (store, environment) => {
    const { child, ended } = await waitingExport(store, environment);
    assert.is(store.uploads.size, 1);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    assert.equal([status, stderr.split('\n').length], [130, 2], stderr);
    assert.match(stderr, 'the export was interrupted; export the run again to finish it');
    assert.equal([store.uploads.size, store.objects.has(`results/runs/${FIRST}/run.json`)], [0, false]);
  }));

test('a killed export leaves no run, and the next one finishes it', () =>
  S3Server.with(async (store, environment) => {
    const { child, ended } = await waitingExport(store, environment);
    child.kill('SIGKILL');
    await ended;
    assert.equal([store.uploads.size, store.objects.has(`results/runs/${FIRST}/run.json`)], [1, false]);
    store.fault = () => undefined;
    const again = await feedrateHere(['export', 's3://results/runs', FIRST], { cwd: place, environment });
    assert.equal([again.status, again.stderr], [0, '']);
    assert.equal([store.uploads.size, store.objects.has(`results/runs/${FIRST}/run.json`)], [0, true]);
  }));

test('files of other programs are whole or not there, and never replaced unasked', () => {
  const call = (...words: string[]): Outcome => feedrate(['export', ...words], place);
  const json = JSON.parse(call('--format', 'fio-json', FIRST, SECOND).stdout);
  assert.equal([json.jobs.length, json.feedrate.runs], [4, [FIRST, SECOND]]);
  assert.is(call('--format', 'csv', FIRST, SECOND).stdout.trimEnd().split('\n').length, 1 + 48);
  assert.match(call('--format', 'openmetrics', 'a1f3').stdout, /# EOF\n$/);
  assert.match(call('--format', 'hlog', 'a1f3', '7c20').stdout, new RegExp(`^Tag=${SECOND}/read/bs=4KiB/read,`, 'm'));
  assert.is(call('--format', 'parquet', 'a1f3', '-o', 'tables/').status, 0);
  assert.equal(
    readdirSync(join(place, 'tables')).sort(),
    ['arms', 'evidence', 'latency', 'summary', 'timeseries'].map((name) => `${name}.parquet`),
  );
  assert.is(call('--format', 'fio-json', 'a1f3', '-o', 'fio/').status, 0);
  assert.equal(readdirSync(join(place, 'fio')).sort(), ['read-bs=1MiB.json', 'read-bs=4KiB.json']);
  const again = call('--format', 'csv', 'a1f3', '-o', 'tables/arms.parquet');
  assert.equal([again.status, again.stdout], [2, '']);
  assert.match(again.stderr, /tables\/arms\.parquet: is there already; to replace it, add --force/);
  assert.is(call('--format', 'tar', 'a1f3', '-o', 'tables/arms.parquet', '--force').status, 0);
});

test('a binary format is written to a file where a terminal would show it', () =>
  withTemporaryDirectory((directory) => {
    const words = ['export', '--format', 'parquet', 'a1f3', '--table', 'arms', '-o'];
    const refused = onTerminal(words.slice(0, -1), { cwd: place });
    assert.is(refused.status, 2);
    assert.match(refused.stdout, /a terminal cannot show it; write it to a file with -o FILE/);
    const file = join(directory, 'arms.parquet');
    assert.is(feedrate([...words, file], place).status, 0);
    assert.is(readFileSync(file).toString('latin1', 0, 4), 'PAR1');
  }));

test('what cannot be exported is refused before anything is sent', () => {
  const call = (...words: string[]): Outcome => feedrate(['export', ...words], place);
  for (const [words, message] of [
    [
      ['results'],
      /^feedrate: results: expected a bucket first: s3:\/\/BUCKET\/PREFIX, or --format with fio-json, hlog, .*\n$/,
    ],
    [[], /^feedrate: export: expected a bucket first/],
    [['s3://bucket/x', '--table', 'arms'], /--table: has no effect on copies/],
    [['--format', 'fio-json', '--table', 'arms'], /--table: has no effect with --format fio-json/],
    [['--format', 'csv', '--table', 'x'], /--table x: expected one of arms, summary/],
    [['--format', 'csv', '--kms-key', 'x'], /--kms-key: has no effect/],
    [['s3://bucket/x', '--kms-key', ''], /--kms-key: is empty; name an id, ARN or alias/],
    [['--format', 'tar', 's3://bucket/x/a1f3'], /an archive is made of a run on this machine/],
    [['s3://bucket/x', 'none'], /no run 'none'/],
    [['s3://'], /expected s3:\/\/BUCKET\/PREFIX/],
  ] as const) {
    const { status, stdout, stderr } = call(...words);
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, message);
  }
  const adaptive = feedrate(['gate', 's3://bucket/x', '--adaptive'], place);
  assert.is(adaptive.status, 2);
  assert.match(adaptive.stderr, /--adaptive cannot add sessions in a bucket/);
});

test.run();
