import type { SystemFault } from '../../base/errors.js';
import type { Opening } from '../../base/opening.js';
import type { ReadAdvice, ReadCalls } from '../../host/files/read-calls.js';
import type { FileStore } from '../../host/system/file-store.js';
import { errnoName } from '../../host/system/libc.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import { IoFault } from './backend.js';
import { attempt, STALE } from './faults.js';

interface OpenedHere {
  readonly path: string;
  /** The length that the file should have. */
  readonly bytes: number;
}

interface Mapped {
  readonly handle: number;
  readonly path: string;
  readonly bytes: number;
}

/** Returns how many entries a directory has. Throws errors of Node's shape. */
export type ListDirectory = (path: string) => number;

/** The calls of readers on real files, through a store for opening them and calls on what is open. Throws `IoFault`. */
export class FileReading implements ReaderCalls {
  readonly #calls: ReadCalls;
  readonly #store: FileStore;
  readonly #opening: Opening | null;
  readonly #list: ListDirectory;
  readonly #opened = new Map<number, OpenedHere>();
  /** Maps by their address. */
  readonly #mapped = new Map<number, Mapped>();

  /** @param opening how to open files that are not feedrate's; null: they are */
  constructor(calls: ReadCalls, store: FileStore, opening: Opening | null, list: ListDirectory) {
    this.#calls = calls;
    this.#store = store;
    this.#opening = opening;
    this.#list = list;
  }

  open(path: string, bytes: number, { direct = false } = {}): number {
    const mode = { write: false, create: false, direct, opening: this.#opening };
    const handle = attempt(path, () => this.#store.open(path, mode));
    this.#opened.set(handle, { path, bytes });
    return handle;
  }

  close(handle: number): void {
    const path = this.#pathOf(handle);
    this.#opened.delete(handle);
    this.#calls.forget(handle);
    attempt(path, () => this.#store.close(handle));
  }

  status(handle: number): void {
    this.#requireWhole(handle, this.#checked('fstat', handle, this.#calls.status(handle)));
  }

  statusOf(path: string): void {
    const follows = this.#opening?.follow === true;
    const found = attempt(path, () => (follows ? this.#store.statusBehind(path) : this.#store.status(path)));
    if (found === null) throw faultOf('ENOENT', 'stat', path);
  }

  askTerminal(handle: number): void {
    this.#calls.askTerminal(handle);
  }

  seek(handle: number, offsetBytes: number, from: 'set' | 'current' | 'end'): number {
    const position = this.#checked('lseek', handle, this.#calls.seek(handle, offsetBytes, from));
    if (from === 'end') this.#requireWhole(handle, position - offsetBytes);
    return position;
  }

  read(handle: number, lengthBytes: number): number {
    return this.#checked('read', handle, this.#calls.read(handle, lengthBytes));
  }

  readAt(handle: number, offsetBytes: number, lengthBytes: number): number {
    return this.#checked('pread', handle, this.#calls.readAt(handle, offsetBytes, lengthBytes));
  }

  advise(handle: number, offsetBytes: number, lengthBytes: number, advice: ReadAdvice): void {
    this.#checked('fadvise', handle, this.#calls.advise(handle, offsetBytes, lengthBytes, advice));
  }

  lock(handle: number, how: 'shared' | 'exclusive' | 'none'): void {
    this.#checked('flock', handle, this.#calls.lock(handle, how));
  }

  map(handle: number, lengthBytes: number): number {
    // A page beyond the end would raise SIGBUS, which ends the process.
    this.#requireWhole(handle, this.#checked('fstat', handle, this.#calls.status(handle)));
    const address = this.#checked('mmap', handle, this.#calls.map(handle, lengthBytes));
    this.#mapped.set(address, { handle, path: this.#pathOf(handle), bytes: lengthBytes });
    return address;
  }

  touch(map: number, offsetBytes: number, lengthBytes: number): void {
    const { bytes, path } = this.#mapped.get(map) as Mapped;
    if (offsetBytes + lengthBytes > bytes) throw faultOf('EOF', 'mmap', path, ': the range is not in the file');
    this.#calls.copy(map + offsetBytes, lengthBytes);
  }

  unmap(map: number): void {
    const { bytes, path } = this.#mapped.get(map) as Mapped;
    this.#mapped.delete(map);
    const result = this.#calls.unmap(map, bytes);
    if (result < 0) throw faultOf(errnoName(-result), 'munmap', path);
  }

  list(path: string): number {
    return attempt(path, () => this.#list(path));
  }

  /** Throws when a file is shorter than it should be: a reader would look for its parts in vain. */
  #requireWhole(handle: number, foundBytes: number): void {
    const { path, bytes } = this.#opened.get(handle) as OpenedHere;
    if (foundBytes < bytes)
      throw faultOf('EOF', 'fstat', path, `: it has ${foundBytes} bytes instead of ${bytes}; was it truncated?`);
  }

  #checked(syscall: string, handle: number, result: number): number {
    if (result >= 0) return result;
    const code = errnoName(-result);
    throw faultOf(code, syscall, this.#pathOf(handle), MEANINGS[code]);
  }

  #pathOf(handle: number): string {
    return this.#opened.get(handle)?.path ?? 'a closed file';
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSYS: ': this needs a mounted file system and the optional dependency koffi',
  EAGAIN: ': another program has locked the file',
  ENOLCK: ': the server grants no locks; mount it with the option nolock or local_lock=flock',
  EINVAL: ': O_DIRECT requires multiples of the block size of the device',
  ESTALE: `: ${STALE}`,
};

function faultOf(code: string, syscall: string, path: string, meaning = ''): IoFault {
  const message = `${syscall} of ${path} failed with ${code}${meaning}`;
  const fault: SystemFault = { code, syscall, path, offsetBytes: null, message };
  return new IoFault(fault);
}
