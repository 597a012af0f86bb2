/** What a target's own noise is, measured by running it against itself: a file of `calibrations/`. */
import { checkWords } from './codec.js';
import { JsonReader } from './json-reader.js';
import { wordsOfOldSpec } from './old-words.js';

export const CALIBRATION_VERSION = 1;

/** What a target is, whatever it was called and wherever it was mounted. */
export interface TargetIdentity {
  readonly source: string;
  readonly fileSystem: string;
  /** Mount options without addresses and ports, sorted. */
  readonly options: readonly string[];
}

/** What one level of repetition adds to the variance of ln(value): see `varianceComponents`. */
export interface NoiseLevel {
  readonly level: 'session' | 'round' | 'trial';
  readonly repetitions: number;
  readonly variance: number;
  readonly share: number;
}

/** One arm and measure against itself. Ratios are B / A; null is infinite or unknown. */
export interface CalibratedCell {
  /** The arm's id without its target. */
  readonly arm: string;
  /** Of the job, field by field: a floor holds for this load alone. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** The same in the words of the workload file: see `Arm.words`. */
  readonly words: Readonly<Record<string, string>>;
  /** `throughput`, `p99(latency)`. */
  readonly measure: string;
  /** Over all trials, in the metric's base unit. */
  readonly median: number | null;
  /** Coefficient of variation of trials within their session. */
  readonly trialCv: number | null;
  /** Outermost first; levels that were not repeated are left out. Empty when nothing was. */
  readonly levels: readonly NoiseLevel[];
  /** What is worth repeating more, by what each costs; null with one round, which cannot tell. */
  readonly repeatMore: 'session' | 'round' | null;
  /** Rounds of a session that give most for the time; null where sessions add nothing, so that more are always better. */
  readonly optimalRounds: number | null;
  /** Sessions that the comparison rests on. */
  readonly sessions: number;
  /** Standard deviation between sessions of ln(B / A). */
  readonly sessionSd: number | null;
  readonly ratio: { readonly estimate: number; readonly low: number | null; readonly high: number | null } | null;
  /** Two-sided, adjusted over all cells: small when B differs from A, which it is. */
  readonly pDiffers: number;
  /** The smallest relative difference within which A and B are shown to agree; null when none is. */
  readonly floor: number | null;
  /** What this plan shows with the power named in the record; null when nothing. */
  readonly detectable: number | null;
}

export interface CalibrationWarning {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface CalibrationRecord {
  readonly calibrationVersion: number;
  /** Of the A/A run that it rests on. */
  readonly run: string;
  readonly calibratedAt: string;
  readonly feedrate: string;
  readonly hostname: string;
  readonly workload: string;
  readonly path: string;
  readonly target: TargetIdentity;
  readonly plan: { readonly sessions: number; readonly rounds: number; readonly arms: number };
  /** As measured: setting up a session, a round of all arms on both sides, a trial with its preparation. */
  readonly costs: { readonly sessionNs: number; readonly roundNs: number; readonly trialNs: number };
  /** What the numbers are for: the gate's bound over all cells, the least difference that matters, and the power. */
  readonly alpha: number;
  readonly minEffect: number;
  readonly power: number;
  readonly cells: readonly CalibratedCell[];
  /** The gate's rule on the sessions with A and B exchanged at random. */
  readonly falseAlarms: {
    readonly families: number;
    readonly alarms: number;
    /** 95 % Clopper–Pearson. */
    readonly low: number;
    readonly high: number;
    /** Sessions without which no cell could be called a regression at all; null when there were enough. */
    readonly sessionsNeeded: number | null;
  };
  /** The plan that shows a difference of `wanted` in every cell; null when none of a sensible size does. */
  readonly wanted: number;
  readonly recommended: { readonly sessions: number; readonly rounds: number; readonly durationNs: number } | null;
  readonly warnings: readonly CalibrationWarning[];
}

/** Indented, one line break at its end. */
export function encodeCalibration(record: CalibrationRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/**
 * The record in the text of a file. `where` names the file. Checked as far as the gate relies on it.
 * @throws FeedrateError `store` when the text is cut off, damaged, or of another version
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
  // Calibrations of before 2026-12 say what jobs are in properties alone.
  const cells = calibration.cells.map((cell) => ({ ...cell, words: cell.words ?? wordsOfOldSpec(cell.spec) }));
  return { ...calibration, cells };
}
