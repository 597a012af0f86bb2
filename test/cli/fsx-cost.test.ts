/** `feedrate fsx cost`, and the ceilings of `feedrate show`, as a user meets them. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepFsxMetrics } from '../../src/store/fsx-metrics-file.js';
import { feedrate } from '../support/command-thread.js';
import { fsxRun, metricsRecord, seriesOfValues, VOLUME } from '../support/fsx-metrics.js';
import { makeVolume, onVolume } from '../support/fsx-volumes.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/fsx-cost');

const arm = makeArm('read');
const volume = makeVolume({ fileSystem: { iops: 80_000 } });

function withRun(use: (results: string) => void, run = onVolume(makeRun([arm], 1), { volume })): Promise<void> {
  return withTemporaryDirectory((directory) => {
    storeRun(directory, run, [makeTrial(arm, 1, 1500e6)]);
    use(directory);
  });
}

test('a file system that the options describe needs no run', () => {
  const words = '--deployment SINGLE_AZ_2 --throughput 6144 --ssd-gib 4096 --iops 200000 --region ap-northeast-1';
  const { status, stdout } = feedrate(['fsx', 'cost', ...words.split(' ')]);
  assert.is(status, 0);
  assert.match(stdout, /^total: 16,811\.60 USD, or 23\.03 an hour/m);
});

test('a run with a volume is priced, as text and as JSON', () =>
  withRun((results) => {
    const { status, stdout } = feedrate(['fsx', 'cost', 'latest', '-o', results, '--epochs', '3']);
    assert.is(status, 0);
    assert.match(stdout, /^SINGLE_AZ_2 in ap-northeast-1: 1 HA pair at 1,536 MBps, 10,240 GiB of SSD, 80,000 IOPS$/m);
    assert.match(stdout, /^this test: /m);
    assert.match(stdout, /^with 3 epochs a month, /m);
    for (const line of stdout.split('\n').filter((text) => text.startsWith('  '))) assert.ok(line.length <= 80, line);
    const json = JSON.parse(feedrate(['fsx', 'cost', '-o', results, '--format', 'json']).stdout);
    assert.is(json.costs[0].rates[0].bytesPerSecond, 1500e6);
    assert.is(json.costs[0].test.requests, null);
  }));

test('what a price depends on must be known, and every wrong number is an error', () =>
  withRun(
    (results) => {
      const errorOf = (...words: string[]) => {
        const { status, stderr } = feedrate(['fsx', 'cost', '-o', results, ...words]);
        assert.is(status, 2, words.join(' '));
        return stderr;
      };
      assert.match(errorOf(), /did not record a volume of FSx for ONTAP; describe the file system with --deployment/);
      assert.match(errorOf('latest', '--deployment', 'A'), /target data says what --region is; add --region/);
      const values = { region: 'ap-northeast-1', throughput: '6144', 'ssd-gib': '4096', iops: '200000' };
      const words = ['fsx', 'cost', '-o', results, 'latest', '--deployment', 'SINGLE_AZ_2'];
      for (const asked of Object.keys(values)) {
        const [, option] = /; add --(\S+)\n$/.exec(feedrate(words).stderr) ?? [];
        assert.ok(option !== undefined && option in values, `${asked}: ${feedrate(words).stderr}`);
        words.push(`--${option}`, values[option as keyof typeof values]);
        if (feedrate(words).status === 0) break;
      }
      assert.is(feedrate(words).status, 0, words.join(' '));
      assert.match(errorOf('--deployment', 'A', '--iops', '-3'), /--iops -3: expected a number of at least 0/);
      assert.match(errorOf('--deployment', 'A', '--dataset', '0'), /--dataset 0: expected more than 0/);
      assert.match(errorOf('latest', '-t', 'nowhere'), /no such target; choose one of: data/);
      assert.match(errorOf('--prices', '/nowhere'), /cannot read \/nowhere: ENOENT/);
    },
    makeRun([arm], 1),
  ));

test('run refuses a wrong file of ceilings before it measures anything', () =>
  withTemporaryDirectory((directory) => {
    const [workload, file] = ['w.yaml', 'c.yaml'].map((name) => join(directory, name)) as [string, string];
    writeFileSync(
      workload,
      'name: w\njobs:\n  r: { rw: read, bs: 4k, size: 64k, ioengine: simulated, cache: as-is }\n',
    );
    writeFileSync(file, 'dated: 2026-11-29\nclient: []\n');
    const { status, stderr } = feedrate(['run', workload, '-o', join(directory, 'results'), '--ceilings', file]);
    assert.is(status, 2);
    assert.match(stderr, /c\.yaml:2:1: "client": no such field; did you mean clients\?/);
    assert.not(existsSync(join(directory, 'results')));
  }));

test('show lists every ceiling on request, and takes a file of ceilings', () =>
  withRun((results) => {
    assert.not.match(feedrate(['show', '-o', results]).stdout, /looked up for/);
    assert.match(feedrate(['show', '-o', results, '--detail']).stdout, /disk +1,536 MB\/s +burst 3,125 MB\/s/);
    const file = join(results, 'own.yaml');
    const row = `{deploymentType: SINGLE_AZ_2, throughputPerHaPair: 1536, disk: {base: 1550, burst: none}, status: documented, source: {title: t, retrieved: 2026-11-29}}`;
    writeFileSync(file, `dated: 2026-11-29\nfileServers: [${row}]\n`);
    assert.match(feedrate(['show', '-o', results, '--ceilings', file]).stdout, /97 % of disk \(1,550 MB\/s\)/);
    writeFileSync(file, `dated: 2026-11-29\nfileServers: [${row.replace('1550', 'fast')}]\n`);
    const { status, stderr } = feedrate(['show', '-o', results, '--ceilings', file]);
    assert.is(status, 2);
    assert.match(stderr, /own\.yaml:2:\d+: base: expected a number above 0/);
  }));

test('the pool and the requests come from the metrics that are kept with the run, unless options say otherwise', () =>
  withTemporaryDirectory((results) => {
    const startMs = Date.UTC(2026, 10, 29, 12, 0);
    const { run, trials } = fsxRun(startMs, makeVolume({ volume: { id: VOLUME } }));
    const directory = storeRun(results, run, trials);
    const counter = (metric: string, value: number) =>
      seriesOfValues(metric, 'volume', startMs / 1000, [value, value], { dimensions: { VolumeId: VOLUME } });
    const series = [
      counter('CapacityPoolReadOperations', 500),
      counter('CapacityPoolReadBytes', 500 * 2 ** 20),
      counter('CapacityPoolWriteOperations', 1000),
      seriesOfValues('StorageUsed', 'file system tier', startMs / 1000, [2 ** 40], {
        dimensions: { StorageTier: 'StandardCapacityPool', DataType: 'All' },
      }),
    ];
    const record = metricsRecord(startMs, series);
    keepFsxMetrics(directory, record);
    const answer = (...words: string[]) =>
      JSON.parse(feedrate(['fsx', 'cost', '-o', results, '--format', 'json', ...words]).stdout).costs[0];
    const known = answer();
    assert.is(known.size.poolGiB, 1024);
    // Tokyo: 1,000 reads for 0.00037 USD and 2,000 writes for 0.0094 USD.
    assert.ok(Math.abs(known.test.requests - 0.00977) < 1e-9, String(known.test.requests));
    assert.equal(known.requestBytes, { least: 2 ** 20, most: 2 ** 20 });
    assert.match(
      feedrate(['fsx', 'cost', '-o', results]).stdout,
      /1 request for each 1 MiB, as counted during the run/,
    );
    const other = answer('--pool-gib', '5', '--pool-reads', '0');
    assert.equal([other.size.poolGiB, other.test.requests], [5, 0]);
    keepFsxMetrics(directory, { ...record, completeUntil: null });
    assert.is(answer().test.requests, null, 'incomplete metrics are no count');
    writeFileSync(join(directory, 'fsx-metrics.json'), '{');
    const damaged = feedrate(['fsx', 'cost', '-o', results]);
    assert.is(damaged.status, 0);
    assert.match(damaged.stderr, /fsx-metrics\.json: .*; fetch the metrics again with: feedrate fsx metrics\n/);
  }));

test.run();
