/** `--ceilings` for commands that report runs which were measured earlier. */
import type { RunRecord } from '../../record/run-record.js';
import { tell } from '../output/print.js';

interface WithRun {
  readonly run: RunRecord | null;
}

/**
 * Returns a function that gives a stored run the ceilings of today and of the user's file, instead of those that it recorded.
 * Without a file, it changes nothing. Throws `FeedrateError('usage')` for a file that is wrong, also if no run needs it.
 */
export async function ceilingsFrom(
  file: string | undefined,
): Promise<<Stored extends WithRun>(stored: Stored) => Stored> {
  if (file === undefined) return (stored) => stored;
  const { withCeilings } = await import('../../fsx/look-up-ceilings.js');
  return (stored) => {
    const { run } = stored;
    if (run === null) return stored;
    const { environment, problem } = withCeilings(run.environment, file);
    if (problem !== null) tell(problem);
    return Object.assign({}, stored, { run: Object.assign({}, run, { environment }) });
  };
}
