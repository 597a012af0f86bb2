/** The one rule about runs that calibrate a target: they are no measurement that later runs are compared with. */
import type { RunRecord } from './run-record.js';

/** The part of a run that says what it was measured for. */
type Purpose = Pick<RunRecord, 'calibration' | 'injected'>;

/**
 * Returns whether a run measured a target against itself, or slowed it down on purpose. `latest`, histories, baselines
 * and gates leave such runs out. `show` and `compare` print them by name.
 */
export function isCalibration({ calibration, injected }: Purpose): boolean {
  return calibration || injected !== undefined;
}

/** Returns why a run can be neither a baseline nor the candidate of a gate; null if it can. */
export function whyNoVerdict(run: Purpose): string | null {
  if (run.injected !== undefined) return 'it was measured with --inject';
  return isCalibration(run) ? 'it is a calibration, which measures a target against itself' : null;
}
