/** The bare C loop: what the machine gives when there is no harness. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cell, isTimed, type Measures, type Setting } from './cell.js';

/** Compiled code lies below dist/ or another folder of the repository; the C source stays where it was written. */
function sourcePath(): string {
  const found = ['../../test/bench', '../../../test/bench']
    .map((up) => join(fileURLToPath(new URL('.', import.meta.url)), up, 'bare-loop.c'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('bare-loop.c is not where the benchmark expects it');
  return found;
}

/** Compiles the loop into a directory. Null, and a word to `say`, when there is no C compiler. */
export function compileBareLoop(directory: string, say: (line: string) => void): string | null {
  const program = join(directory, 'bare-loop');
  const { status, error, stderr } = spawnSync('cc', ['-O2', '-o', program, sourcePath()], { encoding: 'utf8' });
  if (status === 0) return program;
  say(`no bare C loop: ${error?.message ?? stderr.trim().split('\n')[0]}`);
  return null;
}

/** Null where the loop has no such mode. */
export function runBareLoop(program: string | null, cell: Cell, setting: Setting): Measures | null {
  if (program === null || cell.engine === 'mmap' || cell.refill) return null;
  const direct = cell.medium === 'direct' ? 1 : 0;
  const depth = cell.engine === 'psync' ? 0 : cell.iodepth;
  const seconds = isTimed(cell) ? setting.seconds : 0;
  const words = [setting.path, cell.rw, cell.blockBytes, direct, depth, cell.numjobs, seconds, cell.endFsync ? 1 : 0];
  const { status, stdout, stderr } = spawnSync(program, words.map(String), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the bare loop failed: ${stderr.trim()}`);
  const { iops, ops } = JSON.parse(stdout) as { iops: number; ops: number };
  const untold = { cpuPerOpNs: null, p50Ns: null, p99Ns: null, p999Ns: null, collections: null };
  return { iops, bytes: ops * cell.blockBytes, ...untold };
}
