/** Reads the output of tracers, and writes traces. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FeedrateError } from '../base/errors.js';
import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { DEFLATE } from '../engine/jobs/replay-order.js';
import { replaceFile } from '../store/durable-files.js';
import { DftracerImport } from '../training/trace/dftracer-import.js';
import { DxtImport } from '../training/trace/dxt-import.js';
import { fileClassOf } from '../training/trace/file-class.js';
import { StraceImport } from '../training/trace/strace-import.js';
import { TraceBuilder } from '../training/trace/trace-builder.js';
import type { TraceHead } from '../training/trace/trace-file.js';
import { TracerCost } from '../training/trace/tracer-cost.js';
import type { Overhead } from '../training/trace/tracer-time.js';

export interface TraceSettings {
  /** Directories whose files belong to the trace; empty: all but the system's. */
  readonly wanted: readonly string[];
  readonly anonymise: boolean;
  /** What recording adds to the calls of a short program on this machine; null: unknown. */
  readonly probe: Overhead | null;
}

export interface MadeTrace {
  readonly head: TraceHead;
  readonly bytes: number;
}

/** Takes the lines of a source, in their order. */
interface Importer {
  readonly source: string;
  readonly timed: boolean;
  add(line: string, pid: number): void;
  /** Called after the last line. */
  end?(): void;
}

const GZIP = [0x1f, 0x8b];
/** A line that is longer is none of a tracer. */
const LONGEST_LINE = 16 * 2 ** 20;

/**
 * Makes a trace from the files of a tracer, whose kind is recognized, and writes it. Throws `FeedrateError('workload')` when
 * they cannot be read or have nothing to replay, and `FeedrateError('store')` when the trace cannot be written.
 */
export async function makeTrace(paths: readonly string[], output: string, settings: TraceSettings): Promise<MadeTrace> {
  const builder = new TraceBuilder(DEFLATE, await tracerCost(paths, settings.probe));
  let importer: Importer | null = null;
  for await (const { line, pid } of merged(paths)) {
    if (line === '') continue;
    importer ??= importerFor(line, builder, settings.wanted);
    importer.add(line, pid);
  }
  if (importer === null)
    throw new FeedrateError('workload', `${shownPaths(paths)}: empty; give the output of a tracer`);
  importer.end?.();
  const { source, timed } = importer;
  const { head, pieces } = builder.finish({ source, timed }, settings.anonymise ? hidden() : null);
  const whole = Buffer.concat(pieces);
  replaceFile(output, whole, 'name another file with -o');
  return { head, bytes: whole.length };
}

/** Lines that show what strace costs. */
const COST_LINES = 300_000;

/** Returns what strace added to each call, as its output shows it; null: it does not, or is of another tracer. */
async function tracerCost(paths: readonly string[], probe: Overhead | null): Promise<Overhead | null> {
  // A pipe can be read only once.
  if (!paths.every((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)) return probe;
  const cost = new TracerCost();
  let lines = 0;
  for await (const { line, pid } of merged(paths)) {
    cost.add(line, pid);
    if (++lines === COST_LINES) break;
  }
  return cost.overhead(probe);
}

function importerFor(line: string, builder: TraceBuilder, wanted: readonly string[]): Importer {
  if (/^# (?:DXT|darshan)\b/i.test(line)) return new DxtImport(builder, wanted);
  if (/^\s*[[{]/.test(line) && !/^\[pid /.test(line)) return new DftracerImport(builder, wanted);
  return new StraceImport(builder, wanted);
}

/** Returns a function that hides names: a hash with a salt that nobody keeps, and the ending of the name. */
function hidden(): (name: string) => string {
  const salt = randomBytes(32);
  return (name) => {
    const hash = createHash('sha256').update(salt).update(name).digest('hex').slice(0, 24);
    const ending = fileClassOf(name);
    return ending === 'none' ? hash : hash + ending;
  };
}

const shownPaths = (paths: readonly string[]): string => paths.map(visibleText).join(', ');

interface PlacedLine {
  readonly line: string;
  /** The process in the name of a file of strace -ff; 0: there is none. */
  readonly pid: number;
}

/** Yields the lines of all files. Those of strace -ff, one file for each process, come in the order of their times. */
async function* merged(paths: readonly string[]): AsyncGenerator<PlacedLine, void> {
  const sources = paths.map((path) => ({ pid: pidOf(path), lines: linesOf(path), line: '', atSeconds: 0 }));
  const open = new Set<(typeof sources)[number]>();
  const advance = async (source: (typeof sources)[number]): Promise<void> => {
    const next = await source.lines.next();
    if (next.done === true) {
      open.delete(source);
      return;
    }
    open.add(source);
    source.line = next.value;
    source.atSeconds = secondsOf(next.value) ?? source.atSeconds;
  };
  for (const source of sources) await advance(source);
  while (open.size > 0) {
    let first: (typeof sources)[number] | undefined;
    for (const source of open) if (first === undefined || source.atSeconds < first.atSeconds) first = source;
    if (first === undefined) return;
    yield { line: first.line, pid: first.pid };
    await advance(first);
  }
}

function pidOf(path: string): number {
  return Number(/\.(\d{1,10})(?:\.gz)?$/.exec(basename(path))?.[1] ?? 0);
}

/** Returns the time that a line of strace -ff begins with, s; null without one. */
function secondsOf(line: string): number | null {
  const [, hours, minutes, seconds, epoch] =
    /^(?:(\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)|(\d{8,11}(?:\.\d+)?)) /.exec(line) ?? [];
  if (epoch !== undefined) return Number(epoch);
  return hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Yields the lines of a file, which may be compressed with gzip. A last line without its end is yielded, too. */
async function* linesOf(path: string): AsyncGenerator<string, void> {
  const raw = createReadStream(path, { highWaterMark: 2 ** 20 });
  try {
    let rest = '';
    let stream: Readable | null = null;
    const decoder = new TextDecoder();
    for await (const chunk of unpacked(raw)) {
      stream = raw;
      const text = rest + decoder.decode(chunk, { stream: true });
      const lines = text.split('\n');
      rest = lines.pop() as string;
      if (rest.length > LONGEST_LINE) throw new FeedrateError('workload', tooLong(path));
      yield* lines;
    }
    if (rest !== '' || stream === null) yield rest;
  } catch (cause) {
    if (cause instanceof FeedrateError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new FeedrateError('workload', `cannot read ${visibleText(path)}: ${reason}`, { cause });
  } finally {
    raw.destroy();
  }
}

function tooLong(path: string): string {
  return `${visibleText(path)}: a line has more than ${formatBytes(LONGEST_LINE)}; give the text output of strace, darshan-dxt-parser or DFTracer`;
}

/** Yields the chunks of a stream, decompressed if it is gzip. */
async function* unpacked(raw: Readable): AsyncGenerator<Buffer, void> {
  const chunks = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done === true) return;
  if (!GZIP.every((byte, i) => first.value[i] === byte)) {
    yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    return;
  }
  raw.unshift(first.value);
  yield* raw.pipe(createGunzip()) as AsyncIterable<Buffer>;
}
