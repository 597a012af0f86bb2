import { textOf } from '../../base/byte-text.js';
import { isOfInterest } from './file-class.js';
import { Pipes, Wakes } from './messages.js';
import { type OpenFile, OpenFiles, TracedProcess } from './open-files.js';
import { type StraceCall, unescaped } from './strace-line.js';
import type { TraceBuilder } from './trace-builder.js';
import type { FileInTrace, ThreadInTrace } from './trace-parts.js';

/** Does what a call means for the trace. `startNs` and `endNs` are ns since the first line. */
export type CallHandler = (
  state: StraceState,
  thread: TracedThread,
  call: StraceCall,
  startNs: number,
  endNs: number,
) => void;

/** A thread of a program under strace. */
export interface TracedThread {
  readonly pid: number;
  readonly inTrace: ThreadInTrace;
  program: TracedProcess;
  unfinished: { readonly text: string; readonly startNs: number } | null;
  /** What the beginning of the unfinished call did already: its token; null without one. */
  begun: { readonly token: number | null } | null;
}

/** A descriptor as strace writes it: `3`, `3</data/a>` or `AT_FDCWD</work>`. */
interface Descriptor {
  readonly number: number;
  readonly name: string | null;
}

const DESCRIPTOR = /^(-?\d+|AT_FDCWD)(?:<(.*)>(?:\(deleted\))?)?$/;

/** Returns the descriptor in an argument; null when it is none. */
export function descriptorOf(argument: string | undefined): Descriptor | null {
  const [, number, name] = DESCRIPTOR.exec(argument ?? '') ?? [];
  if (number === undefined) return null;
  return { number: number === 'AT_FDCWD' ? -100 : Number(number), name: name === undefined ? null : decoded(name) };
}

/** Returns the name in an argument with quotes; null when it is none, or strace left out its end. */
export function quotedName(argument: string | undefined): string | null {
  const [, inside] = /^"(.*)"$/s.exec(argument ?? '') ?? [];
  return inside === undefined ? null : decoded(inside);
}

function decoded(text: string): string {
  return text.includes('\\') ? textOf(unescaped(text)) : text;
}

/** What is known of the traced processes at a line of the output. */
export class StraceState {
  readonly builder: TraceBuilder;
  readonly openFiles: OpenFiles;
  readonly pipes = new Pipes();
  readonly wakes = new Wakes();
  /** The tokens of threads that have ended. */
  readonly exits = new Map<number, number | null>();
  /** Calls that start a thread and have not returned. */
  readonly starting: {
    readonly thread: TracedThread;
    readonly token: number | null;
    readonly flags: string;
    readonly atNs: number;
  }[] = [];
  nowNs = 0;
  /** Whether calls have durations; null before the first one. */
  timed: boolean | null = null;
  readonly #wanted: readonly string[];
  readonly #threads = new Map<number, TracedThread>();

  constructor(builder: TraceBuilder, wanted: readonly string[]) {
    this.builder = builder;
    this.openFiles = new OpenFiles(builder);
    this.#wanted = wanted;
  }

  /** Returns a thread. An unknown one was started by the call that has not returned yet, if there is one. */
  thread(pid: number, atNs: number): TracedThread {
    const known = this.#threads.get(pid);
    if (known !== undefined) return known;
    const starting = this.starting.shift();
    if (starting !== undefined) return this.start(pid, starting.thread, starting);
    return this.#add(pid, this.builder.thread(null, atNs), new TracedProcess());
  }

  /** Adds a thread that another one started. */
  start(
    pid: number,
    parent: TracedThread,
    { token, flags, atNs }: { readonly token: number | null; readonly flags: string; readonly atNs: number },
  ): TracedThread {
    const known = this.#threads.get(pid);
    if (known !== undefined) return known;
    const program = flags.includes('CLONE_FILES') ? parent.program : parent.program.fork();
    return this.#add(pid, this.builder.thread(token, atNs), program);
  }

  has(pid: number): boolean {
    return this.#threads.has(pid);
  }

  #add(pid: number, inTrace: ThreadInTrace, program: TracedProcess): TracedThread {
    const thread = { pid, inTrace, program, unfinished: null, begun: null };
    this.#threads.set(pid, thread);
    return thread;
  }

  /** A number of a process may be given again. */
  ended(pid: number): void {
    const thread = this.#threads.get(pid);
    if (thread === undefined) return;
    this.builder.end(thread.inTrace);
    this.#threads.delete(pid);
  }

  /** Returns the file with this path if it belongs to the trace. If not, it is counted. */
  file(path: string | null): FileInTrace | null {
    if (path !== null && isOfInterest(path, this.#wanted)) return this.builder.file(path);
    this.builder.leaveOut('on other files');
    return null;
  }

  /** Returns the path of a name relative to a directory. */
  pathOf(thread: TracedThread, directory: string | undefined, name: string | null): string | null {
    if (name === null) return null;
    if (name.startsWith('/')) return normalized(name);
    const descriptor = descriptorOf(directory);
    const base =
      descriptor?.name ?? (descriptor === null ? null : (thread.program.get(descriptor.number)?.name ?? null));
    return normalized(base === null ? name : `${base}/${name}`);
  }

  /**
   * Returns the open file of a descriptor. One that was open before the trace began is known by its name only, which
   * strace writes with -y. Null: it is unknown.
   */
  open(thread: TracedThread, argument: string | undefined, how = 0): OpenFile | null {
    const descriptor = descriptorOf(argument);
    if (descriptor === null) return null;
    const known = thread.program.get(descriptor.number);
    if (known !== undefined && (descriptor.name === null || descriptor.name === known.name)) return known;
    if (descriptor.name === null) return null;
    const file =
      isOfInterest(descriptor.name, this.#wanted) && descriptor.name.startsWith('/')
        ? this.builder.file(descriptor.name)
        : null;
    const open = this.openFiles.create(file, descriptor.name, how, null);
    thread.program.set(descriptor.number, open);
    return open;
  }
}

/** Returns a path without `.` and `..`. */
function normalized(path: string): string {
  if (!/(?:^|\/)\.{0,2}(?:\/|$)/.test(path.slice(1))) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}
