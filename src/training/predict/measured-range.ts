import type { CacheClaim } from '../../workload/workload.js';
import type { FeedDemand, Refusal } from './prediction.js';
import { mostReaders, type Ramp } from './ramp.js';

/** Records of another size are another measurement. This is the difference that the error of a prediction allows for. */
const RECORD_TOLERANCE = 0.02;
const STDEV_TOLERANCE = 0.1;
/** Samples that may begin with more readers than were measured. */
const BEYOND_SHARE = 0.01;

/** Returns why a ramp says nothing about this training; null if it does. */
export function outsideMeasured(
  ramp: Ramp,
  demand: FeedDemand,
  wanted: { readonly reader: string; readonly cache: CacheClaim },
): Refusal | null {
  const refuse = (reason: Refusal['reason'], message: string) => ({ reason, message, readersNeeded: null });
  if (demand.format !== ramp.format) {
    return refuse('format', `${demand.name} reads ${demand.format} files, and ${ramp.format} files were measured`);
  }
  if (wanted.reader !== ramp.reader) {
    return refuse('reader', `the reader is ${wanted.reader}, and the reader ${ramp.reader} was measured`);
  }
  if (wanted.cache !== ramp.cache) {
    return refuse('cache', `the data is ${wanted.cache}, and ${ramp.cache} data was measured`);
  }
  const { recordBytes, recordStdevBytes } = demand;
  const isNear =
    Math.abs(recordBytes / ramp.recordBytes - 1) <= RECORD_TOLERANCE &&
    Math.abs(recordStdevBytes - ramp.recordStdevBytes) <= STDEV_TOLERANCE * recordBytes;
  if (isNear) return null;
  return refuse(
    'record-size',
    `${demand.name} has records of ${sizes(recordBytes, recordStdevBytes)}, and records of ` +
      `${sizes(ramp.recordBytes, ramp.recordStdevBytes)} were measured`,
  );
}

function sizes(bytes: number, stdevBytes: number): string {
  const mean = Math.round(bytes).toLocaleString('en-US');
  return stdevBytes === 0 ? `${mean} bytes` : `${mean} ± ${Math.round(stdevBytes).toLocaleString('en-US')} bytes`;
}

/** Returns why a replay with more readers than were measured says nothing; null if it did without them. */
export function beyondMeasured(ramp: Ramp, beyondShare: number, readers: number): Refusal | null {
  if (beyondShare <= BEYOND_SHARE) return null;
  const { ranks = 1 } = ramp;
  const most = mostReaders(ramp) * ranks;
  return {
    reason: 'readers',
    message: `${readers * ranks} workers would read at the same time, and at most ${most} readers were measured`,
    readersNeeded: readers,
  };
}
