/** The interface of a file format for other programs: one file in this folder and one row in report/exports.ts. */
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { Measurement } from '../../stats/measurements.js';

/** The data that every format receives. */
export interface ExportSource {
  readonly stored: ReadableRun;
  /** The requested metrics of every arm of the run. */
  readonly measurements: readonly Measurement[];
  /** Null if the run was not compared with anything. */
  readonly comparison: Comparison | null;
  /** Null without a gate on the comparison. */
  readonly gate: GateResult | null;
  /** Significant digits of numbers in formats that can be rounded; null for full precision. */
  readonly digits: number | null;
}

/** A file to write. */
export interface ExportFile {
  readonly path: string;
  readonly text: (source: ExportSource) => string;
}

/** The exports of a format's module. `value` is the option's argument, a path or a prefix of paths. */
export interface ExportModule {
  readonly exportFiles: (value: string) => readonly ExportFile[];
}
