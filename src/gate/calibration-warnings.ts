/** What a calibration must say before its numbers are used. */
import type { CalibrationRecord, CalibrationWarning } from '../record/calibration-record.js';

/** A and B are the same: a p below this in any cell is a fault of the measurement, or one chance in twenty. */
const DIFFERS = 0.05;

export function calibrationWarnings(found: Omit<CalibrationRecord, 'warnings'>): CalibrationWarning[] {
  return [...tooFewSessions(found), ...differing(found), ...noisy(found)];
}

function tooFewSessions({
  cells,
  falseAlarms,
  plan,
  alpha,
}: Omit<CalibrationRecord, 'warnings'>): CalibrationWarning[] {
  const needed = Math.max(falseAlarms.sessionsNeeded ?? 0, cells.some(({ floor }) => floor === null) ? 6 : 0);
  if (needed === 0) return [];
  const enough =
    plan.sessions >= needed ? 'trials were lost; see what failed with feedrate show' : `--sessions ${needed} at least`;
  return [
    {
      code: 'too-few-sessions',
      message: `${plan.sessions} sessions cannot show a difference in ${cells.length} cells at ${alpha * 100} %, or give no interval for a floor`,
      remedy: enough,
    },
  ];
}

function differing({ cells }: Omit<CalibrationRecord, 'warnings'>): CalibrationWarning[] {
  return cells
    .filter(({ pDiffers }) => pDiffers <= DIFFERS)
    .map(({ arm, measure, ratio, pDiffers }) => ({
      code: 'differs-from-itself',
      message: `${measure} of ${arm}: B is ${(((ratio?.estimate ?? 1) - 1) * 100).toFixed(1)} % off A (p ${pDiffers.toFixed(3)}), and B is A`,
      remedy: 'calibrate again; if it stays, something on this machine depends on order or on time',
    }));
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
      ? 'no plan of up to 200 sessions'
      : `sessions differ by ${((worst.sessionSd ?? 0) * 100).toFixed(1)} % (sd) in ${worst.measure} of ${worst.arm}`;
  return [
    {
      code: 'noisy-sessions',
      message: `${noise}, and ${(wanted * 100).toFixed(1)} % is to be shown`,
      remedy: 'longer trials (--set runtime=…), a quieter machine, or a larger --wanted',
    },
  ];
}
