/** The rules about runs that are no measurement for later runs: calibrations, and what other programs measured. */
import type { RunRecord } from './run-record.js';

/** The part of a run that says what it was measured for. */
type Purpose = Pick<RunRecord, 'calibration' | 'injected' | 'foreign'>;

/**
 * Returns whether a run measured a target against itself, or slowed it down on purpose. `latest`, histories, baselines
 * and gates leave such runs out. `show` and `compare` print them by name.
 */
export function isCalibration({ calibration, injected }: Purpose): boolean {
  return calibration || injected !== undefined;
}

/** Returns whether `latest` passes over a run: a calibration, or one that another program measured. */
export function isSetAside(run: Purpose): boolean {
  return isCalibration(run) || run.foreign !== undefined;
}

/** Names the kinds of these runs, which `latest` passes over: `calibrations`, `imports`, or both. */
export function setAsideKinds(runs: readonly Purpose[]): string {
  const kinds = [
    ...(runs.some(isCalibration) ? ['calibrations'] : []),
    ...(runs.some(({ foreign }) => foreign !== undefined) ? ['imports'] : []),
  ];
  return kinds.join(' and ');
}

/** Returns why a run can be neither a baseline nor the candidate of a gate; null if it can. */
export function whyNoVerdict(run: Purpose): string | null {
  if (run.foreign !== undefined) return `it was measured by ${run.foreign.program}, not by feedrate`;
  if (run.injected !== undefined) return 'it was measured with --inject';
  return isCalibration(run) ? 'it is a calibration, which measures a target against itself' : null;
}
