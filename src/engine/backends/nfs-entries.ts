import { below } from '../../host/files/store-of.js';
import type { NfsStore } from '../../host/libnfs/nfs-store.js';
import { codeOf } from '../../host/system/libc.js';
import { IoFault } from '../core/backend.js';
import type { Entries } from '../core/entries.js';
import { attempt, entryFault } from '../core/faults.js';

/** The entries of directories on an NFS server, through libnfs. Each call names the entry by its path. */
export class NfsEntries implements Entries {
  readonly #store: NfsStore;
  #path = '';

  constructor(store: NfsStore) {
    this.#store = store;
  }

  enter(_top: string, directory: string): void {
    this.#path = directory;
  }

  /** Always exclusive: see `NfsStore.open`. */
  makeFile(name: string): number {
    return this.#on(name, 'create', (path) => this.#store.createNew(path));
  }

  closeFile(handle: number): void {
    attempt(this.#path, () => this.#store.close(handle));
  }

  makeDirectory(name: string): void {
    this.#on(name, 'mkdir', (path) => this.#store.makeDirectory(path));
  }

  status(name: string): void {
    this.#on(name, 'stat', (path) => {
      if (this.#store.status(path) === null) throw entryFault('ENOENT', 'stat', path);
    });
  }

  rename(from: string, to: string): void {
    this.#on(from, 'rename', (path) => this.#store.rename(path, below(this.#path, to)));
  }

  removeFile(name: string): void {
    this.#on(name, 'unlink', (path) => this.#store.unlink(path));
  }

  removeDirectory(name: string): void {
    this.#on(name, 'rmdir', (path) => this.#store.removeDirectory(path));
  }

  list(): number {
    return attempt(this.#path, () => this.#store.names(this.#path).length);
  }

  leave(): void {
    this.#path = '';
  }

  #on<T>(name: string, syscall: string, call: (path: string) => T): T {
    const path = below(this.#path, name);
    try {
      return call(path);
    } catch (thrown) {
      const code = codeOf(thrown);
      throw thrown instanceof IoFault || code === null ? thrown : entryFault(code, syscall, path);
    }
  }
}
