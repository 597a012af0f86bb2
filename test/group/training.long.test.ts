/** Trainings, checkpoints and comparisons of targets by several ranks that meet by files, and the preparation of their data. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun } from '../../src/store/read-run.js';
import { feedrate } from '../support/feedrate-cli.js';
import { latencies } from '../support/records.js';
import { directoryIn } from '../support/run-directory.js';
import { needTool } from '../support/skip.js';
import { leftIn, onlyRun, type Place, placeIn, startPrepare, startRun } from './group-command.js';
import { TEST_LAUNCHERS } from './launchers.js';

const test = suite('group/training');
const RANKS = 3;
const FILES = 48;
const place = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
test.after(() => rmSync(place, { recursive: true, force: true }));

const training = (epochs: number): string => `name: train
jobs:
  train: { kind: training, format: jpeg, num_files_train: ${FILES}, record_length_bytes: 20000, batch_size: 4,
    read_threads: 2, epochs: ${epochs}, computation_time: 1ms, cache: as-is, ioengine: psync }
trials: { sessions: 1, rounds: 1, warmup: 0 }
`;

/** Writes the calls of each rank that open files to \`$1.RANK\`. */
const TRACED = `log=$1
shift
exec strace -f -qq -s 4096 -e trace=openat,openat2 -o "$log.$RANK" "$@"
`;

/** How often each data file was opened for reading, over all ranks. */
function opens(directory: string, log: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let rank = 0; rank < RANKS; rank++) {
    for (const line of readFileSync(join(directory, `${log}.${rank}`), 'utf8').split('\n')) {
      const [, path = '', flags = ''] = /openat2?\([^"]*"([^"]+)", (?:\{flags=)?([A-Z_|]+)/.exec(line) ?? [];
      if (path.includes('.feedrate-data/') && /\d/.test(basename(path)) && !/O_CREAT|O_DIRECTORY/.test(flags))
        counts.set(basename(path), (counts.get(basename(path)) ?? 0) + 1);
    }
  }
  return counts;
}

test('ranks divide the preparation of a dataset, and read each sample once per epoch over all of them', async () => {
  needTool('strace');
  const directory = directoryIn(place, 'train');
  const wrapper = join(directory, 'traced.sh');
  writeFileSync(wrapper, TRACED, { mode: 0o755 });
  const byEpochs = new Map<number, Map<string, number>>();
  let where: Place = placeIn(directory, training(1));
  const prepared = await startPrepare(TEST_LAUNCHERS.shell, RANKS, where).ended;
  assert.is(prepared.status, 0, prepared.stderr);
  assert.match(prepared.stdout, /^\d+(\.\d+)? KiB written in .* by 3 ranks, 0 B reused\n$/);
  const again = await startPrepare(TEST_LAUNCHERS.shell, RANKS, where).ended;
  assert.match(again.stdout, /^0 B written .*, \d+(\.\d+)? KiB reused\n$/);
  assert.equal(leftIn(where), []);
  for (const epochs of [1, 3]) {
    where = { ...where, results: directoryIn(directory, `results-${epochs}`) };
    writeFileSync(where.workload, training(epochs));
    const log = `opens-${epochs}`;
    const group = startRun(TEST_LAUNCHERS.shell, RANKS, where, { wrapper: ['bash', wrapper, join(directory, log)] });
    const { status, stderr } = await group.ended;
    assert.is(status, 0, stderr);
    const { trials } = readRun(onlyRun(where).directory);
    const [trial] = trials;
    assert.is(trial?.training?.accelerators, RANKS);
    assert.equal(
      trial?.training?.epochs.map(({ samples }) => samples),
      Array.from({ length: epochs }, () => FILES),
    );
    assert.equal(
      trial?.ranks?.map((part) => part.training?.epochs[0]?.samples),
      Array.from({ length: RANKS }, () => FILES / RANKS),
    );
    byEpochs.set(epochs, opens(directory, log));
  }
  // Whatever else opens the files does so as often in both runs.
  const [one, three] = [byEpochs.get(1), byEpochs.get(3)] as [Map<string, number>, Map<string, number>];
  assert.is(three.size, FILES);
  for (const [file, count] of three) assert.is(count - (one.get(file) ?? 0), 2, file);
});

const CHECKPOINT = `name: save
jobs:
  save: { kind: checkpoint-write, numjobs: 2, shards: 2, shard_size: 1MiB, bs: 256KiB, checkpoints: 2, fsync: true, cache: as-is }
trials: { sessions: 1, rounds: 3, warmup: 0 }
`;

test('the slowest rank decides how long a checkpoint takes, and all bytes count', async () => {
  const where = placeIn(directoryIn(place, 'save'), CHECKPOINT);
  const { status, stderr } = await startRun(TEST_LAUNCHERS.shell, RANKS, where).ended;
  assert.is(status, 0, stderr);
  for (const { window, latency, commonCheckpoints, ranks = [] } of readRun(onlyRun(where).directory).trials) {
    const began = ranks.map(({ beganNs = Number.NaN }) => beganNs);
    const writes = ranks.map(({ checkpoints }) => checkpoints?.writesNs ?? []);
    // The first checkpoint begins when its rank does, and the second one when all have done the first.
    const [firsts, seconds] = [0, 1].map((place) => writes.map((own) => own[place] ?? Number.NaN)) as [
      number[],
      number[],
    ];
    const doneNs = Math.max(...firsts.map((ns, rank) => (began[rank] as number) + ns));
    const lastedNs = doneNs + Math.max(...seconds) - Math.min(...began);
    assert.equal(commonCheckpoints, { completed: 2, partial: 0 });
    assert.equal(latency.checkpoint, latencies(Math.max(...firsts), Math.max(...seconds)));
    // Numbers of ns since 1970 are exact to 256 ns.
    assert.ok(Math.abs(window.endNs - window.startNs - lastedNs) <= 1000, `${window.endNs} ${lastedNs}`);
    assert.is(window.writeBytes, RANKS * 2 * 2 * 2 * 2 ** 20);
  }
});

const READING = `name: two
jobs:
  read: { rw: randread, bs: 16KiB, size: 1MiB, rate_iops: 300, runtime: 200ms, time_based: true, ioengine: psync, cache: as-is }
trials: { sessions: 1, rounds: 6, warmup: 0 }
`;

test('targets are compared in a group as on one machine: all ranks measure the same one at a time', async () => {
  const directory = directoryIn(place, 'two');
  const where = placeIn(directory, READING);
  const other = directoryIn(directory, 'other');
  const { status, stderr } = await startRun(TEST_LAUNCHERS.shell, RANKS, where, { options: ['-t', `other=${other}`] })
    .ended;
  assert.is(status, 0, stderr);
  const run = onlyRun(where);
  const { trials } = readRun(run.directory);
  assert.equal(trials.map(({ target }) => target).sort(), [...Array(6).fill('data'), ...Array(6).fill('other')]);
  const spans = trials
    .map(({ ranks = [], window }) => {
      const began = ranks.map(({ beganNs = Number.NaN }) => beganNs);
      return { from: Math.min(...began), to: Math.min(...began) + window.lastDoneNs };
    })
    .sort((a, b) => a.from - b.from);
  for (const [place, { from }] of spans.entries()) if (place > 0) assert.ok(from > (spans[place - 1]?.to ?? 0));
  const compared = feedrate(['compare', run.directory, '--unit', 'round']);
  assert.is(compared.status, 0, compared.stderr);
  assert.match(compared.stdout, /other/);
});

test('a dataset that is kept for later days is written by all ranks, and verified by all', async () => {
  const where = placeIn(directoryIn(place, 'kept'), training(1));
  const options = ['--dataset-id', 'november'];
  const first = await startPrepare(TEST_LAUNCHERS.shell, RANKS, where, { options }).ended;
  assert.is(first.status, 0, first.stderr);
  const kept = join(where.target, '.feedrate-dataset-november');
  const manifest = readFileSync(join(kept, 'manifest.jsonl'), 'utf8').trimEnd().split('\n');
  assert.is(manifest.length, FILES + 1);
  const verified = await startPrepare(TEST_LAUNCHERS.shell, RANKS, where, { options }).ended;
  assert.match(verified.stdout, /^0 B written .* KiB reused\n$/);
  const damaged = join(kept, (JSON.parse(manifest.at(-1) as string) as { path: string }).path);
  writeFileSync(damaged, Buffer.alloc(readFileSync(damaged).length));
  const wrong = await startPrepare(TEST_LAUNCHERS.shell, RANKS, where, { options }).ended;
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, /dataset november has changed/);
  assert.equal(
    readdirSync(where.target).filter((name) => /run|group|prepare/.test(name)),
    [],
  );
});

test.run();
