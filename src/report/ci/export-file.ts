/** What a file format for other programs is made of. A format is a file in this folder and a row in report/exports.ts. */
import type { Comparison } from '../../gate/comparison.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { Measurement } from './measurements.js';

/** What the formats are given. */
export interface ExportSource {
  readonly stored: ReadableRun;
  /** The measures that are asked for, of every arm of the run. */
  readonly measurements: readonly Measurement[];
  /** Null where the run was not compared with anything. */
  readonly comparison: Comparison | null;
}

/** A file that is to be written. */
export interface ExportFile {
  readonly path: string;
  readonly text: (source: ExportSource) => string;
}

/** What a format's module exports: the files that it writes for the value of its option, a path or the start of one. */
export interface ExportModule {
  readonly exportFiles: (value: string) => readonly ExportFile[];
}
