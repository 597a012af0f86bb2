/** Keeps what CloudWatch had of a run beside the run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTextFile } from '../host/system/regular-file.js';
import { decodeFsxMetrics, encodeFsxMetrics, type FsxMetricsRecord } from '../record/fsx-metrics-record.js';
import { replaceFile } from './durable-files.js';
import { RUN_FILES } from './run-files.js';

/** Returns the metrics that are kept, or null. Throws `FeedrateError('store')` if they are damaged, and Node's errors. */
export function readFsxMetrics(runDirectory: string): FsxMetricsRecord | null {
  const path = join(runDirectory, RUN_FILES.fsxMetrics);
  return existsSync(path) ? decodeFsxMetrics(readTextFile(path), RUN_FILES.fsxMetrics) : null;
}

/** Replaces the metrics that are kept, as a whole or not at all. Throws `FeedrateError('store')`. */
export function keepFsxMetrics(runDirectory: string, record: FsxMetricsRecord): void {
  const remedy = 'the metrics are shown, but not kept; make the run directory writable to keep them';
  replaceFile(join(runDirectory, RUN_FILES.fsxMetrics), encodeFsxMetrics(record), remedy);
}
