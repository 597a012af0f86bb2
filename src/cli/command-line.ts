/** The words after `feedrate` → a command that is run, and a line and an exit status where it fails. */
import { EXIT } from '../base/errors.js';
import { describeFailure } from './failure.js';
import { createProgram } from './program.js';

/** What the shell's completion script calls at each press of the tab key; see `completion.ts`. */
const COMPLETION_REQUEST = 'complete';

/** Runs the command that the words ask for. Sets `process.exitCode`; throws nothing. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  tolerateLostOutput();
  leaveInterruptionsToTheKernel();
  try {
    if (words[0] === COMPLETION_REQUEST && words[1] === '--') {
      const { answerCompletion } = await import('./tab-completion.js');
      answerCompletion(words.slice(2));
      return;
    }
    await createProgram().parseAsync(words, { from: 'user' });
  } catch (thrown) {
    const failure = describeFailure(thrown, process.env['FEEDRATE_DEBUG'] === '1');
    for (const line of failure.lines) process.stderr.write(`${line}\n`);
    process.exitCode = failure.status;
  }
}

/**
 * Node catches these signals to give a terminal its modes back. But a process that waits for a server that is gone is
 * woken only by a signal that nobody catches: Ctrl-C would do nothing there. A listener that comes and goes leaves the
 * kernel's own way of ending a process; while a run is measured, the run listens itself.
 */
function leaveInterruptionsToTheKernel(): void {
  const nothing = () => undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, nothing).off(signal, nothing);
}

/**
 * `feedrate show | head`: a reader that has seen enough is no error, and no reason to lose a measurement. Output that
 * cannot be written for another reason (a full disk) is told, and the run directory still has the result.
 */
function tolerateLostOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`feedrate: cannot write the result to stdout (${error.code}); a run is kept: feedrate show\n`);
    // The command may still set its own status: this one is the last word.
    process.once('exit', () => {
      process.exitCode = EXIT.measurementFailed;
    });
  });
}
