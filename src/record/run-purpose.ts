/** The rules about runs that are no measurement for later runs: calibrations, parts of groups, what other programs measured. */
import type { RunRecord } from './run-record.js';

/** The part of a run that says what it was measured for. */
type Purpose = Pick<RunRecord, 'calibration' | 'injected' | 'foreign' | 'group'>;

/**
 * Returns whether a run measured a target against itself, or slowed it down on purpose. `latest`, histories, baselines
 * and gates leave such runs out. `show` and `compare` print them by name.
 */
export function isCalibration({ calibration, injected }: Purpose): boolean {
  return calibration || injected !== undefined;
}

/** Returns whether a run is what one rank of a group measured. `feedrate merge` makes a result of all of them. */
function isPart({ group }: Purpose): boolean {
  return group?.rank !== undefined;
}

/** Returns whether `latest` passes over a run: a calibration, a part of a group, or what another program measured. */
export function isSetAside(run: Purpose): boolean {
  return isCalibration(run) || isPart(run) || run.foreign !== undefined;
}

/** Names the kinds of these runs, which `latest` passes over: `calibrations and imports`. */
export function setAsideKinds(runs: readonly Purpose[]): string {
  const kinds = [
    ...(runs.some(isCalibration) ? ['calibrations'] : []),
    ...(runs.some(({ foreign }) => foreign !== undefined) ? ['imports'] : []),
    ...(runs.some(isPart) ? ['parts of groups'] : []),
  ];
  return kinds.join(' and ');
}

/** Returns why a run can be neither a baseline nor the candidate of a gate; null if it can. */
export function whyNoVerdict(run: Purpose): string | null {
  if (run.foreign !== undefined) return `it was measured by ${run.foreign.program}, not by feedrate`;
  if (isPart(run)) return 'it is the part of one rank of a group: use feedrate merge';
  if (run.injected !== undefined) return 'it was measured with --inject';
  return isCalibration(run) ? 'it is a calibration, which measures a target against itself' : null;
}
