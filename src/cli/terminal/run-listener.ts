/** Shows a run on the terminal: progress and notes on stderr, and Ctrl-C while sessions run. */
import type { RunListener } from '../../run/listener.js';
import type { StopHandle } from '../../run/stop-handle.js';
import type { ProgressMode } from '../options/arguments.js';
import { safeText, tell } from '../output/print.js';
import { onInterruption } from './interruptions.js';
import { createProgress, type Progress } from './progress.js';

/**
 * Returns a listener that can serve several runs, one after the other.
 * @param stop stopped by Ctrl-C, only while sessions run: a process that waits in the kernel for a lost server is ended
 * only by a signal without a handler. Null: the caller listens to the signals
 */
export function terminalListener(mode: ProgressMode, stop: StopHandle | null): RunListener {
  let progress: Progress | null = null;
  let release: () => void = () => {};
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const note = (text: string): void => {
    if (progress === null) tell(text);
    else progress.note(text);
  };
  return {
    get looks() {
      return createProgress(mode, process.stderr, process.env).looks;
    },
    note,
    begun({ plan }) {
      progress = createProgress(mode, process.stderr, process.env, { totalTrials: plan.trials.length });
      if (stop !== null) release = onInterruption(() => stop.stop());
    },
    event(event) {
      progress?.handle(event);
    },
    output(bytes, stream) {
      process[stream].write(safeText(decoders[stream].decode(bytes, { stream: true })));
    },
    stopping() {
      note('stopping after the current operation; results so far are saved. Press Ctrl-C again to stop at once');
    },
    over() {
      release();
    },
    ended() {
      progress?.close();
      progress = null;
    },
  };
}
