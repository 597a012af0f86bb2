/** The warnings of a calibration. */

import { commandFor, DEFAULT_RESULTS } from '../base/results-command.js';
import type { CalibrationRecord, CalibrationWarning } from '../record/calibration-record.js';
import { DIFFERS } from './calibration-checks.js';

/** Returns the warnings: stalls, too few sessions, sides or halves that differ, and sessions that are too noisy. */
export function calibrationWarnings(
  found: Omit<CalibrationRecord, 'warnings'>,
  results: string = DEFAULT_RESULTS,
): CalibrationWarning[] {
  const show = commandFor(results, `show ${found.run}`);
  return [
    ...unmeasured(found, show),
    ...stalled(found, show),
    ...tooFewSessions(found, show),
    ...differing(found),
    ...drifting(found),
    ...noisy(found),
  ];
}

/** More sessions do not measure what no session has measured, so such cells are not part of `tooFewSessions`. */
function unmeasured({ cells }: Omit<CalibrationRecord, 'warnings'>, show: string): CalibrationWarning[] {
  return cells
    .filter(({ sessions }) => sessions === 0)
    .map(({ arm, measure }) => ({
      code: 'not-measured',
      message: `${measure} of ${arm}: no session measured it under both names`,
      remedy: `run ${show} to see why`,
    }));
}

/** Sessions that vary without a bound: in one of them, one side moved nothing and the other did. */
function stalled({ cells }: Omit<CalibrationRecord, 'warnings'>, show: string): CalibrationWarning[] {
  return cells
    .filter(({ sessions, sessionSd }) => sessions > 1 && sessionSd === null)
    .map(({ arm, measure }) => ({
      code: 'stalled',
      message: `${measure} of ${arm}: a session stalled, so no noise floor holds for this target`,
      remedy: `find what stalled (server, network, failover) with ${show}, then calibrate again`,
    }));
}

function tooFewSessions(
  { cells, sessionsNeeded, plan, alpha }: Omit<CalibrationRecord, 'warnings'>,
  show: string,
): CalibrationWarning[] {
  const needed = Math.max(
    sessionsNeeded ?? 0,
    cells.some(({ floor, sessions }) => floor === null && sessions > 0) ? 6 : 0,
  );
  if (needed === 0) return [];
  const enough =
    plan.sessions >= needed
      ? `some trials are missing; run ${show} to see what failed`
      : `use --sessions ${needed} or more`;
  return [
    {
      code: 'too-few-sessions',
      message: `${plan.sessions} sessions are too few to detect a difference in ${cells.length} cells at alpha ${alpha * 100} %, or to find a noise floor`,
      remedy: enough,
    },
  ];
}

function differing({ cells }: Omit<CalibrationRecord, 'warnings'>): CalibrationWarning[] {
  return cells
    .filter(({ pDiffers }) => pDiffers <= DIFFERS)
    .map(({ arm, measure, ratio, pDiffers }) => ({
      code: 'differs-from-itself',
      message: `${measure} of ${arm}: B is ${(((ratio?.estimate ?? 1) - 1) * 100).toFixed(1)} % off A (p = ${pDiffers.toFixed(3)}), although both are the same target`,
      remedy: 'calibrate again; if the difference persists, results on this machine depend on order or time',
    }));
}

function drifting({ cells, plan }: Omit<CalibrationRecord, 'warnings'>): CalibrationWarning[] {
  const half = Math.floor(plan.sessions / 2);
  return cells.flatMap(({ arm, measure, halves }) => {
    if (halves === null || halves.pDiffers > DIFFERS) return [];
    const off = (((halves.ratio ?? 1) - 1) * 100).toFixed(1);
    return [
      {
        code: 'drifts-from-itself',
        message: `${measure} of ${arm}: the last ${half} sessions are ${off} % off the first ${half} (p = ${halves.pDiffers.toFixed(3)})`,
        remedy: 'compare targets within one run, because two runs on this target differ by themselves; calibrate again',
      },
    ];
  });
}

function noisy({ cells, wanted, recommended }: Omit<CalibrationRecord, 'warnings'>): CalibrationWarning[] {
  const loud = cells.filter(({ sessionSd }) => sessionSd !== null && sessionSd > wanted);
  if (loud.length === 0 && recommended !== null) return [];
  const worst = loud.reduce<(typeof cells)[number] | undefined>(
    (most, cell) => ((cell.sessionSd ?? 0) > (most?.sessionSd ?? 0) ? cell : most),
    undefined,
  );
  const noise =
    worst === undefined
      ? '200 sessions are too few'
      : `sessions vary by ${((worst.sessionSd ?? 0) * 100).toFixed(1)} % (sd) in ${worst.measure} of ${worst.arm}`;
  return [
    {
      code: 'noisy-sessions',
      message: `${noise}; the difference to detect is ${(wanted * 100).toFixed(1)} %`,
      remedy: 'use longer trials, a quieter machine, or a larger --wanted',
    },
  ];
}
