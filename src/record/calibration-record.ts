/** The noise of a target, measured by running it against itself: a file in `calibrations/`. */
import { checkWords } from './codec.js';
import { JsonReader } from './json-reader.js';
import { wordsOfOldSpec } from './old-words.js';

export const CALIBRATION_VERSION = 1;

/** Identifies a target, whatever its name and its mount point. */
export interface TargetIdentity {
  readonly source: string;
  readonly fileSystem: string;
  /** Mount options without addresses and ports, sorted. */
  readonly options: readonly string[];
}

/** The share of one level of repetition in the variance of ln(value): see `varianceComponents`. */
export interface NoiseLevel {
  readonly level: 'session' | 'round' | 'trial';
  readonly repetitions: number;
  readonly variance: number;
  readonly share: number;
}

/** One arm and metric, measured against itself. Ratios are B / A. Null means infinite or unknown. */
export interface CalibratedCell {
  /** The arm's id without its target. */
  readonly arm: string;
  /** The job's properties: a noise floor applies only to this load. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The same, with the names of the workload file: see `Arm.words`. */
  readonly words: Readonly<Record<string, string>>;
  /** `throughput`, `p99(latency)`. */
  readonly measure: string;
  /** Median over all trials, in the metric's base unit. */
  readonly median: number | null;
  /** Coefficient of variation of the trials within a session. */
  readonly trialCv: number | null;
  /** Outermost first. Levels without repetition are left out. */
  readonly levels: readonly NoiseLevel[];
  /** The level whose repetition reduces noise at the lowest cost; null with one round. */
  readonly repeatMore: 'session' | 'round' | null;
  /** The most efficient number of rounds per session; null if sessions add no noise, so that more are always better. */
  readonly optimalRounds: number | null;
  /** The number of sessions compared. */
  readonly sessions: number;
  /** Standard deviation between sessions of ln(B / A). */
  readonly sessionSd: number | null;
  readonly ratio: { readonly estimate: number; readonly low: number | null; readonly high: number | null } | null;
  /** Two-sided p, adjusted for all cells. Small if B differs from A, although both are the same target. */
  readonly pDiffers: number;
  /** Whether `pDiffers` could have been as small as 0.05 with these sessions and cells. */
  readonly couldDiffer: boolean;
  /**
   * The later half of the sessions compared with the earlier one, both sides together, as above. Null in
   * calibrations before 2026-12.
   */
  readonly halves: (Pick<CalibratedCell, 'pDiffers' | 'couldDiffer'> & { readonly ratio: number | null }) | null;
  /** The smallest relative difference within which A and B are equivalent; null if there is none. */
  readonly floor: number | null;
  /** The difference that this plan detects with the record's power; null if it can detect none. */
  readonly detectable: number | null;
}

export interface CalibrationWarning {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface CalibrationRecord {
  readonly calibrationVersion: number;
  /** The id of the run of the target against itself. */
  readonly run: string;
  readonly calibratedAt: string;
  readonly feedrate: string;
  readonly hostname: string;
  readonly workload: string;
  readonly path: string;
  readonly target: TargetIdentity;
  readonly plan: { readonly sessions: number; readonly rounds: number; readonly arms: number };
  /**
   * Measured costs of setting up a session, of a round (all arms on both sides), and of a trial with its preparation.
   */
  readonly costs: { readonly sessionNs: number; readonly roundNs: number; readonly trialNs: number };
  /** The settings of the numbers: the bound for all cells, the smallest difference that matters, and the power. */
  readonly alpha: number;
  readonly minEffect: number;
  readonly power: number;
  readonly cells: readonly CalibratedCell[];
  /** The sessions that a gate on two targets needs to detect any regression; null if there were enough. */
  readonly sessionsNeeded: number | null;
  /** The plan that detects a difference of `wanted` in every cell; null if no plan of a practical size does. */
  readonly wanted: number;
  readonly recommended: { readonly sessions: number; readonly rounds: number; readonly durationNs: number } | null;
  readonly warnings: readonly CalibrationWarning[];
}

/** Returns indented JSON that ends with a line break. */
export function encodeCalibration(record: CalibrationRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/**
 * Returns the record in the text of a file. `where` names the file. Checks the fields that the gate uses.
 * @throws FeedrateError `store` if the text is cut off, damaged, or of another version
 */
export function decodeCalibration(text: string, where: string): CalibrationRecord {
  const record = JsonReader.parse(text, where);
  record.at('calibrationVersion').version(CALIBRATION_VERSION);
  for (const key of ['run', 'calibratedAt', 'workload', 'path']) record.at(key).text();
  const target = record.at('target');
  for (const key of ['source', 'fileSystem']) target.at(key).text();
  for (const option of target.at('options').list()) option.text();
  for (const cell of record.at('cells').list()) {
    cell.at('arm').text();
    cell.at('measure').text();
    cell.at('spec').object();
    if (cell.at('words').value !== undefined) checkWords(cell.at('words'));
    const floor = cell.at('floor').numberOrNull();
    if (floor !== null && !(floor >= 0 && floor < 1)) cell.at('floor').fail('a part from 0 to below 1');
  }
  const calibration = record.value as CalibrationRecord;
  // Calibrations before 2026-12 describe jobs by their properties only, and did not compare halves.
  const cells = calibration.cells.map((cell) => {
    return {
      ...cell,
      words: cell.words ?? wordsOfOldSpec(cell.spec),
      couldDiffer: cell.couldDiffer ?? true,
      halves: cell.halves ?? null,
    };
  });
  return { ...calibration, cells, sessionsNeeded: calibration.sessionsNeeded ?? null };
}
