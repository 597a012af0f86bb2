/** The dataset as a plan uses it: generated files, or those that a scan found in each target. */
import { FeedrateError } from '../base/errors.js';
import type { ExistingDataset, GeneratedDataset } from '../workload/workload.js';
import type { FileIndex } from './file-index.js';
import { FoundFiles } from './found-files.js';
import type { ScanSummary } from './scan-summary.js';
import type { DeclaredTrace, TracedFiles } from './traced-files.js';

/** Files that exist, after they were looked for in every target. */
export interface ScannedDataset {
  readonly kind: 'scanned';
  readonly declared: ExistingDataset;
  /** Number of sets that the files are divided into. */
  readonly filesets: number;
  /** By the name of the target. */
  readonly found: ReadonlyMap<string, Found>;
}

/** What was found in a target. */
export interface Found {
  /** The memory of the index: see `index-image.ts`. */
  readonly image: SharedArrayBuffer;
  readonly index: FileIndex;
  readonly summary: ScanSummary;
  /** What this target has besides the files that all targets have. Absent if they have the same files. */
  readonly onlyHere?: OnlyHere;
}

/** What one target has besides the files that all of them have: others, or the same with another size. */
export interface OnlyHere {
  readonly files: number;
  /** The paths of the first ones, in order. */
  readonly first: readonly string[];
}

/** A trace, and the files that are read in the place of the recorded ones. */
export interface RecordedDataset extends DeclaredTrace {
  readonly kind: 'recorded';
  /** The file of the trace. */
  readonly image: SharedArrayBuffer;
  /** The user's files; null: files are generated. */
  readonly scanned: ScannedDataset | null;
}

export type PlannedDataset = GeneratedDataset | ScannedDataset | RecordedDataset;

/** Returns the user's files that a scan found; null without any. */
export function scannedIn(dataset: PlannedDataset | null): ScannedDataset | null {
  if (dataset?.kind === 'scanned') return dataset;
  return dataset?.kind === 'recorded' ? dataset.scanned : null;
}

/** What a job reads that has no files of its own. */
export type SharedFiles = GeneratedDataset | FoundFiles | TracedFiles;

const sets = new WeakMap<ScannedDataset, Map<string, FoundFiles>>();

/**
 * Returns the files of a set in a target: of n sets, every n-th file. Throws `FeedrateError('workload')` when there are
 * fewer files than sets.
 */
export function foundFilesOf(dataset: ScannedDataset, target: string, fileset: number): FoundFiles {
  const known = sets.get(dataset) ?? new Map<string, FoundFiles>();
  sets.set(dataset, known);
  const key = `${fileset} ${target}`;
  const set = known.get(key) ?? newSet(dataset, target, fileset);
  known.set(key, set);
  return set;
}

function newSet({ found, filesets }: ScannedDataset, target: string, fileset: number): FoundFiles {
  const all = FoundFiles.of((found.get(target) as Found).index);
  if (filesets === 1) return all;
  if (all.length < filesets) {
    const message = `${all.length} files cannot be divided into ${filesets} sets`;
    throw new FeedrateError('workload', `target ${target}: ${message}; use fewer filesets, rounds or sessions`);
  }
  return all.part(fileset, filesets, Math.ceil((all.length - fileset) / filesets));
}
