// waits

/** `feedrate fsx tiering` as a user meets it: what it prints, refuses, asks, and leaves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSdk } from '../../src/aws/sdk.js';
import { NAMESPACE } from '../../src/fsx/cloudwatch.js';
import { feedrate } from '../support/command-thread.js';
import { environment } from '../support/feedrate-cli.js';
import { FsxServer } from '../support/fsx-server.js';
import { FILE_SYSTEM, REGION, volumeId, volumeJson, worldOf } from '../support/fsx-world.js';
import { motoServer } from '../support/moto-server.js';
import { repositoryRoot } from '../support/repository.js';
import { runOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/tiering');

const WORLD = worldOf(
  [
    volumeJson(2, '/none', { TieringPolicy: { Name: 'NONE' } }),
    volumeJson(3, '/all', { TieringPolicy: { Name: 'ALL' }, VolumeStyle: 'FLEXGROUP' }),
    volumeJson(4, '/data', { TieringPolicy: { Name: 'AUTO', CoolingPeriod: 17 } }),
  ],
  { describesUntilVisible: 1 },
);
const WORKLOAD = `name: once
trials: {sessions: 1, rounds: 1, order: read-once}
dataset: {nrfiles: 1, filesize: 64KiB}
jobs:
  sequential: {rw: read, bs: 4k}
`;

let server: FsxServer;
test.before(async () => {
  server = await FsxServer.start(WORLD);
});
test.before.each(() => server.setWorld(WORLD));
test.after(() => server.close());

function withVolumes(
  use: (call: (...args: string[]) => ReturnType<typeof feedrate>, directory: string) => void | Promise<void>,
): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    for (const name of ['none', 'all', 'data']) mkdirSync(join(directory, name));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    await use((...args) => feedrate(args, directory, server.environment), directory);
  });
}

const TIERING = ['fsx', 'tiering'];
const QUIET = ['--progress', 'none', '-o', 'r'];
const ONE = ['w.yaml', '-t', 'data', '--volume', `data=${volumeId(4)}`, '-o', 'r'];
const TWO = ['w.yaml', '-t', 'none', '-t', 'all', '--volume', `none=${volumeId(2)}`, '--volume', `all=${volumeId(3)}`];

test('volumes of two policies are measured in one run, with policy and residency', () =>
  withVolumes((call, directory) => {
    const { status, stdout, stderr } = call(...TIERING, ...TWO, ...QUIET);
    assert.is(status, 0, stderr);
    assert.match(stderr, /the volumes differ not only in their policy: style: FLEXVOL \(none\), FLEXGROUP \(all\)\n/);
    assert.match(stdout, /all compared with none \(target\)/);
    assert.match(stdout, /\nTARGET {2}POLICY {2}RESIDENCY\nnone {4}NONE {4}ssd-resident\nall {5}ALL {5}unknown\n/);
    assert.match(stdout, /\nall: policy ALL moves data in the background, and nothing shows how much it has moved\n$/);
    assert.match(
      stderr,
      /requests to the capacity pool are not counted: cloudwatch:GetMetricData in us-east-1: ECONNREFUSED/,
    );
    assert.match(
      stderr,
      /count them later with: feedrate fsx metrics \S+ --wait 10m, and price them with: feedrate fsx cost/,
    );
    const [first] = runOf(join(directory, 'r')).environment.targets;
    assert.is(first?.residency?.residency, 'ssd-resident');
    assert.match(call('compare', '--cols', 'fsx.residency', '-o', 'r').stdout, /ssd-resident \(base\) +│ +unknown/);
  }));

for (const [what, args, why] of [
  ['one target alone', ['-t', 'none'], /name a target with -t for each volume, or one target with --policies/],
  [
    'a target that is no mount',
    ['-t', 'none', '-t', 'all'],
    /target none: \S+ is not on an NFS mount; name a directory on such a mount, or its volume with --volume none=fsvol-…/,
  ],
  [
    'the same volume twice',
    ['-t', 'none', '-t', 'all', '--volume', `none=${volumeId(2)}`, '--volume', `all=${volumeId(2)}`],
    /targets none and all are on the same volume/,
  ],
  ['a volume of no target', [...TWO, '--volume', `x=${volumeId(2)}`], /--volume x=…: there is no target x/],
  [
    'two targets with --policies',
    [...TWO, '--policies', 'ALL'],
    /--policies changes one volume; name exactly one target/,
  ],
  [
    '--apply without a dataset',
    [...ONE, '--policies', 'ALL', '--apply'],
    /--apply needs --dataset-id, because every step must read the same data/,
  ],
  ['--apply without policies', ['-t', 'none', '--apply'], /--apply needs --policies/],
  ['--resume with a target', ['--resume', '-t', 'none'], /take the target and the policies from the comparison/],
  ['--resume without a comparison', ['--resume', '-o', 'r'], /no comparison of tiering policies waits in r/],
] as const) {
  test(`${what} is refused`, () =>
    withVolumes((call) => {
      const { status, stdout, stderr } = call(...TIERING, ...args);
      assert.equal([status, stdout], [2, '']);
      assert.match(stderr, why);
      assert.is(stderr.trimEnd().split('\n').length, 1);
    }));
}

test('without --apply the plan is printed and nothing is sent', () =>
  withVolumes(async (call) => {
    await server.forget();
    const { status, stdout } = call(...TIERING, ...ONE, '--policies', 'NONE,AUTO:31,ALL');
    assert.is(status, 0);
    assert.match(
      stdout,
      /^volume fsvol-\S+ has the tiering policy AUTO:17\n\nSTEP {2}POLICY {14}WAIT {5}REQUESTS TO THE CAPACITY POOL\n/,
    );
    assert.match(stdout, /\nNothing was changed\. Use --apply to begin\.\n$/);
    assert.not((await server.requests()).some(({ action }) => action === 'UpdateVolume'));
  }));

test('applied, it waits, is named by list and run, and is restored', () =>
  withVolumes((call) => {
    assert.is(call('prepare', 'w.yaml', '-t', 'data', '--dataset-id', 'd', '--progress', 'none').status, 0);
    const apply = [...TIERING, ...ONE, '--policies', 'ALL', '--apply', '--dataset-id', 'd', '--progress', 'none'];
    const refused = call(...apply);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /nothing was changed: there is no terminal to ask for confirmation; use --yes\n$/);
    const begun = call(...apply, '--yes');
    assert.is(begun.status, 0, begun.stderr);
    assert.match(
      begun.stdout,
      /\nvolume fsvol-\S+ has the policy ALL; come back after \d{4}-\d\d-\d\d \d\d:\d\d UTC \(in (?:60 minutes|1 hour)\):\n {2}feedrate fsx tiering --resume\n$/,
    );
    assert.match(call('list', '-o', 'r').stderr, /has the tiering policy ALL for a comparison that is ready in /);
    assert.match(
      call('run', 'w.yaml', '-t', 'data', ...QUIET).stderr,
      /restore AUTO:17 with: feedrate fsx tiering --restore\n/,
    );
    const { status, stderr } = call(...TIERING, '--restore', '-o', 'r');
    assert.is(status, 0, stderr);
    assert.match(stderr, /restored AUTO:17; data stays in the tier where it is now\n$/);
    assert.is(call(...TIERING, '--restore', '-o', 'r').stderr, 'no comparison of tiering policies is open in r\n');
  }));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} while a change is in progress restores the volume`, () =>
    withVolumes(async (call, directory) => {
      await server.setWorld({ ...WORLD, describesUntilVisible: 3 });
      call('prepare', 'w.yaml', '-t', 'data', '--dataset-id', 'd', '--progress', 'none');
      const args = [...TIERING, ...ONE, '--policies', 'ALL', '--apply', '--yes', '--dataset-id', 'd'];
      const main = join(repositoryRoot, 'dist', 'bin', 'main.js');
      const env = environment(server.environment);
      const child = spawn(process.execPath, [main, ...args], {
        cwd: directory,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (part) => {
        stderr += part;
        if (/until AWS shows ALL/.test(stderr) && !/stopping/.test(stderr)) child.kill(signal);
      });
      const [status] = await once(child, 'close');
      assert.is(status, 130, stderr);
      assert.match(
        stderr,
        /stopping; the original tiering policy will be restored.*\n.*restoring AUTO:17\n[\s\S]*restored AUTO:17; data stays/,
      );
      assert.match(call(...TIERING, '--restore', '-o', 'r').stderr, /^no comparison/);
    }));
}

/** Counts of the volume in the current minute. */
async function putRequests(endpoint: string): Promise<void> {
  const { CloudWatchClient, PutMetricDataCommand } = await loadSdk('cloudwatch');
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  // moto does not read compressed requests.
  const client = new CloudWatchClient({ endpoint, region: REGION, credentials, disableRequestCompression: true });
  const Dimensions = [
    { Name: 'FileSystemId', Value: FILE_SYSTEM },
    { Name: 'VolumeId', Value: volumeId(4) },
  ];
  const counts = { ReadOperations: 120, ReadBytes: 480 * 2 ** 20, WriteOperations: 7000 };
  const MetricData = Object.entries(counts).map(([name, Value]) => {
    return { MetricName: `CapacityPool${name}`, Dimensions, Value, Timestamp: new Date() };
  });
  await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
  client.destroy();
}

const PRICES = `dated: 2026-11-29
prices:
  - {region: us-east-1, deploymentType: SINGLE_AZ_1, item: pool-read-1000, price: 1, currency: USD, source: {title: t, retrieved: 2026-11-29}}
  - {region: us-east-1, deploymentType: SINGLE_AZ_1, item: pool-write-1000, price: 2, currency: USD, source: {title: t, retrieved: 2026-11-29}}
`;

test('resumed on another day, the steps keep their labels, and the requests of all are counted and priced', async () => {
  const { endpoint } = await motoServer();
  await withVolumes(async (call, directory) => {
    call('prepare', 'w.yaml', '-t', 'data', '--dataset-id', 'd', '--progress', 'none');
    const apply = [...ONE, '--policies', 'NONE,ALL', '--apply', '--yes', '--dataset-id', 'd', '--progress', 'none'];
    const begun = call(...TIERING, ...apply, '--label', 'team=vision', '--label', 'day=1');
    assert.is(begun.status, 0, begun.stderr);
    assert.match(begun.stderr, /the footprint of volume \S+ is not known: cloudwatch:GetMetricData/);
    assert.match(begun.stdout, /has the policy ALL; come back after/);
    const [name] = readdirSync(join(directory, 'r', 'tiering')).filter((each) => each.endsWith('.json'));
    const journal = join(directory, 'r', 'tiering', name!);
    const waiting = JSON.parse(readFileSync(journal, 'utf8'));
    waiting.steps[1].readyAt = waiting.steps[1].setAt;
    writeFileSync(journal, JSON.stringify(waiting));
    await putRequests(endpoint);
    writeFileSync(join(directory, 'p.yaml'), PRICES);
    const resume = [...TIERING, '--resume', '-o', 'r', '--progress', 'none', '--prices', 'p.yaml', '--label', 'day=2'];
    const environment = { ...server.environment, AWS_ENDPOINT_URL_CLOUDWATCH: endpoint };
    const { status, stdout, stderr } = feedrate(resume, directory, environment);
    assert.is(status, 0, stderr);
    assert.match(stdout, /\nCAPACITY POOL {2}READS {2}READ {5}WRITES {2}WRITTEN {2}COST\n/);
    assert.match(stdout, /\nALL {12}120 {4}480 MiB {2}7,000 {3}– {8}14\.12 USD\n/);
    assert.match(stdout, /\nnot yet complete: (?:NONE, )?ALL\n/);
    const labels = readdirSync(join(directory, 'r'))
      .filter((each) => each !== 'tiering' && existsSync(join(directory, 'r', each, 'run.json')))
      .sort()
      .map((each) => JSON.parse(readFileSync(join(directory, 'r', each, 'run.json'), 'utf8')).labels);
    assert.equal(labels, [
      { team: 'vision', day: '1', tiering: 'NONE' },
      { team: 'vision', day: '2', tiering: 'ALL' },
    ]);
  });
});

test.run();
