import { constants } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { FeedrateError } from '../../base/errors.js';
import type { EntryStatus, FileStore, FileSystemSpace, HeldDirectory, OpenFlags } from '../system/file-store.js';
import { notADirectory } from '../system/foreign-entry.js';
import { codeOf, type Libc, libc } from '../system/libc.js';
import { kindOfMode } from '../system/stat-status.js';
import { libnfs } from './libnfs.js';
import { NfsConnection } from './nfs-connection.js';
import { parseNfsUrl, splitNfsPath } from './nfs-url.js';

/** Field indexes in `struct nfs_stat_64` and `struct nfs_statvfs_64`. Each field has 64 bits. */
const STAT = { device: 0, mode: 2, links: 3, owner: 4, size: 7, used: 16, fields: 17 };
const STATVFS = { fragmentBytes: 1, blocks: 2, available: 4, files: 5, availableFiles: 7, fields: 11 };
const TEXT_BYTES = 64 * 1024;
const NEW_FILE_MODE = 0o644;

/** The store for files on an NFS server through libnfs, without a mount and without a cache on this machine. */
export class NfsStore implements FileStore {
  readonly connection: NfsConnection;
  readonly #libc: Libc;
  /** The buffer that libnfs writes its results to. */
  readonly #found = new BigUint64Array(STAT.fields);
  readonly #foundAt: number;
  /** The directories that are held now. */
  #held: readonly string[] = [];
  /** The directory that was last found to be reached without links, because files come by the directory. */
  #lastWay = '';

  constructor(connection: NfsConnection, libc: Libc) {
    this.connection = connection;
    this.#libc = libc;
    this.#foundAt = libc.addressOf(this.#found);
  }

  open(path: string, { write, create }: OpenFlags): number {
    return create ? this.#create(path) : this.#open(path, write ? constants.O_RDWR : constants.O_RDONLY);
  }

  #open(path: string, flags: number): number {
    const careful = flags | constants.O_NOFOLLOW;
    this.#call('open', path, (nfs, inside) => this.#library.open(nfs, inside, careful, this.#foundAt));
    this.connection.opened();
    return Number(this.#found[0]);
  }

  /** Removes an existing file first, because libnfs 4 cannot truncate one on create with NFS version 4. */
  #create(path: string): number {
    try {
      return this.createNew(path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      this.unlink(path);
      return this.createNew(path);
    }
  }

  /** Creates a file that must not exist, and returns its handle. */
  createNew(path: string, mode = NEW_FILE_MODE): number {
    const flags = constants.O_RDWR | constants.O_EXCL;
    this.#call('create', path, (nfs, inside) => this.#library.create(nfs, inside, flags, mode, this.#foundAt));
    this.connection.opened();
    return Number(this.#found[0]);
  }

  close(handle: number): void {
    const { context } = this.connection;
    if (context === 0) return;
    const result = this.#library.close(context, handle);
    this.connection.closed();
    if (result < 0) throw this.connection.errorOf('close', 'a file', result);
  }

  read(handle: number, buffer: Uint8Array, offsetBytes: number): number {
    const bytes = Math.min(buffer.length, this.connection.readMaxBytes);
    const address = this.#libc.addressOf(buffer);
    return this.#onOpen('read', (nfs) => this.#library.pread(nfs, handle, offsetBytes, bytes, address));
  }

  write(handle: number, buffer: Uint8Array, offsetBytes: number): number {
    const bytes = Math.min(buffer.length, this.connection.writeMaxBytes);
    const address = this.#libc.addressOf(buffer);
    return this.#onOpen('write', (nfs) => this.#library.pwrite(nfs, handle, offsetBytes, bytes, address));
  }

  /** Makes the whole file durable. COMMIT has no data-only variant. */
  sync(handle: number): void {
    this.#onOpen('fsync', (nfs) => this.#library.fsync(nfs, handle));
  }

  /** Throws ENOTSUP. NFS 4.2 can preallocate, but libnfs cannot. */
  preallocate(_handle: number, path: string): void {
    const error = Object.assign(new Error(), { code: 'ENOTSUP', errno: -osConstants.errno.ENOTSUP, path });
    throw Object.assign(error, {
      syscall: 'fallocate',
      message: `fallocate of ${path} failed: libnfs does not support it`,
    });
  }

  /** Does nothing. Writes are sent to the server immediately. */
  beginWriteback(): void {}

  readText(path: string): string | null {
    try {
      if (this.status(path)?.kind !== 'file') return null;
      const handle = this.#open(path, constants.O_RDONLY);
      try {
        const text = new Uint8Array(TEXT_BYTES);
        return new TextDecoder().decode(text.subarray(0, this.read(handle, text, 0)));
      } finally {
        this.close(handle);
      }
    } catch {
      return null;
    }
  }

  writeNew(path: string, content: Uint8Array | string, mode: number): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const handle = this.createNew(path, mode);
    try {
      for (let done = 0; done < bytes.length; ) done += this.write(handle, bytes.subarray(done), done);
      this.sync(handle);
    } catch (thrown) {
      this.removeTree(path);
      throw thrown;
    } finally {
      this.close(handle);
    }
  }

  status(path: string): EntryStatus | null {
    this.#refuseLinksAbove(path);
    return this.#statusBy('lstat', path);
  }

  /** libnfs would follow links on the way to an entry. Those below a directory that is held are refused. */
  #refuseLinksAbove(path: string): void {
    const way = path.slice(0, path.lastIndexOf('/'));
    const base = this.#held.find((held) => way.startsWith(`${held}/`));
    if (base === undefined || way === this.#lastWay) return;
    const names = way.slice(base.length + 1).split('/');
    names.reduce((reached, name) => {
      const directory = `${reached}/${name}`;
      const kind = this.#statusBy('lstat', directory)?.kind;
      if (kind !== undefined && kind !== 'directory') throw notADirectory(directory, kind);
      return directory;
    }, base);
    this.#lastWay = way;
  }

  statusBehind(path: string): EntryStatus | null {
    return this.#statusBy('stat', path);
  }

  #statusBy(name: 'lstat' | 'stat', path: string): EntryStatus | null {
    try {
      this.#call(name, path, (nfs, inside) => this.#library[name](nfs, inside, this.#foundAt));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
    const field = (at: number) => Number(this.#found[at]);
    return {
      kind: kindOfMode(field(STAT.mode)),
      links: field(STAT.links),
      bytes: field(STAT.size),
      allocatedBytes: field(STAT.used),
      device: `${this.connection.url.server} ${this.#found[STAT.device]}`,
      ownerId: field(STAT.owner),
      inode: null,
      modifiedMs: null,
      changedMs: null,
    };
  }

  may(): boolean {
    return true;
  }

  names(path: string): string[] {
    this.#call('opendir', path, (nfs, inside) => this.#library.opendir(nfs, inside, this.#foundAt));
    return this.#library.readNames(this.connection.context, Number(this.#found[0]));
  }

  makeDirectory(path: string): void {
    this.#call('mkdir', path, this.#library.mkdir);
  }

  makeDirectories(base: string, path: string): void {
    const names = path
      .slice(base.length)
      .split('/')
      .filter((part) => part !== '');
    names.reduce((reached, name) => {
      const next = `${reached}/${name}`;
      if (this.status(next) === null) this.#makeUnlessThere(next);
      return next;
    }, base);
  }

  /** Creates a directory unless another thread created it first. */
  #makeUnlessThere(path: string): void {
    try {
      this.makeDirectory(path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }

  rename(from: string, to: string): void {
    this.#call('rename', from, (nfs, inside) => this.#library.rename(nfs, inside, splitNfsPath(to).inside));
  }

  unlink(path: string): void {
    this.#call('unlink', path, this.#library.unlink);
  }

  removeDirectory(path: string): void {
    this.#call('rmdir', path, this.#library.rmdir);
  }

  removeTree(path: string): void {
    const kind = this.status(path)?.kind;
    if (kind === undefined) return;
    if (kind !== 'directory') {
      this.unlink(path);
      return;
    }
    for (const name of this.names(path)) this.removeTree(`${path}/${name}`);
    this.removeDirectory(path);
  }

  /** Does nothing. Servers make names durable before they answer (RFC 1813, 4.8; RFC 7530, 4.2.3). */
  syncDirectory(): void {}

  /** Holds a directory by its path. The protocol identifies directories by handles, but libnfs does not expose them. */
  hold(named: string): HeldDirectory {
    const path = named.replace(/\/\.$/, '');
    const status = path === named ? this.status(path) : this.statusBehind(path);
    if (status?.kind !== 'directory') {
      const code = status === null ? 'ENOENT' : 'ENOTDIR';
      throw Object.assign(new Error(`${code}: ${path} is not a directory`), { code, syscall: 'open', path });
    }
    this.#held = [...this.#held, path];
    return {
      at: (name = '') => (name === '' ? path : `${path}/${name}`),
      place: status.device,
      close: () => {
        this.#held = this.#held.toSpliced(this.#held.indexOf(path), 1);
        this.#lastWay = '';
      },
    };
  }

  space(path: string): FileSystemSpace {
    this.#call('statvfs', path, (nfs, inside) => this.#library.statvfs(nfs, inside, this.#foundAt));
    const field = (at: number) => Number(this.#found[at]);
    const unitBytes = field(STATVFS.fragmentBytes);
    return {
      totalBytes: field(STATVFS.blocks) * unitBytes,
      freeBytes: field(STATVFS.available) * unitBytes,
      freeFiles: field(STATVFS.files) === 0 ? null : field(STATVFS.availableFiles),
    };
  }

  get #library() {
    return this.connection.library;
  }

  #call(name: string, path: string, make: (nfs: number, inside: string) => number): void {
    const { inside } = splitNfsPath(path);
    this.connection.call(name, path, (nfs) => make(nfs, inside));
  }

  #onOpen(name: string, make: (nfs: number) => number): number {
    const { connection } = this;
    const result = connection.context === 0 ? -osConstants.errno.EIO : make(connection.context);
    if (result < 0) throw connection.errorOf(name, 'an open file', result);
    return result;
  }
}

const stores = new Map<string, NfsStore>();

/**
 * Returns the store for a path of an `nfs://` target. Each target has one connection per thread.
 * @throws FeedrateError `target` when libnfs cannot be used
 */
export function nfsStoreOf(path: string): NfsStore {
  const { root } = splitNfsPath(path);
  const known = stores.get(root);
  if (known !== undefined) return known;
  const library = libnfs();
  if (typeof library === 'string') throw new FeedrateError('target', library);
  const calls = libc() as Libc;
  const store = new NfsStore(new NfsConnection(parseNfsUrl(root), library, calls), calls);
  stores.set(root, store);
  return store;
}
