/** The workloads of training at notebook size: their time and space, and one of them under a virtual clock. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installedEntries } from '../../src/cli/terminal/workload-list.js';
import { readRun } from '../../src/store/read-run.js';
import { feedrate } from '../support/command-thread.js';
import { latestRun } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { PRESETS } from './presets.js';

const test = suite('presets');
const MINUTE_NS = 60e9;
const GIB = 1024 ** 3;

test('each takes less than 3 minutes and 5 GiB by feedrate’s own estimate', () => {
  const entries = new Map(installedEntries().map((entry) => [entry.name, entry]));
  for (const preset of PRESETS) {
    const { expectedNs = Number.NaN, writtenBytes = Number.NaN } = entries.get(preset) ?? {};
    assert.ok(expectedNs < 3 * MINUTE_NS, `${preset}: ${expectedNs / 1e9} s`);
    assert.ok(writtenBytes < 5 * GIB, `${preset}: ${writtenBytes / GIB} GiB`);
  }
});

test('a training run under a virtual clock has the summary of DLIO in its names and units', () =>
  withTemporaryDirectory((directory) => {
    const summary = join(directory, 'summary.json');
    const results = join(directory, 'results');
    const dlio = join(directory, 'one.yaml');
    writeFileSync(
      dlio,
      'framework: pytorch\ndataset: {format: npz, num_files_train: 64, record_length_bytes: 1048576}\n' +
        'reader: {batch_size: 2, read_threads: 2}\ntrain: {computation_time: 0.01, epochs: 2}\nmetric: {au: 0.5}\n',
    );
    const workload = join(directory, 'workload.yaml');
    writeFileSync(workload, feedrate(['import', 'dlio', dlio, '--ranks', '2']).stdout);
    const words = ['run', workload, '-t', directory, '-o', results, '--set', 'ioengine=simulated'];
    assert.is(feedrate([...words, '--set', 'cache=as-is', '--dlio-summary', summary]).status, 0);
    const [trial] = readRun(latestRun(results)).trials;
    const several = feedrate([
      ...words,
      '--set',
      'cache=as-is',
      '-P',
      'batch_size=1,2',
      '--dlio-summary',
      `${summary}2`,
    ]);
    assert.match(several.stderr, /the run has 2 training loads \(one\/batch_size=1, one\/batch_size=2\)/);
    const { metric, ...head } = JSON.parse(readFileSync(summary, 'utf8')) as Summary;
    assert.equal(
      [head.num_accelerators, head.num_files_train, head.num_samples_per_file, head.epochs, head.data_size_per_host_GB],
      [2, 64, 1, 2, 64 / 1024],
    );
    assert.is(metric.train_au_percentage.length, 2);
    assert.is(metric.train_au_meet_expectation, 'success');
    const rate = metric.train_throughput_mean_samples_per_second;
    // A record of 1 MiB: the reference's MB are MiB.
    assert.ok(Math.abs(metric.train_io_mean_MB_per_second / rate - 1) < 1e-9);
    const [first] = trial?.training?.epochs ?? [];
    assert.ok(first !== undefined);
    const wallNs = first.endNs - first.startNs - first.firstStepNs;
    assert.is(metric.train_au_percentage[0], (100 * (first.computeNs - first.firstComputeNs)) / wallNs);
  }));

interface Summary {
  readonly num_accelerators: number;
  readonly num_files_train: number;
  readonly num_samples_per_file: number;
  readonly epochs: number;
  readonly data_size_per_host_GB: number;
  readonly metric: {
    readonly train_au_percentage: readonly number[];
    readonly train_au_meet_expectation: string;
    readonly train_throughput_mean_samples_per_second: number;
    readonly train_io_mean_MB_per_second: number;
  };
}

test.run();
