import { gunzipSync } from 'node:zlib';
import { DEFLATE } from '../../../src/engine/jobs/replay-order.js';
import { StraceImport } from '../../../src/training/trace/strace-import.js';
import { TraceBuilder } from '../../../src/training/trace/trace-builder.js';
import { TRACE_CALLS } from '../../../src/training/trace/trace-calls.js';
import { type TraceFile, type TraceHead, TraceImage } from '../../../src/training/trace/trace-file.js';
import type { Overhead } from '../../../src/training/trace/tracer-time.js';

/** A trace as tests look at it: calls as words, thread by thread. */
export interface MadeTrace {
  readonly head: TraceHead;
  readonly files: readonly TraceFile[];
  readonly threads: readonly (readonly string[])[];
  readonly gapsNs: readonly (readonly number[])[];
  readonly tookNs: readonly (readonly number[])[];
  readonly bytes: Uint8Array;
}

type Importer = {
  readonly source: string;
  readonly timed: boolean;
  add(line: string, pid: number): void;
  end?(): void;
};

/** Feeds lines to an importer and reads the trace that it makes. */
export function madeBy(
  create: (builder: TraceBuilder) => Importer,
  lines: readonly string[],
  rename: ((name: string) => string) | null = null,
  overhead: Overhead | null = null,
): MadeTrace {
  const builder = new TraceBuilder(DEFLATE, overhead);
  const importer = create(builder);
  for (const line of lines) importer.add(line, 0);
  importer.end?.();
  const { source, timed } = importer;
  const bytes = new Uint8Array(Buffer.concat(builder.finish({ source, timed }, rename).pieces));
  const image = new TraceImage(bytes, 'x', DEFLATE);
  const threads = image.head.threads.map((_, thread) => image.calls(thread, 'x'));
  return {
    head: image.head,
    files: image.files('x'),
    bytes,
    threads: threads.map((calls) =>
      Array.from({ length: calls.length }, (_, place) => {
        const { name, operands } = TRACE_CALLS[calls.call(place)] as (typeof TRACE_CALLS)[number];
        return [name, ...operands.map((__, i) => calls.operand(place, i))].join(' ');
      }),
    ),
    gapsNs: threads.map((calls) => Array.from({ length: calls.length }, (_, place) => calls.gapNs(place))),
    // The durations are for readers of the text: the first number behind the gap.
    tookNs: durationsIn(image.head.threads, bytes),
  };
}

/** Returns the durations in the lines of each thread's calls. */
function durationsIn(threads: TraceHead['threads'], bytes: Uint8Array): number[][] {
  const lines = gunzipSync(bytes).toString().trim().split('\n');
  let at = lines.length - threads.reduce((sum, { calls }) => sum + calls, 0);
  return threads.map(({ calls }) => {
    const own = lines.slice(at, at + calls);
    at += calls;
    return own.map((line) => Number(line.split(' ')[2]));
  });
}

/** The same of strace's output. Short times, such as `7 1.5 read(…`, are made seconds since 1970. */
export function straced(text: string, wanted: readonly string[] = []): MadeTrace {
  const since1970 = (line: string) =>
    line.replace(/^(\d+) (\d{1,4})\./, (_, pid: string, seconds: string) => `${pid} ${1e9 + Number(seconds)}.`);
  return madeBy((builder) => new StraceImport(builder, wanted), text.trim().split('\n').map(since1970));
}
