import { Wakes } from './messages.js';
import type { TraceBuilder } from './trace-builder.js';
import type { FileInTrace, ThreadInTrace } from './trace-parts.js';

/** An open file of a traced program. Descriptors that were duplicated or inherited have the same one, and its position. */
export interface OpenFile {
  /** Null: it does not belong to the trace. */
  readonly file: FileInTrace | null;
  /** The name that strace gives with -y; `pipe:[1]` for a pipe. */
  readonly name: string;
  readonly handle: number;
  how: number;
  position: number;
  /** The threads that opened or adopted it. */
  readonly knownTo: Set<ThreadInTrace>;
  /** Of a directory: time in its calls since its last listing, and the entries that they returned. */
  listedNs: number;
  entries: number;
}

/** A process: threads that share their descriptors and maps. */
export class TracedProcess {
  readonly #descriptors: Map<number, OpenFile>;
  readonly maps: Map<string, OpenFile>;
  readonly wakes = new Wakes();

  constructor(descriptors = new Map<number, OpenFile>(), maps = new Map<string, OpenFile>()) {
    this.#descriptors = descriptors;
    this.maps = maps;
  }

  /** Returns a process that has inherited what this one has open. In a replay, each has its own. */
  fork(): TracedProcess {
    return new TracedProcess(new Map(this.#descriptors), new Map(this.maps));
  }

  get(descriptor: number): OpenFile | undefined {
    return this.#descriptors.get(descriptor);
  }

  set(descriptor: number, open: OpenFile): void {
    if (this.#descriptors.get(descriptor) === open) return;
    this.close(descriptor);
    this.#descriptors.set(descriptor, open);
  }

  /** Returns the open file if this was its last descriptor in this process. */
  close(descriptor: number): OpenFile | null {
    const open = this.#descriptors.get(descriptor);
    if (open === undefined) return null;
    this.#descriptors.delete(descriptor);
    for (const other of this.#descriptors.values()) if (other === open) return null;
    return open;
  }
}

/** Numbers the open files of a trace, and tells the threads of a replay about those that they did not open themselves. */
export class OpenFiles {
  readonly #builder: TraceBuilder;
  #handles = 0;

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  create(file: FileInTrace | null, name: string, how: number, opener: ThreadInTrace | null): OpenFile {
    const knownTo = new Set(opener === null ? [] : [opener]);
    const handle = this.#handles++;
    return { file, name, handle, how, position: 0, knownTo, listedNs: 0, entries: 0 };
  }

  /** Makes sure that a thread of the replay has this file. */
  adopt(open: OpenFile, file: FileInTrace, thread: ThreadInTrace, atNs: number): void {
    if (open.knownTo.has(thread)) return;
    open.knownTo.add(thread);
    this.#builder.call(thread, 'adopt', [atNs, atNs], [file.number, open.how, open.handle], file);
  }
}
