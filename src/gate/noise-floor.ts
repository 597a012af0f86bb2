/** The noise floor: the smallest difference that a target can show, found by calibrating it against itself. */
import type { Arm } from '../plan/plan.js';
import type { CalibrationRecord, TargetIdentity } from '../record/calibration-record.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { targetOf } from './attributes.js';
import { loadMismatches, type Measured, mountOptions } from './comparability.js';

export interface NoiseFloor {
  /** A relative difference in [0, 1). */
  readonly floor: number;
  /** When it was measured, and in which run. */
  readonly calibratedAt: string;
  readonly run: string;
}

/** Returns a target's identity: the source, file system and options of its mount. */
export function identityOf({ source, fileSystem, options }: TargetEnvironment): TargetIdentity {
  return { source, fileSystem, options: [...mountOptions(options)].sort() };
}

/** Returns the arm's id without its target, which is the same on every target. */
export function armOnAnyTarget({ id, target, factors }: Arm): string {
  return factors.some(({ name }) => name === 'target') ? id.slice(0, -(target.length + 1)) : id;
}

/**
 * Returns the noise floor of a comparison of two sides: the larger floor of their targets, each from the newest
 * calibration of this target (source, file system, mount options), arm, load and metric. Null if neither is calibrated.
 */
export function noiseFloorOf(
  calibrations: readonly CalibrationRecord[],
  sides: readonly Measured[],
  measure: string,
): NoiseFloor | null {
  const floors = sides.map((side) => floorOfSide(calibrations, side, measure)).filter((floor) => floor !== null);
  return floors.reduce<NoiseFloor | null>((most, one) => (most === null || one.floor > most.floor ? one : most), null);
}

function floorOfSide(
  calibrations: readonly CalibrationRecord[],
  { run, arm }: Measured,
  measure: string,
): NoiseFloor | null {
  const environment = targetOf(run, arm.target);
  if (environment === undefined) return null;
  const key = JSON.stringify(identityOf(environment));
  const id = armOnAnyTarget(arm);
  let found: NoiseFloor | null = null;
  for (const { target, cells, calibratedAt, run: calibration } of calibrations) {
    if (JSON.stringify(target) !== key || (found !== null && found.calibratedAt > calibratedAt)) continue;
    const cell = cells.find(
      (one) =>
        one.arm === id &&
        one.measure === measure &&
        one.floor !== null &&
        loadMismatches(one.words, arm.words).length === 0,
    );
    if (typeof cell?.floor === 'number') found = { floor: cell.floor, calibratedAt, run: calibration };
  }
  return found;
}
