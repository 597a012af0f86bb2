/** The messages between the coordinating process and the process of a scan. */
import type { ErrorCode } from '../base/errors.js';
import type { SampleSearch } from '../plan/sample-table.js';
import type { ExistingDataset } from '../workload/workload.js';
import type { ImagePart } from './image-transfer.js';

export type ToScan = {
  readonly type: 'scan';
  readonly dataset: ExistingDataset;
  /** Its path is absolute and without links. */
  readonly target: { readonly name: string; readonly path: string };
  /** Whose samples to look for in the files; null: the files are enough. */
  readonly samples: SampleSearch | null;
};

export type FromScan =
  /** What was found so far. */
  | { readonly type: 'found'; readonly files: number; readonly bytes: number; readonly directories: number }
  /** The list comes next, in parts. */
  | { readonly type: 'image'; readonly bytes: number }
  | ImagePart
  /** The dataset cannot be read there, or a bug. */
  | { readonly type: 'refused'; readonly code: ErrorCode | null; readonly message: string };
