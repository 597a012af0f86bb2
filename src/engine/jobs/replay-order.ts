import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { assert } from '../../base/assert.js';
import { TraceImage } from '../../training/trace/trace-file.js';
import type { Clock } from '../core/clock.js';
import { Counters } from '../core/counters.js';
import type { WorkerTask } from '../core/protocol.js';

/** Longest wait between two looks at the stop flag. */
const LOOK_MS = 50;

/** Compresses as traces are compressed. */
export const DEFLATE = {
  deflate: (bytes: Uint8Array) => deflateRawSync(bytes, { level: 6 }),
  inflate: (bytes: Uint8Array) => inflateRawSync(bytes),
  crc32: (bytes: Uint8Array) => crc32(bytes),
};

/** Returns the bytes of memory that the threads of a replay share. */
export function orderBytes(tokens: number): number {
  return tokens * (Float64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT);
}

/** The trace of a task, and the order of its threads. */
export interface Order {
  readonly trace: TraceImage;
  /** Lets threads go on that wait for this token. */
  post(token: number, clock: Clock): void;
  /** Waits for a token. Sets a virtual clock to the time of its post. Returns that time; null after a stop request. */
  await(token: number, clock: Clock): number | null;
}

export function orderOf({ recording, memory, workers }: Pick<WorkerTask, 'recording' | 'memory' | 'workers'>): Order {
  assert(recording != null, 'a replay has a trace');
  const trace = new TraceImage(new Uint8Array(recording.image), 'the trace', DEFLATE);
  const times = new Float64Array(recording.order, 0, trace.head.tokens);
  const posted = new Int32Array(recording.order, times.byteLength, trace.head.tokens);
  const counters = new Counters(memory, workers);
  return {
    trace,
    post(token, clock) {
      times[token] = clock.now();
      Atomics.store(posted, token, 1);
      Atomics.notify(posted, token);
    },
    await(token, clock) {
      while (Atomics.load(posted, token) === 0) {
        if (counters.stopRequested) return null;
        Atomics.wait(posted, token, 0, LOOK_MS);
      }
      const atNs = times[token] as number;
      clock.waitUntil(atNs);
      return atNs;
    },
  };
}
