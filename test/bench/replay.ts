/**
 * Records an epoch of PyTorch's DataLoader and replays it on the same disk, both with a cold page cache: do they take the
 * same time, and make the same calls? Also measures what recording costs. Needs strace, and python3 with torch and numpy
 * (Debian: python3-torch). `npm run test:replay -- [directory]`; the directory must be on a disk, and is not changed but for
 * a directory that is removed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReplayRecord } from '../../src/record/replay-record.js';
import { mainPath } from '../support/feedrate-cli.js';
import { trialsOf } from '../support/run-directory.js';

const EPOCH = `
import os, sys, time, numpy as np, torch
from torch.utils.data import DataLoader, Dataset
class Files(Dataset):
    def __init__(self, root): self.paths = sorted(os.path.join(root, n) for n in os.listdir(root))
    def __len__(self): return len(self.paths)
    def __getitem__(self, i): return torch.from_numpy(np.load(self.paths[i])['x'])
if __name__ == '__main__':
    root, workers, step = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    start = time.time()
    for _ in DataLoader(Files(root), batch_size=4, num_workers=workers, shuffle=True): time.sleep(step)
    print(time.time() - start)
`;
const DATA = `
import os, sys, numpy as np
rng = np.random.default_rng(1)
for i in range(int(sys.argv[2])):
    path = f'{sys.argv[1]}/s{i:04d}.npz'
    np.savez(path, x=rng.integers(0, 256, int(sys.argv[3]), dtype=np.uint8))
    with open(path, 'rb') as f: os.fsync(f.fileno())
`;
const EVICT = `
import os, sys
for n in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], n), 'rb') as f: os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
`;

/** Files, bytes of each, workers, and seconds of a step. */
const SETTINGS = [
  [200, 2_000_000, 0, 0],
  [200, 2_000_000, 2, 0.05],
  [400, 100_000, 2, 0.01],
] as const;
const REPEATS = 3;
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

function python(text: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', text, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3: ${stderr}`);
  return stdout.trim();
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Wall time of a command, s. Throws when it fails. */
function wall(program: string, words: readonly string[], cwd: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

function measure(directory: string, [files, bytes, workers, step]: (typeof SETTINGS)[number]): string[] {
  const data = join(directory, `data-${files}-${bytes}`);
  if (!existsSync(data)) {
    mkdirSync(data);
    python(DATA, data, String(files), String(bytes));
  }
  const script = join(directory, 'epoch.py');
  writeFileSync(script, EPOCH);
  const words = [script, data, String(workers), String(step)];
  const [plain, recorded, replays]: [number[], number[], ReplayRecord[]] = [[], [], []];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    python(EVICT, data);
    plain.push(wall(PYTHON, words, directory));
    python(EVICT, data);
    const record = ['record', '-o', 'r.yaml', '--path', data, '--', PYTHON, ...words];
    recorded.push(wall(process.execPath, [mainPath, ...record], directory));
    const run = ['run', 'r.yaml', '-t', directory, '--data', data, '-o', join(directory, `results-${repeat}`)];
    wall(process.execPath, [mainPath, ...run], directory);
    const [trial] = trialsOf(join(directory, `results-${repeat}`));
    if (trial?.replay !== undefined) replays.push(trial.replay);
    rmSync(join(directory, `results-${repeat}`), { recursive: true });
  }
  const calls = replays.flatMap((replay) => replay.calls);
  const same = calls.every(
    (each) => each.recorded.calls === each.replayed.calls && each.recorded.bytes === each.replayed.bytes,
  );
  const total = calls.reduce((sum, each) => sum + each.recorded.calls, 0) / replays.length;
  const losses = replays.map(({ recordedNs, replayedNs }) => replayedNs / (recordedNs ?? Number.NaN) - 1);
  return [
    `${files} × ${bytes / 1000} kB, ${workers} workers, ${step * 1000} ms`,
    `${median(plain).toFixed(2)} s`,
    `${median(recorded).toFixed(2)} s`,
    `${median(replays.map(({ recordedNs }) => recordedNs ?? 0) as number[]) / 1e9} s`,
    `${median(replays.map(({ replayedNs }) => replayedNs)) / 1e9} s`,
    losses.map((loss) => `${(100 * loss).toFixed(1)} %`).join(', '),
    `${Math.round(total)} ${same ? 'same' : 'DIFFERENT'}`,
  ];
}

const directory = mkdtempSync(join(resolve(process.argv[2] ?? tmpdir()), 'feedrate-replay-'));
try {
  console.log(
    '| epoch | alone | under record, whole command | epoch as recorded | replayed | replay − recording | calls |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const setting of SETTINGS) console.log(`| ${measure(directory, setting).join(' | ')} |`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
