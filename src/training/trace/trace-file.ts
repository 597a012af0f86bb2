/**
 * The form of a trace in a file. It is gzip throughout, so `zcat` shows it as text: members with one line of JSON (the
 * head), one line per file, and one line per call, thread after thread. Each member begins with its own length in the extra
 * field of its header, so that a reader finds a thread's calls without decompressing those of others.
 */
import { FeedrateError } from '../../base/errors.js';
import { TRACE_CALLS } from './trace-calls.js';

export const TRACE_FORMAT = 'feedrate-trace';
export const TRACE_VERSION = 1;

/** How the program used a file. A file that is written or removed lies in the scratch directory of a replay. */
export type FileUse = 'read' | 'written' | 'directory';

export interface TraceFile {
  /** Relative to `TraceHead.root`, or a hash with the ending of the name. */
  readonly name: string;
  readonly bytes: number;
  readonly use: FileUse;
  /** Of a written file: its bytes before the first call. */
  readonly initialBytes: number;
}

/** Calls of one group on files of one class, added up. */
export interface CallSum {
  readonly group: string;
  /** The ending of the files' names, such as `.npz`, or `none`; of listings `directory`. */
  readonly fileClass: string;
  readonly calls: number;
  readonly bytes: number;
  /** Time in these calls, all threads together. */
  readonly ns: number;
}

export interface TraceThread {
  /** Members that have its calls. */
  readonly members: number;
  readonly calls: number;
  /** Time of its gaps, without the waits for other threads. */
  readonly gapNs: number;
}

/** What is known of a trace without reading its calls. */
export interface TraceHead {
  readonly format: typeof TRACE_FORMAT;
  readonly version: number;
  /** Where it is from: `strace`, `Darshan DXT` or `DFTracer`. */
  readonly source: string;
  /** The directory that all names are relative to; null in an anonymised trace. */
  readonly root: string | null;
  readonly anonymised: boolean;
  readonly files: number;
  readonly fileMembers: number;
  readonly threads: readonly TraceThread[];
  /** Threads of the program, of which those that ran one after the other share an entry of `threads`. */
  readonly recordedThreads: number;
  /** Numbers of `post`. */
  readonly tokens: number;
  /**
   * From the first call to the end of the last one, without the tracer: the longest way through gaps, calls, and waits of threads
   * for each other. With one thread, it is the sum of its gaps and calls. Traces before 2026-11-30 have `tracedNs` here.
   */
  readonly recordedNs: number;
  /** The same as the tracer saw it, with its own time. Absent in traces before 2026-11-30. */
  readonly tracedNs?: number;
  /** Whether the source has the duration of calls. If not, gaps are unknown and the replay has none. */
  readonly timed: boolean;
  readonly longestWriteBytes: number;
  /** Bytes of maps that were made. What was accessed of them is unknown, except for calls of `touch`. */
  readonly mappedBytes: number;
  readonly sums: readonly CallSum[];
  /** Calls that are not in the trace, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Time that recording added to all threads together, as measured on this machine; null: unknown. It is not in gaps and calls. */
  readonly overheadNs: number | null;
}

/** Compresses and decompresses. The caller has the library. */
export interface Deflate {
  readonly deflate: (bytes: Uint8Array) => Uint8Array;
  /** Throws when the data is damaged. */
  readonly inflate: (bytes: Uint8Array) => Uint8Array;
  /** CRC-32 of bytes. */
  readonly crc32: (bytes: Uint8Array) => number;
}

const HEADER_BYTES = 24;
const TRAILER_BYTES = 8;
/** Magic number, method, the flag of an extra field, no time, no flags, any system. */
const HEADER_START = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 12, 0, 0x46, 0x52, 8, 0];
/** What one member decompresses to, at most. More is damaged or an attack. */
const MEMBER_MOST_BYTES = 64 * 2 ** 20;
const encoder = new TextEncoder();

/** Returns a member of a gzip file with this text. */
export function memberOf(text: string, { deflate, crc32 }: Deflate): Uint8Array {
  const bytes = encoder.encode(text);
  const body = deflate(bytes);
  const member = new Uint8Array(HEADER_BYTES + body.length + TRAILER_BYTES);
  const view = new DataView(member.buffer);
  member.set(HEADER_START);
  view.setBigUint64(HEADER_START.length, BigInt(member.length), true);
  member.set(body, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + body.length, crc32(bytes), true);
  view.setUint32(HEADER_BYTES + body.length + 4, bytes.length, true);
  return member;
}

/** A trace in memory. */
export class TraceImage {
  readonly head: TraceHead;
  readonly #bytes: Uint8Array;
  readonly #deflate: Deflate;
  /** Offset of each member, and the end of the last one. */
  readonly #offsets: readonly number[];

  /** @throws FeedrateError `workload` when this is no trace, is damaged, or is of a newer version */
  constructor(bytes: Uint8Array, path: string, deflate: Deflate) {
    this.#bytes = bytes;
    this.#deflate = deflate;
    this.#offsets = offsetsOf(bytes, path);
    this.head = readHead(this.#text(0, path), path);
    const members = 1 + this.head.fileMembers + this.head.threads.reduce((sum, thread) => sum + thread.members, 0);
    if (members !== this.#offsets.length - 1) throw broken(path, 'it ends early');
  }

  /** Returns the files. Their places are their numbers in calls. */
  files(path: string): TraceFile[] {
    const files: TraceFile[] = [];
    for (let member = 1; member <= this.head.fileMembers; member++) {
      for (const line of linesOf(this.#text(member, path))) files.push(readFile(line, path));
    }
    if (files.length !== this.head.files) throw broken(path, 'files are missing');
    return files;
  }

  /** Returns the calls of a thread. */
  calls(thread: number, path: string): TraceCalls {
    const { threads, fileMembers } = this.head;
    const { members, calls } = threads[thread] as TraceThread;
    const first = 1 + fileMembers + threads.slice(0, thread).reduce((sum, each) => sum + each.members, 0);
    const read = new TraceCalls(calls);
    for (let member = first; member < first + members; member++) read.add(this.#inflated(member, path), path);
    if (read.length !== calls) throw broken(path, 'calls are missing');
    return read;
  }

  #text(member: number, path: string): string {
    return new TextDecoder().decode(this.#inflated(member, path));
  }

  #inflated(member: number, path: string): Uint8Array {
    const [start, end] = [this.#offsets[member] as number, this.#offsets[member + 1] as number];
    const whole = this.#bytes.subarray(start, end);
    const trailer = new DataView(whole.buffer, whole.byteOffset + whole.length - TRAILER_BYTES, TRAILER_BYTES);
    const length = trailer.getUint32(4, true);
    if (length > MEMBER_MOST_BYTES) throw broken(path, 'a part is too long');
    let bytes: Uint8Array;
    try {
      bytes = this.#deflate.inflate(whole.subarray(HEADER_BYTES, whole.length - TRAILER_BYTES));
    } catch {
      throw broken(path, 'a part cannot be decompressed');
    }
    if (bytes.length !== length || this.#deflate.crc32(bytes) !== trailer.getUint32(0, true))
      throw broken(path, 'a checksum is wrong');
    return bytes;
  }
}

function offsetsOf(bytes: Uint8Array, path: string): number[] {
  const offsets = [0];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const isMember =
      at + HEADER_BYTES + TRAILER_BYTES <= bytes.length && HEADER_START.every((byte, i) => bytes[at + i] === byte);
    if (!isMember) throw at === 0 ? noTrace(path) : broken(path, 'it ends early');
    const length = Number(view.getBigUint64(at + HEADER_START.length, true));
    if (length < HEADER_BYTES + TRAILER_BYTES || at + length > bytes.length) throw broken(path, 'it ends early');
    at += length;
    offsets.push(at);
  }
  if (offsets.length === 1) throw noTrace(path);
  return offsets;
}

function noTrace(path: string): FeedrateError {
  return new FeedrateError(
    'workload',
    `${path} is not a trace of feedrate; make one with feedrate record, or with: feedrate import trace FILE`,
  );
}

function broken(path: string, why: string): FeedrateError {
  return new FeedrateError('workload', `${path} is damaged: ${why}; record or import it again`);
}

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);

function readHead(text: string, path: string): TraceHead {
  let head: TraceHead;
  try {
    head = JSON.parse(text) as TraceHead;
  } catch {
    throw noTrace(path);
  }
  if (head?.format !== TRACE_FORMAT) throw noTrace(path);
  if (head.version !== TRACE_VERSION) {
    const message = `${path} is a trace of version ${String(head.version)}; this feedrate reads version ${TRACE_VERSION}`;
    throw new FeedrateError('workload', `${message}; use the feedrate that made it`);
  }
  const counts = [head.files, head.fileMembers, head.tokens, head.recordedNs];
  const isSound =
    counts.every(isCount) &&
    Array.isArray(head.threads) &&
    head.threads.every(({ members, calls }) => isCount(members) && isCount(calls)) &&
    Array.isArray(head.sums);
  if (!isSound) throw broken(path, 'its head is incomplete');
  return head;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const USES: Readonly<Record<string, FileUse>> = { r: 'read', w: 'written', d: 'directory' };

/** Returns the line of a file. */
export function fileLine({ name, bytes, use, initialBytes }: TraceFile): string {
  return `${use[0] as string} ${bytes} ${initialBytes} ${JSON.stringify(name)}\n`;
}

function readFile(line: string, path: string): TraceFile {
  const [, letter = '', bytes, initial, name = ''] = /^([rwd]) (\d{1,15}) (\d{1,15}) (".*")$/.exec(line) ?? [];
  const use = USES[letter];
  if (use === undefined) throw broken(path, 'a file is described wrongly');
  return { name: JSON.parse(name) as string, bytes: Number(bytes), use, initialBytes: Number(initial) };
}

/** Numbers of a call in memory: which, the gap before it, its duration, and its operands. */
const COLUMNS = 7;
const NUMBERS = new Map(TRACE_CALLS.map(({ code }, number) => [code.charCodeAt(0), number]));
const [SPACE, NEWLINE, ZERO] = [0x20, 0x0a, 0x30];

/** The calls of a thread, in memory. */
export class TraceCalls {
  readonly #cells: Float64Array;
  #length = 0;

  constructor(calls: number) {
    this.#cells = new Float64Array(calls * COLUMNS);
  }

  get length(): number {
    return this.#length;
  }

  /** The call's place in `TRACE_CALLS`. */
  call(place: number): number {
    return this.#cells[place * COLUMNS] as number;
  }

  /** Time from the end of the thread's call before, ns. */
  gapNs(place: number): number {
    return this.#cells[place * COLUMNS + 1] as number;
  }

  /** Returns an operand, in the order of its row. */
  operand(place: number, operand: number): number {
    return this.#cells[place * COLUMNS + 3 + operand] as number;
  }

  /** Reads the lines of a member: the code, the gap, the duration and the operands, with single spaces between them. */
  add(bytes: Uint8Array, path: string): void {
    for (let at = 0; at < bytes.length; ) {
      const base = this.#length * COLUMNS;
      const number = NUMBERS.get(bytes[at] as number);
      if (number === undefined || base >= this.#cells.length) throw broken(path, 'a call is described wrongly');
      this.#cells[base] = number;
      at++;
      const wanted = 2 + (TRACE_CALLS[number] as (typeof TRACE_CALLS)[number]).operands.length;
      for (let column = 1; column <= wanted; column++) {
        if (bytes[at++] !== SPACE) throw broken(path, 'a call is described wrongly');
        let value = 0;
        for (let digit = (bytes[at] as number) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[at] as number) - ZERO) {
          value = value * 10 + digit;
          at++;
        }
        this.#cells[base + column] = value;
      }
      if (bytes[at++] !== NEWLINE) throw broken(path, 'a call is described wrongly');
      this.#length++;
    }
  }
}
