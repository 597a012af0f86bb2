/**
 * The write calls of torch.save, of torch.distributed.checkpoint's files and of safetensors, as strace sees them, beside those
 * that feedrate makes in their place.
 *
 *   npm run bench:checkpoint-calls -- [--torch /usr/bin/python3] [--safetensors PYTHON] [--write]
 *
 * Needs strace, a Python with torch (Debian: python3-torch) and one with numpy and safetensors (`pip install safetensors`).
 * A library that is missing is left out. `--write` renews the fixture of the suite. Exits 1 if the number of calls differs, or
 * one by more than what the names of tensors explain.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  archiveAtOnce,
  archiveOfEach,
  archiveToPath,
  safetensorsFile,
} from '../../src/training/checkpoints/archive-calls.js';
import { repositoryRoot } from '../support/repository.js';

const MIB = 2 ** 20;
/** Matrices, a norm and another matrix. */
const TENSORS = [4 * MIB, MIB, 2048, 4 * MIB];
/** For each tensor: its name, in the header and in the directory. */
const NAME_SLACK_BYTES = 100;

const LIBRARIES = {
  'torch-save': { python: 'torch', ours: archiveToPath },
  each: { python: 'torch', ours: archiveOfEach },
  'at-once': { python: 'torch', ours: archiveAtOnce },
  safetensors: { python: 'safetensors', ours: safetensorsFile },
} as const;

const { values } = parseArgs({
  options: {
    torch: { type: 'string', default: '/usr/bin/python3' },
    safetensors: { type: 'string', default: 'python3' },
    write: { type: 'boolean', default: false },
  },
});

/** Returns the lengths of the writes to the file; null if the library is missing. */
function traced(library: string, python: string, directory: string): number[] | null {
  const [log, path] = [join(directory, 'log'), join(directory, 'checkpoint')];
  const script = join(repositoryRoot, 'test/bench/checkpoint-calls.py');
  const calls = 'trace=write,writev,pwrite64';
  const run = spawnSync('strace', [
    '-f',
    '-y',
    '-e',
    calls,
    '-o',
    log,
    python,
    script,
    library,
    path,
    ...TENSORS.map(String),
  ]);
  if (run.status !== 0) {
    process.stderr.write(
      `${library}: left out (${String(run.stderr).trim().split('\n').at(-1) ?? 'strace is missing'})\n`,
    );
    return null;
  }
  // safetensors writes under a temporary name.
  return [...readFileSync(log, 'utf8').matchAll(new RegExp(`<${directory}/[^>]*>.* = (\\d+)$`, 'gm'))].map((match) =>
    Number(match[1]),
  );
}

const directory = mkdtempSync(join(tmpdir(), 'feedrate-calls-'));
const found: Record<string, number[]> = {};
let isSame = true;
try {
  for (const [library, { python, ours }] of Object.entries(LIBRARIES)) {
    const theirs = traced(library, values[python], directory);
    if (theirs === null) continue;
    found[library] = theirs;
    const own = [...ours(TENSORS.map((bytes) => ({ count: 1, bytes })))];
    const slack = NAME_SLACK_BYTES * TENSORS.length;
    const fits =
      own.length === theirs.length && own.every((bytes, i) => Math.abs(bytes - (theirs[i] as number)) < slack);
    isSame &&= fits;
    process.stdout.write(
      `${fits ? 'same' : 'DIFFERENT'}  ${library}\n  strace    ${theirs.join(' ')}\n  feedrate  ${own.join(' ')}\n`,
    );
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
if (values.write) {
  const fixture = join(repositoryRoot, 'test/fixtures/training/checkpoint-calls.json');
  writeFileSync(fixture, `${JSON.stringify({ tensors: TENSORS, calls: found }, null, 2)}\n`);
}
process.exitCode = isSame ? 0 : 1;
