/**
 * libnfs, an NFS client in user space, through koffi. Pointers are passed as Numbers, as for the C library. A context
 * belongs to one thread. Supported versions are 4 (`libnfs.so.13`) and 5 (`libnfs.so.14`). From version 6 on, nfs_pread
 * and nfs_pwrite take their arguments in another order, which the loader cannot detect.
 */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { type Koffi, type KoffiLibrary, libc } from '../system/libc.js';

const SONAMES = ['libnfs.so.13', 'libnfs.so.14'] as const;
/** Versions that are not supported. They are loaded only to name the installed one in the error message. */
const OTHER_SONAMES = ['libnfs.so.17', 'libnfs.so.16', 'libnfs.so.12', 'libnfs.so.11', 'libnfs.so.8'];
const RELEASES: Readonly<Record<string, string>> = { 'libnfs.so.13': '4', 'libnfs.so.14': '5' };
const REMEDY = 'apt-get install libnfs13, or name an unpacked libnfs.so.13 with FEEDRATE_LIBNFS=PATH';

/** The calls of libnfs. They return 0 or more, or a negative errno. `getError` returns its description. */
export interface Libnfs {
  /** `libnfs 4 (libnfs.so.13)`. */
  readonly label: string;
  /** The most bytes that one WRITE of NFS version 4 can carry. Null: only the server limits it. */
  readonly mostVersion4WriteBytes: number | null;
  initContext(): number;
  destroyContext(nfs: number): void;
  /** Applies the arguments of a URL to the context. Returns 0 when the URL is not valid. */
  parseUrl(nfs: number, url: string): number;
  destroyUrl(url: number): void;
  setClientName(nfs: number, name: string): void;
  setTimeout(nfs: number, milliseconds: number): void;
  mount(nfs: number, server: string, directory: string): number;
  getError(nfs: number): string | null;
  /** Returns the file descriptor of the connection. */
  getFd(nfs: number): number;
  getReadMax(nfs: number): number;
  getWriteMax(nfs: number): number;
  open(nfs: number, path: string, flags: number, handleAddress: number): number;
  create(nfs: number, path: string, flags: number, mode: number, handleAddress: number): number;
  close(nfs: number, handle: number): number;
  pread(nfs: number, handle: number, offsetBytes: number, bytes: number, address: number): number;
  pwrite(nfs: number, handle: number, offsetBytes: number, bytes: number, address: number): number;
  fsync(nfs: number, handle: number): number;
  /** Fills in a `struct nfs_stat_64`. */
  stat(nfs: number, path: string, address: number): number;
  /** The same of an open file. */
  fstat(nfs: number, handle: number, address: number): number;
  lstat(nfs: number, path: string, address: number): number;
  /** Fills in a `struct nfs_statvfs_64`. */
  statvfs(nfs: number, path: string, address: number): number;
  mkdir(nfs: number, path: string): number;
  rmdir(nfs: number, path: string): number;
  unlink(nfs: number, path: string): number;
  rename(nfs: number, from: string, to: string): number;
  opendir(nfs: number, path: string, directoryAddress: number): number;
  /** Returns the names in an open directory and closes it. */
  readNames(nfs: number, directory: number): string[];
}

/** libnfs 4 encodes a call of NFS version 4, with its headers, into a buffer of 4096 bytes. */
const VERSION_4_WRITE_BYTES_OF_LIBNFS_4 = 2048;

function bind(koffi: Koffi, library: KoffiLibrary, soname: string): Libnfs {
  const long = 'int64_t';
  const wide = 'uint64_t';
  const entry = koffi.struct({ next: 'void *', name: 'str' });
  const readdir = library.func('nfs_readdir', koffi.pointer(entry), [long, long]);
  const closedir = library.func('nfs_closedir', 'void', [long, long]);
  return {
    label: `libnfs ${RELEASES[soname]} (${soname})`,
    mostVersion4WriteBytes: soname === 'libnfs.so.13' ? VERSION_4_WRITE_BYTES_OF_LIBNFS_4 : null,
    initContext: library.func('nfs_init_context', long, []),
    destroyContext: library.func('nfs_destroy_context', 'void', [long]),
    parseUrl: library.func('nfs_parse_url_dir', long, [long, 'str']),
    destroyUrl: library.func('nfs_destroy_url', 'void', [long]),
    setClientName: library.func('nfs4_set_client_name', 'void', [long, 'str']),
    setTimeout: library.func('nfs_set_timeout', 'void', [long, 'int']),
    mount: library.func('nfs_mount', 'int', [long, 'str', 'str']),
    getError: library.func('nfs_get_error', 'str', [long]),
    getFd: library.func('nfs_get_fd', 'int', [long]),
    getReadMax: library.func('nfs_get_readmax', long, [long]),
    getWriteMax: library.func('nfs_get_writemax', long, [long]),
    open: library.func('nfs_open', 'int', [long, 'str', 'int', long]),
    create: library.func('nfs_create', 'int', [long, 'str', 'int', 'int', long]),
    close: library.func('nfs_close', 'int', [long, long]),
    pread: library.func('nfs_pread', 'int', [long, long, wide, wide, long]),
    pwrite: library.func('nfs_pwrite', 'int', [long, long, wide, wide, long]),
    fsync: library.func('nfs_fsync', 'int', [long, long]),
    stat: library.func('nfs_stat64', 'int', [long, 'str', long]),
    fstat: library.func('nfs_fstat64', 'int', [long, long, long]),
    lstat: library.func('nfs_lstat64', 'int', [long, 'str', long]),
    statvfs: library.func('nfs_statvfs64', 'int', [long, 'str', long]),
    mkdir: library.func('nfs_mkdir', 'int', [long, 'str']),
    rmdir: library.func('nfs_rmdir', 'int', [long, 'str']),
    unlink: library.func('nfs_unlink', 'int', [long, 'str']),
    rename: library.func('nfs_rename', 'int', [long, 'str', 'str']),
    opendir: library.func('nfs_opendir', 'int', [long, 'str', long]),
    readNames: (nfs, directory) => {
      const names: string[] = [];
      for (let next = readdir(nfs, directory); next !== null; next = readdir(nfs, directory))
        names.push(koffi.decode(next, entry).name);
      closedir(nfs, directory);
      return names.filter((name) => name !== '.' && name !== '..');
    },
  };
}

function load(koffi: Koffi, name: string): KoffiLibrary | null {
  try {
    return koffi.load(name);
  } catch {
    return null;
  }
}

/** Returns libnfs, or one sentence that says why it is not available and how to fix that. */
function find(): Libnfs | string {
  if (libc() === null) return 'nfs:// needs the optional dependency koffi; install it, or mount the export';
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const named = process.env['FEEDRATE_LIBNFS'];
  if (named !== undefined && named !== '') return findNamed(koffi, named);
  for (const soname of SONAMES) {
    const library = load(koffi, soname);
    if (library !== null) return bind(koffi, library, soname);
  }
  const other = OTHER_SONAMES.find((soname) => load(koffi, soname) !== null);
  const found = other === undefined ? 'which is not installed' : `but ${other} is installed, whose API differs`;
  return `nfs:// needs libnfs (${SONAMES.join(' or ')}), ${found}: ${REMEDY}`;
}

function findNamed(koffi: Koffi, path: string): Libnfs | string {
  let real: string;
  try {
    real = basename(realpathSync(path));
  } catch {
    return `nfs:// needs libnfs, and FEEDRATE_LIBNFS names ${path}, which does not exist: ${REMEDY}`;
  }
  const soname = SONAMES.find((known) => real === known || real.startsWith(`${known}.`));
  const library = soname === undefined ? null : load(koffi, path);
  if (soname !== undefined && library !== null) return bind(koffi, library, soname);
  return `FEEDRATE_LIBNFS names ${path}, which is not a loadable ${SONAMES.join(' or ')}: ${REMEDY}`;
}

let found: Libnfs | string | undefined;

/** Returns libnfs, loaded at this thread's first call, or one sentence that says why it is not available. */
export function libnfs(): Libnfs | string {
  found ??= find();
  return found;
}
