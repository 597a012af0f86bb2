/** Programs that are started, waited for, and ended when the benchmark is. */
import { execFile } from 'node:child_process';
import { basename } from 'node:path';

interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** What the program printed. Throws an `Error` with its last words when it cannot be started, fails, or is aborted. */
export function runProgram(
  program: string,
  args: readonly string[],
  { env, signal }: ProgramOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'utf8', maxBuffer: 2 ** 26, ...(env && { env }), ...(signal && { signal }) } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const words = stderr.trim() === '' ? error.message : stderr.trim();
      reject(new Error(`${basename(program)} failed: ${words}`, { cause: error }));
    });
  });
}
