/** Makes a trace from strace's output. */
import { FILE_HANDLERS } from './strace-files.js';
import { callName, readCall, StraceClock } from './strace-line.js';
import { ORDER_HANDLERS } from './strace-order.js';
import { type CallHandler, StraceState, type TracedThread } from './strace-state.js';
import type { TraceBuilder } from './trace-builder.js';

const UNFINISHED = ' <unfinished ...>';
const RESUMED = /^<\.\.\. ([a-z0-9_]+) resumed>/;

const HANDLERS: ReadonlyMap<string, CallHandler> = new Map([
  ...Object.entries(FILE_HANDLERS),
  ...Object.entries(ORDER_HANDLERS.calls),
]);

/** The calls that make up a trace, for `strace -e trace=`. */
export const TRACED_CALLS: readonly string[] = [...HANDLERS.keys(), 'execve'];

/** Reads strace's output line by line: with -f or without, with -t, -tt, -ttt or -r, with -T and -y or without. */
export class StraceImport {
  readonly source = 'strace';
  readonly #state: StraceState;
  readonly #clock = new StraceClock();

  /** @param wanted the directories whose files belong to the trace; empty: all but the system's */
  constructor(builder: TraceBuilder, wanted: readonly string[]) {
    this.#state = new StraceState(builder, wanted);
  }

  /** Whether every call had a duration, and there was one. */
  get timed(): boolean {
    return this.#state.timed === true;
  }

  /** @param pid the process, if the line does not name it */
  add(text: string, pid = 0): void {
    const line = this.#clock.read(text);
    const { body } = line;
    const atNs = line.atNs ?? this.#state.nowNs;
    this.#state.nowNs = Math.max(this.#state.nowNs, atNs);
    const number = line.pid ?? pid;
    const resumed = RESUMED.exec(body);
    if (body.startsWith('+++')) this.#state.ended(number);
    else if (resumed !== null) this.#resume(number, resumed, body, atNs);
    else if (!body.startsWith('---') && body !== '') this.#begin(number, body, atNs);
  }

  /** A line that a call begins with, and mostly ends. */
  #begin(number: number, body: string, atNs: number): void {
    const name = callName(body);
    if (name === null) {
      this.#state.builder.leaveOut('lines that are no calls');
      return;
    }
    const handler = HANDLERS.get(name);
    if (handler === undefined) return;
    const thread = this.#state.thread(number, atNs);
    if (body.endsWith(UNFINISHED)) {
      const begun = body.slice(0, -UNFINISHED.length);
      thread.unfinished = { text: begun, startNs: atNs };
      const call = readCall(`${begun}) = ?`);
      if (call !== null) ORDER_HANDLERS.begun(this.#state, thread, call, atNs);
    } else this.#complete(handler, thread, body, atNs, null);
  }

  #resume(pid: number, [prefix, name = '']: RegExpExecArray, body: string, atNs: number): void {
    const handler = HANDLERS.get(name);
    if (handler === undefined) return;
    const thread = this.#state.thread(pid, atNs);
    const { unfinished } = thread;
    thread.unfinished = null;
    if (unfinished === null || callName(unfinished.text) !== name)
      this.#state.builder.leaveOut('calls that began before the trace');
    else
      this.#complete(
        handler,
        thread,
        unfinished.text + body.slice((prefix as string).length),
        unfinished.startNs,
        atNs,
      );
  }

  #complete(handler: CallHandler, thread: TracedThread, text: string, startNs: number, resumedNs: number | null): void {
    const call = readCall(text);
    if (call === null) {
      this.#state.builder.leaveOut('lines that are cut off');
      return;
    }
    if (call.tookNs !== null) this.#state.timed ??= true;
    // exit(2) does not return.
    else if (!Number.isNaN(call.result)) this.#state.timed = false;
    const endNs = call.tookNs === null ? (resumedNs ?? startNs) : startNs + call.tookNs;
    handler(this.#state, thread, call, startNs, endNs);
    this.#state.builder.traced(thread.inTrace);
    thread.begun = null;
  }
}
