/** Runs the command that the arguments after `feedrate` name, and reports its failure with a message and an exit status. */
import { EXIT } from '../base/errors.js';
import { describeFailure } from './output/failure.js';
import { tell } from './output/print.js';
import { programFor } from './program.js';

/** The command that the shell's completion script calls at each press of the tab key; see `tab-completion.ts`. */
const COMPLETION_REQUEST = 'complete';

/** Runs the command given by `words`. Sets `process.exitCode` and never throws. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  tolerateLostOutput();
  try {
    if (words[0] === COMPLETION_REQUEST && words[1] === '--') {
      const { answerCompletion } = await import('./tab-completion.js');
      answerCompletion(words.slice(2));
      return;
    }
    const program = await programFor(words);
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    const failure = describeFailure(thrown, process.env['FEEDRATE_DEBUG'] === '1');
    for (const line of failure.lines) tell(line);
    process.exitCode = failure.status;
  }
}

/**
 * Ignores a closed pipe, as in `feedrate show | head`: it must not end a measurement. Reports any other write error, such
 * as a full disk. The run directory still has the result.
 */
function tolerateLostOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    tell(
      `feedrate: cannot write the result to stdout (${error.code}). If this was a run, it is saved; print it with: feedrate show, with the same -o`,
    );
    // The command may still set its own status; this one must win.
    process.once('exit', () => {
      process.exitCode = EXIT.measurementFailed;
    });
  });
}
