import { dirname } from 'node:path';
import { below } from '../../host/files/store-of.js';
import { READ, WRITE } from '../../plan/batch.js';
import type { DataFile } from '../../plan/plan.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import { fileClassOf } from '../../training/trace/file-class.js';
import { OPEN } from '../../training/trace/trace-calls.js';
import type { TraceFile } from '../../training/trace/trace-file.js';
import { IoFault } from '../core/backend.js';
import type { ProgramContext } from './job-program.js';

/** What a thread of the replay has open. */
interface OpenedInReplay {
  readonly file: number;
  /** Null: it is open for writing, in a slot of the backend. */
  readonly reader: ReaderCalls | null;
  /** The handle of the reader, or the slot. -1: closed, with a map left. */
  handle: number;
  position: number;
  readonly maps: number[];
}

const DIRECT_MODES = { direct: true };
const PLAIN_MODES = { direct: false };

/**
 * The files of a replay. Those that the trace reads are data files. Those that it writes or removes are in the trial's
 * scratch directory, under names of their own: no name of the trace is ever opened, made or removed.
 */
export class ReplayFiles {
  readonly #context: ProgramContext;
  readonly #files: readonly TraceFile[];
  readonly #classes: readonly string[];
  /** By the file's number: its place among the files that are read; -1: it is not. */
  readonly #places: Int32Array;
  readonly #listed = new Map<string, number>();
  readonly #opened = new Map<number, OpenedInReplay>();
  readonly #data: ReaderCalls;
  readonly #own: ReaderCalls;
  readonly #freeSlots: number[] = [];
  #slots = 0;

  constructor(context: ProgramContext, files: readonly TraceFile[]) {
    const { backend, content, task } = context;
    this.#context = context;
    this.#files = files;
    this.#data = backend.createReading(content.bytes, task.opening ?? null);
    this.#own = task.opening == null ? this.#data : backend.createReading(content.bytes, null);
    this.#classes = files.map(({ name }) => fileClassOf(name));
    this.#places = new Int32Array(files.length);
    let reads = 0;
    files.forEach(({ name, use }, number) => {
      this.#places[number] = use === 'read' ? reads : -1;
      if (use !== 'read') return;
      const directory = name.slice(0, Math.max(0, name.lastIndexOf('/')));
      if (!this.#listed.has(directory)) this.#listed.set(directory, reads);
      reads++;
    });
  }

  /** Returns the number of the file that a call works on. */
  fileOf(name: string, first: number): number {
    return name === 'open' || name === 'stat' || name === 'list' || name === 'rename' || name === 'unlink'
      ? first
      : (this.#opened.get(first)?.file ?? 0);
  }

  classOf(file: number): string {
    return this.#classes[file] ?? 'none';
  }

  /** Makes the files that the program found and changed, before the replay begins. */
  makeInitial(blockBytes: number): void {
    const { backend, content } = this.#context;
    this.#files.forEach(({ use, initialBytes }, number) => {
      if (use !== 'written' || initialBytes === 0) return;
      const path = this.#pathOf(number);
      backend.open(0, path, { write: true, create: true, direct: false });
      for (let at = 0; at < initialBytes; at += blockBytes) {
        const bytes = Math.min(blockBytes, initialBytes - at);
        backend.transfer(WRITE, 0, at, bytes, content.dataAt);
      }
      backend.close(0);
    });
    content.take({ path: '', bytes: 0, contentSeed: this.#context.task.seed });
  }

  /** Opens a file that another thread opened in the recording. */
  adopt(file: number, how: number, handle: number): void {
    this.open(file, how & ~(OPEN.create | OPEN.truncate | OPEN.exclusive), handle);
  }

  open(file: number, how: number, handle: number): void {
    const { backend } = this.#context;
    const { use, bytes } = this.#files[file] as TraceFile;
    if (use === 'directory') {
      this.#opened.set(handle, { file, reader: null, handle: -1, position: 0, maps: [] });
      return;
    }
    const path = this.#pathOf(file);
    const isDirect = (how & OPEN.direct) !== 0;
    if ((how & OPEN.write) !== 0) {
      const slot = this.#freeSlots.pop() ?? this.#slots++;
      const create =
        (how & (OPEN.truncate | OPEN.exclusive)) !== 0 || ((how & OPEN.create) !== 0 && !this.#exists(path));
      backend.open(slot, path, { write: true, create, direct: isDirect });
      this.#opened.set(handle, { file, reader: null, handle: slot, position: 0, maps: [] });
    } else {
      const reader = use === 'read' ? this.#data : this.#own;
      const fd = reader.open(path, use === 'read' ? bytes : 0, isDirect ? DIRECT_MODES : PLAIN_MODES);
      this.#opened.set(handle, { file, reader, handle: fd, position: 0, maps: [] });
    }
  }

  /** A map outlives the close of its file. */
  close(handle: number): void {
    const opened = this.#opened.get(handle);
    if (opened === undefined || opened.handle < 0) return;
    if (opened.reader !== null) opened.reader.close(opened.handle);
    else {
      this.#context.backend.close(opened.handle);
      this.#freeSlots.push(opened.handle);
    }
    opened.handle = -1;
    if (opened.maps.length === 0) this.#opened.delete(handle);
  }

  /** Reads at the position of the file if it is where it was in the recording. Returns the bytes read. */
  read(handle: number, offsetBytes: number, lengthBytes: number): number {
    const opened = this.#opened.get(handle);
    if (opened === undefined || opened.handle < 0) return 0;
    if (opened.reader === null || opened.position !== offsetBytes) return this.readAt(handle, offsetBytes, lengthBytes);
    const bytes = opened.reader.read(opened.handle, lengthBytes);
    opened.position += bytes;
    return bytes;
  }

  readAt(handle: number, offsetBytes: number, lengthBytes: number): number {
    const opened = this.#opened.get(handle);
    if (opened === undefined || opened.handle < 0) return 0;
    if (opened.reader !== null) return opened.reader.readAt(opened.handle, offsetBytes, lengthBytes);
    const { backend, content } = this.#context;
    const { bytes: fileBytes } = this.#files[opened.file] as TraceFile;
    const wanted = Math.max(0, Math.min(lengthBytes, fileBytes - offsetBytes));
    for (let done = 0; done < wanted; done += content.placeBytes)
      backend.transfer(
        READ,
        opened.handle,
        offsetBytes + done,
        Math.min(content.placeBytes, wanted - done),
        content.dataAt,
      );
    return wanted;
  }

  /** Returns the slot of a file that is written. One that was opened only for reading is opened again. */
  writer(handle: number): number {
    const opened = this.#opened.get(handle);
    if (opened !== undefined && opened.reader === null && opened.handle >= 0) return opened.handle;
    const file = opened?.file ?? 0;
    this.close(handle);
    this.open(file, OPEN.write | (this.#exists(this.#pathOf(file)) ? 0 : OPEN.create), handle);
    return (this.#opened.get(handle) as OpenedInReplay).handle;
  }

  /** Makes a call on a file that is open for reading. */
  onReader(handle: number, call: (calls: ReaderCalls, handle: number) => void): void {
    const opened = this.#opened.get(handle);
    if (opened !== undefined && opened.reader !== null && opened.handle >= 0) call(opened.reader, opened.handle);
  }

  /** Asks for the attributes of what is open. */
  fstat(handle: number): void {
    const opened = this.#opened.get(handle);
    if (opened !== undefined && this.#files[opened.file]?.use === 'directory') this.status(opened.file);
    else this.onReader(handle, (calls, fd) => calls.status(fd));
  }

  /** Moves the position of a file. */
  seek(handle: number, offsetBytes: number): void {
    const opened = this.#opened.get(handle);
    if (opened !== undefined) opened.position = offsetBytes;
    this.onReader(handle, (calls, fd) => calls.seek(fd, offsetBytes, 'set'));
  }

  sync(handle: number, dataOnly: boolean): void {
    const { backend, task } = this.#context;
    const opened = this.#opened.get(handle);
    if (opened !== undefined && opened.reader === null && opened.handle >= 0) backend.sync(opened.handle, dataOnly);
    else backend.syncDirectory(task.scratchDirectory);
  }

  map(handle: number, endBytes: number): void {
    const opened = this.#opened.get(handle);
    if (opened === undefined || opened.reader === null || opened.handle < 0) return;
    const { bytes } = this.#files[opened.file] as TraceFile;
    const length = Math.min(endBytes, bytes);
    if (length > 0) opened.maps.push(opened.reader.map(opened.handle, length));
  }

  /** Returns the bytes of the map that were read. */
  touch(handle: number, offsetBytes: number, lengthBytes: number): number {
    const opened = this.#opened.get(handle);
    const map = opened?.maps.at(-1);
    if (opened === undefined || opened.reader === null || map === undefined) return 0;
    const { bytes } = this.#files[opened.file] as TraceFile;
    const length = Math.max(0, Math.min(lengthBytes, bytes - offsetBytes));
    if (length > 0) opened.reader.touch(map, offsetBytes, length);
    return length;
  }

  unmap(handle: number): void {
    const opened = this.#opened.get(handle);
    const map = opened?.maps.pop();
    if (opened === undefined || map === undefined) return;
    opened.reader?.unmap(map);
    if (opened.handle < 0 && opened.maps.length === 0) this.#opened.delete(handle);
  }

  status(file: number): void {
    const { use } = this.#files[file] as TraceFile;
    const calls = use === 'written' ? this.#own : this.#data;
    try {
      calls.statusOf(use === 'directory' ? this.#directoryOf(file) : this.#pathOf(file));
    } catch (thrown) {
      if (use !== 'written' || !isMissing(thrown)) throw thrown;
    }
  }

  list(file: number, entries: number): void {
    this.#data.list(this.#directoryOf(file), entries);
  }

  rename(from: number, to: number): void {
    this.#onWritten([from, to], () => this.#context.backend.rename(this.#pathOf(from), this.#pathOf(to)));
  }

  unlink(file: number): void {
    this.#onWritten([file], () => this.#context.backend.remove(this.#pathOf(file)));
  }

  closeAll(): void {
    for (const [handle, { maps }] of [...this.#opened]) {
      while (maps.length > 0) this.unmap(handle);
      this.close(handle);
    }
  }

  /** Only what a replay writes itself is renamed and removed. */
  #onWritten(files: readonly number[], change: () => void): void {
    if (files.some((file) => (this.#files[file] as TraceFile).use !== 'written')) return;
    try {
      change();
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
  }

  #exists(path: string): boolean {
    try {
      this.#own.statusOf(path);
      return true;
    } catch (thrown) {
      if (isMissing(thrown)) return false;
      throw thrown;
    }
  }

  #pathOf(number: number): string {
    const place = this.#places[number] as number;
    if (place >= 0) return (this.#context.files.at(place) as DataFile).path;
    return below(this.#context.task.scratchDirectory, `written-${number}`);
  }

  /** Returns the directory of the files that stand for those of a recorded directory. */
  #directoryOf(number: number): string {
    const { name } = this.#files[number] as TraceFile;
    const file = this.#context.files.at(this.#listed.get(name) ?? 0);
    return file === undefined ? this.#context.task.scratchDirectory : dirname(file.path);
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof IoFault && thrown.fault.code === 'ENOENT';
}
