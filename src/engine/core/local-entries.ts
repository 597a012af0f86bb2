import { fstatSync } from 'node:fs';
import { type EntryCalls, entryCalls } from '../../host/files/entry-calls.js';
import { descriptorOf } from '../../host/files/held-directories.js';
import { quickStatus } from '../../host/files/quick-open.js';
import { below, storeOf } from '../../host/files/store-of.js';
import type { HeldDirectory } from '../../host/system/file-store.js';
import { errnoName } from '../../host/system/libc.js';
import { kindOfMode } from '../../host/system/stat-status.js';
import type { Entries, NewFile } from './entries.js';
import { attempt, entryFault } from './faults.js';

/** The entries of directories on mounted file systems. The directory is held open, and its entries are reached from it. */
export class LocalEntries implements Entries {
  /** Loaded when it is first used, because most jobs do not work on entries. */
  #calls: EntryCalls | null = null;
  #top: { readonly path: string; readonly held: HeldDirectory } | null = null;
  #held: HeldDirectory | null = null;
  #path = '';
  #fd = -1;

  enter(top: string, directory: string): void {
    if (this.#path === directory) return;
    this.#leaveDirectory();
    if (this.#top?.path !== top) {
      this.leave();
      this.#top = { path: top, held: attempt(top, () => storeOf(top).hold(top)) };
    }
    this.#held = attempt(directory, () => storeOf(directory).hold(directory));
    this.#fd = descriptorOf(directory) as number;
    this.#path = directory;
  }

  makeFile(name: string, { exclusive, isWritten }: NewFile): number {
    const fd = this.#ready().createFile(this.#fd, name, exclusive);
    if (fd < 0) return this.#fail(fd, 'open', name);
    if (isWritten && !exclusive) this.#requireNew(fd, name);
    return fd;
  }

  /** Throws unless an open file is empty, regular and has one name: nothing foreign is written to. */
  #requireNew(fd: number, name: string): void {
    const { mode, nlink, size } = quickStatus(fd) ?? fstatSync(fd);
    if (kindOfMode(mode) === 'file' && nlink === 1 && size === 0) return;
    this.closeFile(fd);
    throw entryFault('EEXIST', 'open', below(this.#path, name));
  }

  closeFile(handle: number): void {
    const result = this.#ready().closeFile(handle);
    if (result < 0) this.#fail(result, 'close', '');
  }

  makeDirectory(name: string): void {
    const result = this.#ready().makeDirectory(this.#fd, name);
    if (result < 0) this.#fail(result, 'mkdir', name);
  }

  status(name: string): void {
    const result = this.#ready().status(this.#fd, name);
    if (result < 0) this.#fail(result, 'stat', name);
  }

  rename(from: string, to: string): void {
    const result = this.#ready().rename(this.#fd, from, to);
    if (result < 0) this.#fail(result, 'rename', from);
  }

  removeFile(name: string): void {
    const result = this.#ready().removeFile(this.#fd, name);
    if (result < 0) this.#fail(result, 'unlink', name);
  }

  removeDirectory(name: string): void {
    const result = this.#ready().removeDirectory(this.#fd, name);
    if (result < 0) this.#fail(result, 'rmdir', name);
  }

  list(): number {
    const entries = this.#ready().count(this.#fd);
    return entries < 0 ? this.#fail(entries, 'getdents', '') : entries;
  }

  leave(): void {
    this.#leaveDirectory();
    this.#top?.held.close();
    this.#top = null;
  }

  #leaveDirectory(): void {
    this.#held?.close();
    this.#held = null;
    this.#path = '';
    this.#fd = -1;
  }

  #ready(): EntryCalls {
    this.#calls ??= entryCalls();
    return this.#calls;
  }

  #fail(result: number, syscall: string, name: string): never {
    throw entryFault(errnoName(-result), syscall, name === '' ? this.#path : below(this.#path, name));
  }
}
