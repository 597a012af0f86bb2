/**
 * Reads the JSON lines of DFTracer: Chrome's trace events, with times in microseconds. Calls are events of the category
 * POSIX. A file is named in `fname`, or in `fhash` by a number that an event of the name `FH` explains.
 */
import { type NamedCall, SortedCalls } from './sorted-calls.js';
import type { TraceBuilder } from './trace-builder.js';
import { OPEN } from './trace-calls.js';

interface Event {
  readonly name?: unknown;
  readonly cat?: unknown;
  readonly ph?: unknown;
  readonly pid?: unknown;
  readonly tid?: unknown;
  readonly ts?: unknown;
  readonly dur?: unknown;
  readonly args?: Readonly<Record<string, unknown>>;
}

const NAMES: Readonly<Record<string, NamedCall['name']>> = {
  open: 'open',
  open64: 'open',
  openat: 'open',
  openat64: 'open',
  creat: 'open',
  creat64: 'open',
  close: 'close',
  read: 'read',
  readv: 'read',
  pread: 'pread',
  pread64: 'pread',
  write: 'write',
  writev: 'write',
  pwrite: 'write',
  pwrite64: 'write',
  lseek: 'seek',
  lseek64: 'seek',
  stat: 'stat',
  stat64: 'stat',
  lstat: 'stat',
  __xstat: 'stat',
  __xstat64: 'stat',
  __lxstat: 'stat',
  __lxstat64: 'stat',
  fsync: 'fsync',
  fdatasync: 'fsync',
  opendir: 'list',
};

/** The flags of open(2) in Linux. */
const FLAGS = [
  [0o3, OPEN.write],
  [0o100, OPEN.create],
  [0o200, OPEN.exclusive],
  [0o1000, OPEN.truncate],
] as const;

export class DftracerImport {
  readonly source = 'DFTracer';
  readonly timed = true;
  readonly #builder: TraceBuilder;
  readonly #calls: SortedCalls;
  /** Names by their hashes. Events may come before the explanation of their hash. */
  readonly #names = new Map<string, string>();
  readonly #waiting: { readonly hash: string; readonly call: Omit<NamedCall, 'path'> }[] = [];
  #firstUs: number | null = null;

  constructor(builder: TraceBuilder, wanted: readonly string[]) {
    this.#builder = builder;
    this.#calls = new SortedCalls(builder, wanted);
  }

  add(line: string): void {
    const text = line
      .trim()
      .replace(/^\[/, '')
      .replace(/[\],]*$/, '');
    if (text === '') return;
    let event: Event;
    try {
      event = JSON.parse(text) as Event;
    } catch {
      this.#builder.leaveOut('lines that are cut off');
      return;
    }
    if (typeof event !== 'object' || event === null) {
      this.#builder.leaveOut('lines that are no calls');
      return;
    }
    const args = typeof event.args === 'object' && event.args !== null ? event.args : {};
    if (event.name === 'FH' && args['value'] !== undefined)
      this.#names.set(String(args['value']), String(args['name']));
    else if (event.cat === 'POSIX') this.#call(event, args);
  }

  #call(event: Event, args: Readonly<Record<string, unknown>>): void {
    const name = Object.hasOwn(NAMES, String(event.name)) ? NAMES[String(event.name)] : undefined;
    const [startUs, tookUs] = [Number(event.ts), Number(event.dur)];
    const returned = numberIn(args, 'ret');
    if (name === undefined || !(startUs >= 0) || !(tookUs >= 0)) {
      this.#builder.leaveOut('that a replay does not make');
      return;
    }
    if (returned !== null && returned < 0) {
      this.#builder.leaveOut('that failed');
      return;
    }
    this.#firstUs ??= startUs;
    const startNs = Math.round((startUs - this.#firstUs) * 1000);
    const asked = numberIn(args, 'count') ?? numberIn(args, 'size') ?? returned ?? 0;
    const isMove = name === 'read' || name === 'pread' || name === 'write';
    const flags = numberIn(args, 'flags') ?? (String(event.name).startsWith('creat') ? 0o1101 : 0);
    const offset = name === 'seek' ? (returned ?? numberIn(args, 'offset')) : numberIn(args, 'offset');
    const call = {
      thread: `${String(event.pid)} ${String(event.tid)}`,
      startNs,
      endNs: startNs + Math.round(tookUs * 1000),
      name,
      offset: name === 'read' || (name === 'write' && !String(event.name).startsWith('p')) ? null : offset,
      asked: isMove ? asked : 0,
      moved: isMove ? (returned ?? asked) : (returned ?? 0),
      how: name === 'open' ? FLAGS.reduce((how, [bits, flag]) => how + ((flags & bits) === 0 ? 0 : flag), 0) : 0,
    };
    if (typeof args['fname'] === 'string') this.#calls.add({ ...call, path: args['fname'] });
    else if (args['fhash'] !== undefined) this.#waiting.push({ hash: String(args['fhash']), call });
    else this.#builder.leaveOut('on unknown files');
  }

  end(): void {
    for (const { hash, call } of this.#waiting)
      this.#calls.add({ ...call, path: this.#names.get(hash) ?? `/unnamed/${hash}` });
    this.#calls.end();
  }
}

function numberIn(args: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = args[key];
  if (value === undefined || value === null || value === '') return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}
