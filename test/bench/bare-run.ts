/** The bare C loop: what the machine gives when there is no harness. */
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.js';
import { type Cell, isTimed, isWrite, jobBytes, type Setting } from './cell.js';
import type { Measures } from './measures.js';
import { runProgram } from './program.js';

export interface BareLoop {
  readonly program: string;
  /** The compiler's own first line. */
  readonly compiler: string;
}

/** Compiles the loop into a directory. Null, and a word to `say`, when there is no C compiler. */
export async function compileBareLoop(directory: string, say: (line: string) => void): Promise<BareLoop | null> {
  const program = join(directory, 'bare-loop');
  const sources = ['bare-loop.c', 'bare-ring.c'].map((name) => join(repositoryRoot, 'test', 'bench', name));
  try {
    const build = (...flags: string[]) => runProgram('cc', ['-O3', ...flags, '-o', program, ...sources]);
    // For this processor, as V8 compiles; some compilers for arm64 do not know the word.
    await build('-march=native').catch(() => build());
    const [compiler = 'cc'] = (await runProgram('cc', ['--version'])).split('\n');
    return { program, compiler };
  } catch (error) {
    say(`no bare C loop to compare with: ${(error as Error).message.split('\n')[0]}`);
    return null;
  }
}

/** Same limits and same registrations as feedrate's queue: see `engine/backends/create-drain.ts`. */
function ringWords(cell: Cell): Record<string, number> {
  const isDirect = cell.medium === 'direct';
  return {
    depth: cell.iodepth,
    limit: isDirect ? Math.min(4, cell.iodepth) : cell.iodepth,
    register: isDirect || cell.iodepth > 1 || cell.blockBytes < 65_536 ? 1 : 0,
  };
}

/** Null without a compiled loop. Throws when it fails. */
export async function runBareLoop(
  loop: BareLoop | null,
  cell: Cell,
  setting: Setting,
  signal?: AbortSignal,
): Promise<Measures | null> {
  if (loop === null) return null;
  const words = {
    path: setting.path,
    rw: cell.rw,
    engine: cell.engine,
    block: cell.blockBytes,
    jobs: cell.numjobs,
    size: jobBytes(cell, setting),
    apart: isWrite(cell) ? 1 : 0,
    ...ringWords(cell),
    ms: isTimed(cell) ? Math.round(setting.seconds * 1000) : 0,
    direct: cell.medium === 'direct' ? 1 : 0,
    fsync: cell.endFsync ? 1 : 0,
    refill: cell.refill ? 1 : 0,
  };
  const args = Object.entries(words).map(([key, value]) => `${key}=${value}`);
  const { iops, ops } = JSON.parse(await runProgram(loop.program, args, { signal })) as { iops: number; ops: number };
  const untold = { cpuPerOpNs: null, p50Ns: null, p99Ns: null, p999Ns: null, collections: null };
  return { iops, bytes: ops * cell.blockBytes, ...untold };
}
