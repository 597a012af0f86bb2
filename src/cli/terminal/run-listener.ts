/** Shows a run on the terminal: progress and notes on stderr. */
import type { RunListener } from '../../run/listener.js';
import type { ProgressMode } from '../options/arguments.js';
import { safeText, tell } from '../output/print.js';
import { createProgress, type Progress } from './progress.js';

/** Returns a listener that can serve several runs, one after the other. */
export function terminalListener(mode: ProgressMode): RunListener {
  let progress: Progress | null = null;
  const note = (text: string): void => {
    if (progress === null) tell(text);
    else progress.note(text);
  };
  return {
    get looks() {
      return createProgress(mode, process.stderr, process.env).looks;
    },
    note,
    begun({ plan }, expectedNs) {
      progress = createProgress(mode, process.stderr, process.env, { totalTrials: plan.trials.length, expectedNs });
    },
    event(event) {
      progress ??= createProgress(mode, process.stderr, process.env);
      progress.handle(event);
    },
    scanned() {
      progress?.close();
      progress = null;
    },
    output(text) {
      // The end of the process is told in one line. Only developers need its traces.
      if (process.env['FEEDRATE_DEBUG'] === '1') process.stderr.write(safeText(text));
    },
    stopping() {
      note('stopping after the current operation; results so far are saved. Press Ctrl-C again to stop at once');
    },
    ended() {
      progress?.close();
      progress = null;
    },
  };
}
