// serial

/** Every file for programs, read by the programs: DuckDB, pandas, matplotlib, prometheus_client, jq and HdrHistogram. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { summarizeLatencies } from '../../src/record/trial-values.js';
import { readRun } from '../../src/store/read-run.js';
import { ensurePackages } from '../support/debian-packages.js';
import { feedrate } from '../support/feedrate-cli.js';
import { fixturePath, repositoryRoot } from '../support/repository.js';
import { latestRun } from '../support/run-directory.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('exports');
const MODULES = ['duckdb', 'pandas', 'matplotlib', 'prometheus_client'];
const VENV = join(tmpdir(), 'feedrate-test-exports-venv');

let found: string | undefined;

/** A Python with the modules. They are installed into a virtual environment when no other has them. */
function python(): string {
  needTool('python3');
  const hasAll = (one: string) => spawnSync(one, ['-c', `import ${MODULES.join()}`]).status === 0;
  found ??= ['python3', join(VENV, 'bin/python')].find(hasAll);
  if (found !== undefined) return found;
  console.error(`installing ${MODULES.join(', ')} into ${VENV}`);
  spawnSync('python3', ['-m', 'venv', VENV]);
  const pip = spawnSync(join(VENV, 'bin/pip'), ['install', '--quiet', ...MODULES], { encoding: 'utf8' });
  if (!hasAll(join(VENV, 'bin/python'))) skipTest(`${MODULES.join(', ')} cannot be installed: ${pip.stderr}`, 'tool');
  found = join(VENV, 'bin/python');
  return found;
}

function read<T>(...words: string[]): T {
  const program = join(repositoryRoot, 'test', 'exports', 'read-exports.py');
  const { status, stdout, stderr } = spawnSync(python(), [program, ...words], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout) as T;
}

/** Runs that have little in common: other kinds of jobs, factors, labels, engines, and trials that fail. */
const RUNS: readonly (readonly string[])[] = [
  ['run', fixturePath('run', 'kinds.yaml'), '--label', 'volume=flex'],
  ['run', fixturePath('run', 'matrix.yaml'), '-P', 'simulated_latency=1ms,100us'],
  ['run', fixturePath('run', 'kinds.yaml'), '-P', 'bs=4k,4k/50:64k/50', '--label', 'day=3'],
  ['run', join(repositoryRoot, 'workloads', 'quick.yaml'), '--set', 'runtime=200ms', '--set', 'size=4m'],
];

async function withRuns(use: (directories: readonly string[], root: string) => void): Promise<void> {
  await withTemporaryDirectory((root) => {
    const directories = RUNS.map((words, index) => {
      const results = join(root, `results-${index}`);
      const more = ['-t', root, '-o', results, '--progress', 'none', '--format', 'json'];
      const { status, stderr } = feedrate([...words, ...more], root);
      assert.is(status, 0, `${words.join(' ')}: ${stderr}`);
      return latestRun(results);
    });
    use(directories, root);
  });
}

test('DuckDB gives every column one type, in each file and in all files together; pandas reads them', async () => {
  await withRuns((directories) => {
    for (const file of ['summary.csv', 'evidence.csv', 'timeseries.csv', 'arms.csv']) {
      const paths = directories.map((directory) => join(directory, file));
      const { single, together } = read<Types>('types', ...paths);
      for (const [path, types] of Object.entries(single)) {
        for (const [column, type] of Object.entries(types)) {
          const whole = together[column] as string;
          const isSame = type === whole || (NUMBERS.has(type) && NUMBERS.has(whole));
          assert.ok(isSame, `${path}: ${column} is ${type}, and ${whole} together`);
          if (/_(ns|bytes|per_s|count)$/.test(column)) assert.ok(NUMBERS.has(type), `${column}: ${type}`);
        }
      }
      assert.is(read<{ rows: number }>('pandas', ...paths).rows > 0, true);
    }
  });
});

interface Types {
  readonly single: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly together: Readonly<Record<string, string>>;
}

const NUMBERS: ReadonlySet<string> = new Set(['BIGINT', 'DOUBLE', 'HUGEINT']);

test('p99 over the block size is a line over numbers', async () => {
  await withTemporaryDirectory((root) => {
    const engine = ['--set', 'ioengine=simulated', '--set', 'size=1m'];
    const words = ['run', fixturePath('run', 'matrix.yaml'), '-P', 'bs=4k,64k,512k', ...engine];
    const { status, stderr } = feedrate([...words, '-o', 'r', '--progress', 'none'], root);
    assert.is(status, 0, stderr);
    const image = join(root, 'p99.png');
    const { x } = read<{ x: number[] }>('plot', join(latestRun(join(root, 'r')), 'arms.csv'), image);
    assert.equal([...new Set(x)], [4096, 65536, 524288]);
    assert.ok(statSync(image).size > 5000);
  });
});

test('the numbers of arms.csv are those of BMF and OpenMetrics, and jq reads every JSON file', async () => {
  needTool('jq');
  await withTemporaryDirectory((root) => {
    const files = ['--bmf', 'bmf.json', '--open-metrics', 'metrics.txt', '--benchmark-json', 'bench'];
    // So many files and syncs that each has a 99th percentile.
    const sizes = ['--set', 'samples.nrfiles=400', '--set', 'checkpoint.checkpoints=80'];
    const words = ['run', fixturePath('run', 'kinds.yaml'), ...sizes, '--label', 'a.b=x', '--label', 'a_b=y'];
    const { status, stderr } = feedrate([...words, ...files, '-o', 'r', '--progress', 'none'], root);
    assert.is(status, 0, stderr);
    const json = readdirSync(root).filter((name) => name.endsWith('.json'));
    assert.is(json.length, 3);
    for (const name of json) assert.is(spawnSync('jq', ['-e', '.', name], { cwd: root }).status, 0, name);
    const samples = read<{ name: string; labels: Record<string, string>; value: number }[]>(
      'open-metrics',
      join(root, 'metrics.txt'),
    );
    const { stdout } = feedrate(['show', '--format', 'json', '-o', 'r'], root);
    const { arms } = JSON.parse(stdout) as { arms: Record<string, number>[] };
    for (const { name, labels, value } of samples) {
      const [, metric = ''] = /^feedrate_(\w+)_session_median_/.exec(name) ?? [];
      const statistic = labels['statistic'] === undefined ? '' : `_${labels['statistic'].replace('.', '_')}`;
      const arm = arms.find(({ arm: id }) => String(id) === labels['arm']) ?? {};
      const column = Object.keys(arm).find((each) => each.startsWith(`${metric}${statistic}_session_median`));
      const scale = column?.endsWith('_ns') ? 1e-9 : 1;
      assert.is(value, (arm[column as string] as number) * scale, `${name} ${labels['arm']}`);
      assert.equal([labels['label_a_b'], labels['label_a_b_2']], ['x', 'y']);
    }
    const kinds = new Set(samples.map(({ name }) => name));
    for (const kind of ['open', 'close', 'fsync', 'checkpoint'])
      assert.ok(kinds.has(`feedrate_${kind}_session_median_seconds`), kind);
  });
});

const HISTOGRAM_JAR = '/usr/share/java/hdrhistogram.jar';

/** The jar of HdrHistogram and a Java to run it with. They are installed when they are missing. */
function needHistogramReader(): void {
  const isThere = () => existsSync(HISTOGRAM_JAR) && spawnSync('javac', ['-version']).status === 0;
  const packages = ['libhdrhistogram-java', 'default-jdk-headless'];
  if (!ensurePackages(packages, isThere)) skipTest(`${packages.join(' and ')} cannot be installed`, 'tool');
}

test('HdrHistogram reads the log of latencies to the counts and percentiles that feedrate shows', async () => {
  needHistogramReader();
  await withTemporaryDirectory((root) => {
    const words = ['run', fixturePath('run', 'kinds.yaml'), '-o', 'r', '--progress', 'none'];
    assert.is(feedrate(words, root).status, 0);
    assert.is(feedrate(['export', '--results', 'r', '--format', 'hlog', '-o', 'latency.hlog'], root).status, 0);
    const program = join(repositoryRoot, 'test', 'exports', 'ReadHistogramLog.java');
    const java = spawnSync('java', ['-cp', HISTOGRAM_JAR, program, 'latency.hlog'], { cwd: root, encoding: 'utf8' });
    assert.is(java.status, 0, java.stderr);
    const { trials } = readRun(latestRun(join(root, 'r')));
    const arms = [...new Set(trials.map(({ arm }) => arm))];
    const expected = arms
      .flatMap((arm) =>
        [...summarizeLatencies(trials.filter((trial) => trial.arm === arm))].map(([kind, of]) => ({ arm, kind, of })),
      )
      // The log has reads and writes, and no line for both together.
      .filter(({ kind }) => kind !== 'latency');
    const lines = java.stdout.trimEnd().split('\n');
    assert.is(lines.length, expected.length);
    for (const { arm, kind, of } of expected) {
      const tag = `${arm.replaceAll(',', ';')}/${kind}`;
      const [, ...numbers] =
        lines
          .find((line) => line.startsWith(`${tag} `))
          ?.split(' ')
          .map(Number) ?? [];
      assert.is(numbers[0], of.count, tag);
      // HdrHistogram reports the highest value of a bucket, feedrate the lowest.
      for (const [at, value] of [of.p50Ns, of.p99Ns, of.maxNs].entries())
        assert.ok(Math.abs((numbers[at + 1] as number) - value) <= value / 128, `${tag}: ${numbers} ${value}`);
    }
  });
});

test.run();
