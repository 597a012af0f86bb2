import type { SystemFault } from '../../base/errors.js';
import type { Opening } from '../../base/opening.js';
import { countEntries } from '../../host/files/count-entries.js';
import { localStore } from '../../host/files/local-store.js';
import { type ReadCalls, readCalls } from '../../host/files/read-calls.js';
import type { FileStore } from '../../host/system/file-store.js';
import { errnoName, libc } from '../../host/system/libc.js';
import { READ } from '../../plan/batch.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import { type Backend, type FileAdvice, IoFault, type OpenMode } from './backend.js';
import type { MonotonicClock } from './clock.js';
import type { Entries } from './entries.js';
import { attempt, STALE } from './faults.js';
import { FileReading } from './file-reading.js';
import { LocalEntries } from './local-entries.js';

/** Values for posix_fadvise(2) on x86-64 and arm64. */
const FADVISE: Readonly<Record<FileAdvice, number>> = { random: 1, dontneed: 4 };

/** Base class of all backends on real files: opening, closing, syncing, renaming and faults. */
export abstract class FileBackend implements Backend {
  readonly clock: MonotonicClock;
  readonly entries: Entries;
  /** Transfers that the kernel ended early and that were then continued. */
  shortTransfers = 0;
  /** File descriptors by slot; -1 = closed. */
  readonly fds: number[] = [];
  protected readonly paths: string[] = [];
  readonly #store: FileStore;
  #direct = false;

  constructor(clock: MonotonicClock, store: FileStore = localStore, entries: Entries = new LocalEntries()) {
    this.clock = clock;
    this.#store = store;
    this.entries = entries;
  }

  abstract transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void;

  open(slot: number, path: string, mode: OpenMode): void {
    const store = this.#store;
    const handle = attempt(path, () => store.open(path, mode));
    this.fds[slot] = handle;
    this.paths[slot] = path;
    this.#direct = mode.direct;
    const { fallocate = 'none', bytes = 0 } = (mode.create && mode.preallocate) || {};
    if (fallocate !== 'none') attempt(path, () => store.preallocate(handle, path, fallocate, bytes));
  }

  adopt(slot: number, path: string, handle: number): void {
    this.fds[slot] = handle;
    this.paths[slot] = path;
  }

  close(slot: number): void {
    const fd = this.fds[slot];
    if (fd === undefined || fd < 0) return;
    this.fds[slot] = -1;
    attempt(this.paths[slot] as string, () => this.#store.close(fd));
  }

  advise(slot: number, advice: FileAdvice, offsetBytes: number, lengthBytes: number): void {
    libc()?.posixFadvise64(this.fds[slot] as number, offsetBytes, lengthBytes, FADVISE[advice]);
  }

  sync(slot: number, dataOnly: boolean): void {
    attempt(this.paths[slot] as string, () => this.#store.sync(this.fds[slot] as number, dataOnly));
  }

  rename(from: string, to: string): void {
    attempt(from, () => this.#store.rename(from, to));
  }

  makeDirectories(base: string, path: string): void {
    attempt(path, () => this.#store.makeDirectories(base, path));
  }

  syncDirectory(path: string): void {
    attempt(path, () => this.#store.syncDirectory(path));
  }

  remove(path: string): void {
    attempt(path, () => this.#store.removeTree(path));
  }

  createReading(memory: Uint8Array, opening: Opening | null): ReaderCalls {
    return new FileReading(this.readCallsOn(memory), this.#store, opening, (path) => this.entriesIn(path, opening));
  }

  /** Lists a directory. Returns how many entries it has. */
  protected entriesIn(path: string, opening: Opening | null): number {
    return countEntries(path, opening);
  }

  /** Returns the calls on open files whose bytes go to `memory`. */
  protected readCallsOn(memory: Uint8Array): ReadCalls {
    return readCalls(memory);
  }

  /** Closes all files and ignores errors: a program that ended well has already closed its files. */
  dispose(): void {
    this.entries.leave();
    for (const slot of this.fds.keys()) {
      try {
        this.close(slot);
      } catch {}
    }
  }

  /** Returns the fault of a failed transfer. `result` is a negative errno, or 0 when nothing was moved. */
  transferFault(kind: number, slot: number, offsetBytes: number, result: number): IoFault {
    if (result === 0) {
      const what = kind === READ ? 'reached the end of the file: was it truncated?' : 'wrote nothing';
      return this.#faultOf(kind, slot, offsetBytes, kind === READ ? 'EOF' : 'EIO', what);
    }
    const code = errnoName(-result);
    return this.#faultOf(kind, slot, offsetBytes, code, `failed with ${code}${this.reasonOf(code)}`);
  }

  /** Returns an explanation to append to the fault's message, or ''. */
  protected reasonOf(code: string): string {
    if (code === 'ESTALE') return `: ${STALE}`;
    return code === 'EINVAL' && this.#direct ? ': O_DIRECT requires multiples of the block size of the device' : '';
  }

  #faultOf(kind: number, slot: number, offsetBytes: number, code: string, what: string): IoFault {
    const syscall = kind === READ ? 'pread' : 'pwrite';
    const path = this.paths[slot] ?? null;
    const message = `${syscall} of ${path} at ${offsetBytes} ${what}`;
    const fault: SystemFault = { code, syscall, path, offsetBytes, message };
    return new IoFault(fault);
  }
}
