import { isOfInterest } from './file-class.js';
import type { TraceBuilder } from './trace-builder.js';
import { OPEN } from './trace-calls.js';
import type { FileInTrace, ThreadInTrace } from './trace-parts.js';
import { noteOpen } from './trace-parts.js';

/** A call of a source that tells files by their names, and calls in any order. */
export interface NamedCall {
  readonly thread: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly name: 'open' | 'close' | 'read' | 'pread' | 'write' | 'stat' | 'fsync' | 'list' | 'seek';
  readonly path: string;
  /** Null: at the position of the file. */
  readonly offset: number | null;
  readonly asked: number;
  readonly moved: number;
  /** Of an open: a sum of `OPEN`. */
  readonly how: number;
}

interface Handle {
  readonly number: number;
  readonly file: FileInTrace;
  position: number;
}

/** Adds the calls of such a source to a trace, in the order of their times. A thread has each file open at most once. */
export class SortedCalls {
  readonly #builder: TraceBuilder;
  readonly #wanted: readonly string[];
  readonly #calls: NamedCall[] = [];
  readonly #threads = new Map<string, { readonly inTrace: ThreadInTrace; readonly handles: Map<string, Handle> }>();
  #handles = 0;

  constructor(builder: TraceBuilder, wanted: readonly string[]) {
    this.#builder = builder;
    this.#wanted = wanted;
  }

  add(call: NamedCall): void {
    if (isOfInterest(call.path, this.#wanted)) this.#calls.push(call);
    else this.#builder.leaveOut('on other files');
  }

  end(): void {
    this.#calls.sort((a, b) => a.startNs - b.startNs);
    for (const call of this.#calls) this.#emit(call);
  }

  #emit(call: NamedCall): void {
    let thread = this.#threads.get(call.thread);
    if (thread === undefined) {
      thread = { inTrace: this.#builder.thread(null, Number.NaN), handles: new Map() };
      this.#threads.set(call.thread, thread);
    }
    const { inTrace, handles } = thread;
    const file = this.#builder.file(call.path);
    const times = [call.startNs, call.endNs] as const;
    if (call.name === 'open') this.#open(inTrace, handles, call, file);
    else if (call.name === 'stat') this.#builder.call(inTrace, 'stat', times, [file.number], file);
    else if (call.name === 'list') {
      file.isDirectory = true;
      this.#builder.call(inTrace, 'list', times, [file.number, Math.max(0, call.moved)], file);
    } else this.#onHandle(inTrace, handles, call, file);
  }

  #open(thread: ThreadInTrace, handles: Map<string, Handle>, call: NamedCall, file: FileInTrace): void {
    noteOpen(file, call.how);
    const known = handles.get(call.path);
    if (known !== undefined) this.#close(thread, handles, known, call.startNs, call.startNs);
    const handle = { number: this.#handles++, file, position: 0 };
    handles.set(call.path, handle);
    this.#builder.call(thread, 'open', [call.startNs, call.endNs], [file.number, call.how, handle.number], file);
  }

  #close(thread: ThreadInTrace, handles: Map<string, Handle>, handle: Handle, startNs: number, endNs: number): void {
    handles.delete(handle.file.path);
    this.#builder.call(thread, 'close', [startNs, endNs], [handle.number], handle.file);
  }

  #onHandle(thread: ThreadInTrace, handles: Map<string, Handle>, call: NamedCall, file: FileInTrace): void {
    const { name, startNs, endNs, asked, moved } = call;
    const how = name === 'write' || name === 'fsync' ? OPEN.write : 0;
    if (how !== 0) noteOpen(file, how);
    let handle = handles.get(call.path);
    if (name === 'close') {
      if (handle !== undefined) this.#close(thread, handles, handle, startNs, endNs);
      return;
    }
    if (handle === undefined) {
      handle = { number: this.#handles++, file, position: 0 };
      handles.set(call.path, handle);
      this.#builder.call(thread, 'adopt', [startNs, startNs], [file.number, how, handle.number], file);
    }
    const offset = call.offset ?? handle.position;
    if (name === 'seek') {
      handle.position = offset;
      this.#builder.call(thread, 'seek', [startNs, endNs], [handle.number, offset], file);
    } else if (name === 'fsync') this.#builder.call(thread, 'fsync', [startNs, endNs], [handle.number, 0], file);
    else {
      if (name !== 'pread') handle.position = offset + moved;
      file.reachedBytes = Math.max(file.reachedBytes, offset + moved);
      const operands = name === 'write' ? [handle.number, offset, moved] : [handle.number, offset, asked, moved];
      this.#builder.call(thread, name, [startNs, endNs], operands, file, moved);
    }
  }
}
