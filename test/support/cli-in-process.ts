/**
 * The command line in this process, for tests that ask it hundreds of times: a process of its own takes a third of a
 * second to load. It goes the way of `cli/main.ts`.
 */
import type { Outcome } from './feedrate-cli.js';

/** Bundled, as users get it. Its sessions are then bundles, too, which load in half the time. */
const { runCommandLine } = (await import(
  new URL('../../bin/command-line.js', import.meta.url).href
)) as typeof import('../../src/cli/command-line.js');

export interface Surroundings {
  /** Default: the current one. */
  readonly cwd?: string;
  /** Added to the environment variables of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** `feedrate ARGS`, its output as if it went into pipes. One call at a time. */
export async function feedrateHere(args: readonly string[], { cwd, environment = {} }: Surroundings): Promise<Outcome> {
  const before = { cwd: process.cwd(), variables: { ...process.env } };
  Object.assign(process.env, { NO_COLOR: '1', TERM: 'xterm-256color' }, environment);
  if (cwd !== undefined) process.chdir(cwd);
  try {
    return await captured(args);
  } finally {
    process.chdir(before.cwd);
    for (const name of Object.keys(process.env)) if (!(name in before.variables)) delete process.env[name];
    Object.assign(process.env, before.variables);
  }
}

/** Runs one command in the directory and environment that this thread has. */
export async function captured(args: readonly string[]): Promise<Outcome> {
  const { exitCode } = process;
  const written = { stdout: '', stderr: '' };
  const restore = (['stdout', 'stderr'] as const).map((name) => collected(name, written));
  process.exitCode = undefined;
  try {
    await runCommandLine(args);
    return { status: Number(process.exitCode ?? 0), ...written };
  } finally {
    for (const release of restore) release();
    process.exitCode = exitCode;
  }
}

/** Collects what is written on a stream. Returns a function that gives the stream back. */
function collected(name: 'stdout' | 'stderr', written: Record<'stdout' | 'stderr', string>): () => void {
  const stream = process[name];
  const { write } = stream;
  const listeners = stream.listeners('error');
  stream.write = (chunk: string | Uint8Array, ...others: unknown[]): boolean => {
    written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const done = others.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
  return () => {
    stream.write = write;
    stream.removeAllListeners('error');
    for (const listener of listeners) stream.on('error', listener as () => void);
  };
}
