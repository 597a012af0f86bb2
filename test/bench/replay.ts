/**
 * Records epochs of loaders and replays them on the same disk, all with a cold page cache: how long does an epoch take without
 * the tracer, by its recording, and in its replay? And are the calls the same? Needs strace, and python3 with numpy; with torch
 * (Debian: python3-torch), its DataLoader is recorded, and without it a plain loop and processes that hand over batches.
 * `npm run test:replay -- [--rounds 5] [--only TEXT] [directory]`; the directory must be on a disk, and is not changed but for a
 * directory that is removed. `--only` measures the settings whose row begins with the text. Exits 1 when a replay is not within 10 % of its recording (medians), or makes other calls.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ReplayRecord } from '../../src/record/replay-record.js';
import { mainPath } from '../support/feedrate-cli.js';
import { trialsOf } from '../support/run-directory.js';

/** Prints the time from the first look at the data to the end of the program, but for what Python does at its end. */
const EPOCH = `
import os, sys, time, numpy as np
class Files:
    def __init__(self, root): self.paths = sorted(os.path.join(root, n) for n in os.listdir(root))
    def __len__(self): return len(self.paths)
    def __getitem__(self, i):
        with open(self.paths[i], 'rb') as f: return f.read() if self.paths[i].endswith('.bin') else np.load(f)['x']
def serve(files, tasks, results):
    for number, places in iter(tasks.get, None): results.put((number, sum(len(files[i]) for i in places)))
def processes(files, batches, workers):
    import multiprocessing
    context = multiprocessing.get_context('fork')
    results, tasks = context.SimpleQueue(), [context.SimpleQueue() for _ in range(workers)]
    running = [context.Process(target=serve, args=(files, queue, results)) for queue in tasks]
    for process in running: process.start()
    sent, ready = 0, set()
    for number in range(len(batches) + 2 * workers):
        if number >= 2 * workers:
            while number - 2 * workers not in ready: ready.add(results.get()[0])
            yield
        if number < len(batches): tasks[number % workers].put((number, batches[number]))
    for queue in tasks: queue.put(None)
    for process in running: process.join()
def alone(files, batches):
    for batch in batches: yield [files[i] for i in batch]
if __name__ == '__main__':
    kind, root, workers, step = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    if kind == 'torch':
        import torch
        from torch.utils.data import DataLoader
    start = time.time()
    files = Files(root)
    order = np.random.default_rng(1).permutation(len(files))
    batches = [order[i:i + 4] for i in range(0, len(files), 4)]
    if kind == 'torch':
        def joined(samples): return [torch.from_numpy(each) for each in samples]
        loader = DataLoader(files, batch_sampler=batches, num_workers=workers, collate_fn=joined)
    else: loader = alone(files, batches) if workers == 0 else processes(files, batches, workers)
    for _ in loader: time.sleep(step)
    print(time.time() - start, flush=True)
    os._exit(0)
`;
const DATA = `
import os, sys, numpy as np
rng = np.random.default_rng(1)
for i in range(int(sys.argv[2])):
    path, x = f'{sys.argv[1]}/s{i:04d}', rng.integers(0, 256, int(sys.argv[3]), dtype=np.uint8)
    if sys.argv[4] == 'npz': np.savez(path + '.npz', x=x)
    else: x.tofile(path + '.bin')
os.sync()
`;
const EVICT = `
import os, sys
for n in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], n), 'rb') as f: os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
`;

interface Setting {
  readonly loader: 'torch' | 'python';
  readonly format: 'npz' | 'raw';
  readonly files: number;
  readonly bytes: number;
  readonly workers: number;
  /** Seconds of a step. */
  readonly step: number;
}

const SETTINGS: readonly Omit<Setting, 'loader'>[] = [
  { format: 'npz', files: 200, bytes: 2_000_000, workers: 0, step: 0 },
  { format: 'npz', files: 200, bytes: 2_000_000, workers: 2, step: 0.05 },
  { format: 'raw', files: 400, bytes: 100_000, workers: 0, step: 0.01 },
  { format: 'raw', files: 400, bytes: 100_000, workers: 2, step: 0.02 },
];
const LEAST_AGREEMENT = 0.1;
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

function python(text: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', text, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3: ${stderr}`);
  return stdout.trim();
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Runs a command. Returns what it prints. Throws when it fails. */
function run(program: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

interface Measured {
  readonly alone: number[];
  readonly traced: number[];
  readonly recorded: number[];
  readonly replayed: number[];
  readonly replays: ReplayRecord[];
}

/** The recording's own epoch, with the tracer, is what the program prints in it. */
function measureOnce(directory: string, data: string, words: readonly string[], into: Measured): void {
  python(EVICT, data);
  into.alone.push(Number(run(PYTHON, words, directory)));
  python(EVICT, data);
  const record = ['record', '-o', 'r.yaml', '--path', data, '--', PYTHON, ...words];
  into.traced.push(Number(run(process.execPath, [mainPath, ...record], directory)));
  const results = join(directory, 'results');
  run(process.execPath, [mainPath, 'run', 'r.yaml', '-t', directory, '--data', data, '-o', results], directory);
  for (const { replay } of trialsOf(results)) {
    if (replay === undefined) continue;
    into.replays.push(replay);
    into.recorded.push((replay.recordedNs ?? Number.NaN) / 1e9);
    into.replayed.push(replay.replayedNs / 1e9);
  }
  rmSync(results, { recursive: true });
}

function nameOf({ loader, format, files, bytes, workers, step }: Setting): string {
  return `${loader}, ${files} ${format} of ${bytes / 1000} kB, ${workers} workers, ${step * 1000} ms`;
}

/** Measures a setting and prints its row. Returns whether replay and recording agree. */
function measure(directory: string, setting: Setting, rounds: number): boolean {
  const { loader, format, files, bytes, workers, step } = setting;
  const data = join(directory, `data-${format}-${bytes}`);
  if (!existsSync(data)) {
    mkdirSync(data);
    python(DATA, data, String(files), String(bytes), format);
  }
  const script = join(directory, 'epoch.py');
  writeFileSync(script, EPOCH);
  const into: Measured = { alone: [], traced: [], recorded: [], replayed: [], replays: [] };
  for (let round = 0; round < rounds; round++)
    measureOnce(directory, data, [script, loader, data, String(workers), String(step)], into);
  const calls = into.replays.flatMap((replay) => replay.calls);
  const same = calls.every(
    ({ recorded, replayed }) => recorded.calls === replayed.calls && recorded.bytes === replayed.bytes,
  );
  const total = calls.reduce((sum, { recorded }) => sum + recorded.calls, 0) / into.replays.length;
  const ratio = median(into.replayed.map((seconds, round) => seconds / (into.recorded[round] as number)));
  const cells = [
    nameOf(setting),
    ...[into.alone, into.traced, into.recorded, into.replayed].map((each) => `${median(each).toFixed(3)} s`),
    `${ratio.toFixed(3)} (${into.replayed.map((each, round) => (each / (into.recorded[round] as number)).toFixed(2)).join(' ')})`,
    `${Math.round(total)} ${same ? 'same' : 'DIFFERENT'}`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  return same && Math.abs(ratio - 1) <= LEAST_AGREEMENT;
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
  allowPositionals: true,
});
const directory = mkdtempSync(join(resolve(positionals[0] ?? tmpdir()), 'feedrate-replay-'));
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
let agrees = true;
try {
  console.log('| epoch | untraced | traced | recorded | replayed | replayed ÷ recorded | calls |');
  console.log('|---|---|---|---|---|---|---|');
  for (const setting of SETTINGS)
    for (const loader of hasTorch && setting.format === 'npz' ? (['python', 'torch'] as const) : (['python'] as const))
      if (nameOf({ ...setting, loader }).startsWith(values.only))
        agrees = measure(directory, { ...setting, loader }, Number(values.rounds)) && agrees;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exitCode = agrees ? 0 : 1;
