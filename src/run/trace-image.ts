/** Reads the file of a trace. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { DEFLATE } from '../engine/jobs/replay-order.js';
import type { TraceSummary } from '../plan/traced-files.js';
import { TraceImage } from '../training/trace/trace-file.js';

/** A trace in memory that can be shared with threads. */
export interface ReadTrace {
  readonly image: SharedArrayBuffer;
  readonly trace: TraceSummary;
}

/** More calls than that are months of training. */
const MOST_BYTES = 2 ** 30;

/** Returns the path of a trace that a workload names: relative to the workload's file. */
export function traceFile(name: string, workloadPath: string): string {
  return resolve(dirname(workloadPath), name);
}

/** Reads a trace. Throws `FeedrateError('workload')` when it cannot be read, or is none. */
export function readTrace(path: string): ReadTrace {
  const shown = visibleText(path);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    throw new FeedrateError('workload', `dataset.trace: cannot read ${shown}: ${reasonOf(cause)}`, { cause });
  }
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new FeedrateError('workload', `dataset.trace: ${shown} is not a file`);
    if (status.size > MOST_BYTES) {
      const message = `dataset.trace: ${shown} has ${formatBytes(status.size)}; at most ${formatBytes(MOST_BYTES)}`;
      throw new FeedrateError('workload', `${message}; record a shorter part`);
    }
    const image = new SharedArrayBuffer(status.size);
    const bytes = new Uint8Array(image);
    let done = 0;
    for (let read = -1; read !== 0 && done < bytes.length; done += read)
      read = readSync(fd, bytes, done, bytes.length - done, done);
    return traceIn(image, shown);
  } finally {
    closeSync(fd);
  }
}

const reasonOf = (cause: unknown): string => (cause as Error).message.replace(/, open .*/s, '');

/** Returns the trace that is in memory. */
export function traceIn(image: SharedArrayBuffer, path: string): ReadTrace {
  const trace = new TraceImage(new Uint8Array(image), path, DEFLATE);
  return { image, trace: { path, head: trace.head, files: trace.files(path) } };
}
