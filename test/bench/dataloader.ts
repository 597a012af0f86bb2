/**
 * feedrate's emulation of a loader against PyTorch's DataLoader: the same files, workers, batches and compute, on a mount of
 * known latency and rates, one after the other in turn.
 *
 *   npm run bench:dataloader -- [--rounds 3] [--only TEXT]… [--out results/bench-dataloader.md] [--mount DIR] [--budget 45s]
 *
 * `--mount`: on this directory, such as a mount of the lab, instead of slow mounts; caches are emptied before each side.
 * `--budget`: of each `feed`. A slow machine needs more for its ramp: where it does not get as far as the setting, nothing is
 * predicted, which counts as wrong. `none`: `feed` is left out.
 *
 * What Python itself costs is measured first on data in memory: per sample, emulated as `preprocess_time`, and per batch in the
 * training process, emulated as `hand_over_time`. `feedrate feed` is told both and predicts the same setting from its ramp.
 * Needs root, FUSE, and Debian's python3-torch, which it installs when it is missing (650 MB). Exits 1 when the median of a
 * setting's ratios is off by more than 5 % for the emulation, or 10 % for the prediction.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { ensurePackages } from '../support/debian-packages.js';
import { mainPath } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';
import { trialsOf } from '../support/run-directory.js';
import { warm } from '../support/warm.js';
import { type DataKind, SETTINGS, type Setting } from './dataloader-settings.js';
import { type Epoch, isNear, type PythonCost, type Row, tableOf } from './dataloader-table.js';
import { runProgram } from './program.js';
import { buildSlowMount, withSlowMount } from './slow-mount.js';

const PYTHON = '/usr/bin/python3';
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
    mount: { type: 'string' },
    // A ramp and a few emulations: only the prediction is used.
    budget: { type: 'string', default: '45s' },
  },
});
const rounds = Number(values.rounds);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Of PyTorch's. */
interface TorchEpoch extends Epoch {
  /** The mean wait for a batch that was ready, if loaders keep up: without those that were asked for before the first step. */
  readonly readyWaitSeconds: number;
}

interface RankTimes {
  readonly waits: readonly number[];
  /** End of each step since the common start, s. */
  readonly done: readonly number[];
}

function ensureTorch(): void {
  const isThere = () => spawnSync(PYTHON, ['-c', 'import torch, numpy']).status === 0;
  if (!ensurePackages(['python3-torch', 'python3-numpy'], isThere))
    throw new Error('python3-torch cannot be installed');
}

/** Writes a data set with NumPy and tarfile, not with our own writers. */
const WRITE_DATA = `
import io, json, os, sys, tarfile
import numpy
words = json.loads(sys.argv[1])
random = numpy.random.default_rng(1)
content = lambda: random.integers(0, 256, words["sampleBytes"], dtype=numpy.uint8)
for file in range(words["samples"] // words["perFile"]):
    path = os.path.join(words["root"], "part-%05d" % file)
    if words["format"] == "npz":
        numpy.savez(path + ".npz", x=content())
    elif words["format"] == "jpeg":
        content().tofile(path + ".jpg")
    else:
        with tarfile.open(path + ".tar", "w") as shard:
            for sample in range(words["perFile"]):
                member = tarfile.TarInfo("%05d-%05d.bin" % (file, sample))
                member.size = words["sampleBytes"]
                shard.addfile(member, io.BytesIO(content().tobytes()))
`;

async function dataOf(directory: string, data: DataKind, made: Map<DataKind, string>): Promise<string> {
  const root = made.get(data) ?? join(directory, `data-${made.size}`);
  if (!made.has(data)) {
    mkdirSync(root);
    await runProgram(PYTHON, ['-c', WRITE_DATA, JSON.stringify({ ...data, root })]);
    made.set(data, root);
  }
  return root;
}

async function torchEpoch(root: string, setting: Setting, steps: number | null = null): Promise<TorchEpoch> {
  const { data, accelerators, workers, prefetch, batch, computeMs } = setting;
  const words = { format: data.format, root, ranks: accelerators, batch, workers, prefetch };
  const script = join(repositoryRoot, 'test', 'bench', 'dataloader.py');
  const told = await runProgram(PYTHON, [
    script,
    JSON.stringify({ ...words, compute: computeMs / 1000, seed: 1, steps }),
  ]);
  const { ranks } = JSON.parse(told) as { ranks: readonly RankTimes[] };
  const rates = ranks.map(({ done }) => ((done.length - 1) * batch) / ((done.at(-1) as number) - (done[0] as number)));
  const waits = ranks.flatMap(({ waits: ofRank }) => ofRank);
  const ready = ranks.flatMap(({ waits: ofRank }) => ofRank.slice(workers * prefetch));
  return {
    samplesPerSecond: rates.reduce((sum, rate) => sum + rate, 0),
    waitSeconds: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
    readyWaitSeconds: ready.reduce((sum, wait) => sum + wait, 0) / ready.length,
  };
}

async function feedrateEpoch(
  root: string,
  directory: string,
  setting: Setting,
  cache: 'cold' | 'warm',
  { sampleSeconds, batchSeconds }: PythonCost,
): Promise<Epoch> {
  const { data, accelerators, workers, prefetch, batch, computeMs } = setting;
  const workload = join(directory, 'training.yaml');
  const loader = `accelerators: ${accelerators}, read_threads: ${workers}, prefetch_factor: ${prefetch}, batch_size: ${batch}`;
  const time = `computation_time: ${computeMs / 1000}, preprocess_time: ${sampleSeconds.toFixed(7)}, ${sampleSeconds > 0 ? 'preprocess_by: compute, ' : ''}hand_over_time: ${batchSeconds.toFixed(7)}`;
  writeFileSync(
    workload,
    `name: dataloader\ntrials: {rounds: 1}\ndataset: {path: .}\njobs:\n  train: {kind: training, format: ${data.format}, reader: ${data.reader}, ${loader}, ${time}, cache: ${cache}}\n`,
  );
  const results = join(directory, 'results');
  rmSync(results, { recursive: true, force: true });
  await runProgram(process.execPath, [mainPath, 'run', workload, '-t', root, '-o', results, '--progress', 'none']);
  const epoch = trialsOf(results).at(0)?.training?.epochs.at(0);
  if (epoch === undefined) throw new Error(`feedrate kept no epoch of ${setting.name}`);
  const seconds = (epoch.endNs - epoch.startNs - epoch.firstStepNs) / 1e9;
  return {
    samplesPerSecond: ((epoch.steps - 1) * batch * accelerators) / seconds,
    waitSeconds: epoch.waitNs / epoch.steps / 1e9,
  };
}

/** What `feed` predicts for the setting from its ramp; null: nothing, as it measured too few readers. */
async function predictedRate(
  root: string,
  directory: string,
  setting: Setting,
  cost: PythonCost,
): Promise<number | null> {
  const { data, accelerators, workers, prefetch, batch, computeMs } = setting;
  const ns = (seconds: number): string => `${Math.round(seconds * 1e9)}ns`;
  const model = [
    '--data-format',
    data.format,
    '--reader',
    data.reader,
    '--batch',
    `${batch}`,
    '--compute',
    `${computeMs}ms`,
  ];
  const loader = ['--workers', `${workers}`, '--prefetch', `${prefetch}`];
  const python = ['--preprocess', ns(cost.sampleSeconds), '--hand-over', ns(cost.batchSeconds)];
  const run = [
    '--budget',
    values.budget,
    '-o',
    join(directory, 'feeds'),
    '--format',
    'json',
    '--progress',
    'none',
    '--no-aws',
  ];
  const answered = runProgram(process.execPath, [
    mainPath,
    'feed',
    '--data',
    root,
    ...model,
    ...loader,
    ...python,
    ...run,
  ]);
  const told = await answered.catch((thrown: Error) => {
    if (thrown.message.includes('nothing can be predicted')) return null;
    throw thrown;
  });
  if (told === null) return null;
  const { au } = JSON.parse(told) as { readonly au: { readonly predicted: readonly FeedPoint[] } };
  return au.predicted.find((point) => point.accelerators === accelerators)?.samplesPerSecond ?? null;
}

const NO_COST: PythonCost = { sampleSeconds: 0, batchSeconds: 0 };
/** Where a step is shorter, workers may not have a batch ready: so many times what one of them needs for its share. */
const LONG_STEP = 4;
/** After those that were asked for before the first step. */
const READY_STEPS = 24;

interface FeedPoint {
  readonly accelerators: number;
  readonly samplesPerSecond: number;
}

/** What a worker needs for a sample beyond what reading costs feedrate, on data in memory: one worker, hardly any compute. */
async function sampleCost(root: string, directory: string, setting: Setting): Promise<number> {
  const bare = { ...setting, accelerators: 1, workers: 1, prefetch: 2, computeMs: 0.1 };
  const costs: number[] = [];
  for (let round = 0; round < Math.max(3, rounds); round++) {
    const torch = await torchEpoch(root, bare);
    const feedrate = await feedrateEpoch(root, directory, bare, 'warm', NO_COST);
    costs.push(1 / torch.samplesPerSecond - 1 / feedrate.samplesPerSecond);
  }
  return Math.max(0, median(costs));
}

/**
 * What a step of the setting waits for a batch that is ready, on data in memory. It depends on the workers, and on the step: a
 * training process that has slept for longer takes longer to receive a batch.
 */
async function batchCost(root: string, setting: Setting, sampleSeconds: number): Promise<number> {
  const { workers, prefetch, batch, computeMs } = setting;
  const longMs = (LONG_STEP * batch * sampleSeconds * 1000) / workers;
  const ready = { ...setting, computeMs: Math.max(computeMs, longMs) };
  warm(readdirSync(root).map((name) => join(root, name)));
  return (await torchEpoch(root, ready, READY_STEPS + workers * prefetch)).readyWaitSeconds;
}

/** Where the data is read, and how it is reached anew for each side. */
interface Place {
  readonly rootOf: (data: DataKind) => Promise<string>;
  readonly cold: <T>(root: string, setting: Setting, work: (root: string) => Promise<T>) => Promise<T>;
}

function slowPlace(directory: string): Place {
  const program = buildSlowMount(directory);
  const made = new Map<DataKind, string>();
  const mountPoint = join(directory, 'mnt');
  return {
    rootOf: (data) => dataOf(directory, data, made),
    cold: (root, setting, work) => withSlowMount(program, root, mountPoint, setting.mount, () => work(mountPoint)),
  };
}

function mountedPlace(mount: string): Place {
  const made = new Map<DataKind, string>();
  return {
    rootOf: (data) => dataOf(mount, data, made),
    cold: (root, _, work) => {
      spawnSync('sync');
      writeFileSync('/proc/sys/vm/drop_caches', '3');
      return work(root);
    },
  };
}

async function main(directory: string): Promise<boolean> {
  ensureTorch();
  const place = values.mount === undefined ? slowPlace(directory) : mountedPlace(values.mount);
  /** Of samples, by data and batch. */
  const costs = new Map<string, number>();
  const rows: Row[] = [];
  const wanted = SETTINGS.filter(({ name }) => values.only.every((text) => name.includes(text)));
  for (const setting of wanted) {
    const root = await place.rootOf(setting.data);
    const kind = `${root} ${setting.batch}`;
    const sampleSeconds = costs.get(kind) ?? (await sampleCost(root, directory, setting));
    costs.set(kind, sampleSeconds);
    const cost = { sampleSeconds, batchSeconds: await batchCost(root, setting, sampleSeconds) };
    const row = { setting, cost, torch: [] as Epoch[], feedrate: [] as Epoch[], predicted: [] as (number | null)[] };
    for (let round = 0; round < rounds; round++) {
      await place.cold(root, setting, async (mounted) => row.torch.push(await torchEpoch(mounted, setting)));
      await place.cold(root, setting, async (mounted) =>
        row.feedrate.push(await feedrateEpoch(mounted, directory, setting, 'cold', cost)),
      );
      if (values.budget === 'none') continue;
      await place.cold(root, setting, async (mounted) =>
        row.predicted.push(await predictedRate(mounted, directory, setting, cost)),
      );
    }
    rows.push(row);
    say(tableOf([row]).split('\n').at(-2) ?? '');
  }
  process.stdout.write(tableOf(rows));
  if (values.out !== undefined) writeFileSync(values.out, tableOf(rows));
  return rows.every(isNear);
}

const directory = mkdtempSync(join(tmpdir(), 'feedrate-dataloader-'));
try {
  process.exitCode = (await main(directory)) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
