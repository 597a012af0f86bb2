/** A connection to an NFS server by libnfs: made when it is first needed, of the thread that made it. */
import { constants, hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import type { TcpCount } from '../../record/nfs-traffic.js';
import { errnoName, type Libc } from '../system/libc.js';
import { sendAtOnce, tcpCount } from '../system/tcp-socket.js';
import type { Libnfs } from './libnfs.js';
import { formatNfsUrl, MOST_TRANSFER_BYTES, type NfsUrl } from './nfs-url.js';

/** Until a server that took the connection must have answered a mount. Later calls wait for ever, as `hard` mounts do. */
const MOUNT_TIMEOUT_MS = 10_000;
/** SYNs that are sent again before a server counts as unreachable: 1 + 2 + 4 s. */
const SYN_COUNT = 2;
/**
 * libnfs does not renew the lease of version 4. A connection without open files that was idle for so long is made anew
 * (ONTAP's lease is 30 s).
 */
const IDLE_MS = 10_000;

/** What libnfs is told besides: nothing is read that was not asked for, remembered, or mounted on its own. */
const FIXED_ARGUMENTS = `&readahead=0&pagecache=0&dircache=0&auto-traverse-mounts=0&tcp-syncnt=${SYN_COUNT}`;

/** `name=number` behind a server's own words. */
const SERVER_ERROR = /\b(?:NFS[34]|MNT3)ERR_[A-Z]+/;

export class NfsConnection {
  readonly url: NfsUrl;
  readonly library: Libnfs;
  readonly #libc: Libc;
  /** Servers tell clients of version 4 by their names. libnfs names all of a process that begin in one second alike. */
  readonly #clientName: string;
  #context = 0;
  #openHandles = 0;
  #usedAtMs = 0;
  #mounts = 0;
  #words = '';
  #readMaxBytes = MOST_TRANSFER_BYTES;
  #writeMaxBytes = MOST_TRANSFER_BYTES;

  constructor(url: NfsUrl, library: Libnfs, libc: Libc) {
    this.url = url;
    this.library = library;
    this.#libc = libc;
    this.#clientName = `feedrate ${hostname()} ${process.pid}.${threadId} ${formatNfsUrl(url)} ${Date.now()}`;
  }

  /** For calls on open files: 0 when the connection that they were opened on is gone. */
  get context(): number {
    return this.#context;
  }

  /** What one call moves at most. */
  get readMaxBytes(): number {
    return this.#readMaxBytes;
  }

  get writeMaxBytes(): number {
    return this.#writeMaxBytes;
  }

  /** Times that it was mounted: what is counted of one connection cannot be subtracted from another's. */
  get mounts(): number {
    return this.#mounts;
  }

  /**
   * Makes a call that takes a path, connected. Returns what it returns when that is no error.
   * @throws an error of Node's shape
   */
  call(name: string, path: string, make: (context: number) => number): number {
    this.connect();
    const result = make(this.#context);
    this.#usedAtMs = performance.now();
    if (result < 0) throw this.errorOf(name, path, result);
    return result;
  }

  /** The error for a negative result. */
  errorOf(name: string, path: string, result: number): NodeJS.ErrnoException {
    const errno = this.fail(result);
    const code = errnoName(errno);
    const error = Object.assign(new Error(), { code, errno: -errno, syscall: name, path });
    error.message = `${name} of ${path} failed with ${code}: ${this.#words}`;
    return error;
  }

  /**
   * Takes note of a negative result, and gives its errno. A connection that broke is not used again, nor taken down: calls
   * that are still under way would then end, and write to where their callers were.
   */
  fail(result: number): number {
    const text = this.#context === 0 ? '' : (this.library.getError(this.#context) ?? '');
    this.#words = text.replaceAll(/\s+/g, ' ').trim();
    const errno = errnoOf(result, text);
    if (errno === constants.errno.EIO && !SERVER_ERROR.test(text)) {
      this.#context = 0;
      this.#openHandles = 0;
      this.#words = `the connection to ${this.url.server} was lost, or never came about (${this.#words || 'earlier'})`;
    }
    return errno;
  }

  /** What libnfs said of the last failure. */
  get words(): string {
    return this.#words;
  }

  opened(): void {
    this.#openHandles++;
  }

  closed(): void {
    this.#openHandles--;
    this.#usedAtMs = performance.now();
  }

  /** What the connection has carried so far; null where the kernel does not tell, or there is none. */
  count(): TcpCount | null {
    return this.#context === 0 ? null : tcpCount(this.#libc, this.library.getFd(this.#context));
  }

  /** Throws an error of Node's shape. */
  connect(): void {
    const { version } = this.url;
    const idle = version === 4 && this.#openHandles === 0 && performance.now() - this.#usedAtMs > IDLE_MS;
    if (this.#context !== 0 && !idle) return;
    if (this.#context !== 0) this.library.destroyContext(this.#context);
    this.#mount();
    this.#mounts++;
    this.#usedAtMs = performance.now();
    this.#takeLimits();
  }

  #mount(): void {
    const { library, url } = this;
    const text = formatNfsUrl(url);
    const context = library.initContext();
    this.#context = context;
    library.destroyUrl(library.parseUrl(context, text + FIXED_ARGUMENTS));
    library.setClientName(context, this.#clientName);
    library.setTimeout(context, MOUNT_TIMEOUT_MS);
    const result = library.mount(context, url.server, url.directory);
    if (result !== 0) {
      const error = this.errorOf('mount', text, result);
      this.#context = 0;
      throw error;
    }
    library.setTimeout(context, -1);
    sendAtOnce(this.#libc, library.getFd(context));
  }

  /** libnfs asks servers of version 3 alone. */
  #takeLimits(): void {
    const { library, url } = this;
    if (url.version === 3) {
      this.#readMaxBytes = library.getReadMax(this.#context);
      this.#writeMaxBytes = library.getWriteMax(this.#context);
      return;
    }
    this.#readMaxBytes = url.arguments.rsize ?? MOST_TRANSFER_BYTES;
    const most = library.mostVersion4WriteBytes ?? MOST_TRANSFER_BYTES;
    this.#writeMaxBytes = Math.min(most, url.arguments.wsize ?? MOST_TRANSFER_BYTES);
  }
}

/**
 * The errno of a negative result. libnfs has numbers of its own for what is no answer of the server: -EFAULT and -EIO for a
 * lost connection, -EINTR for a time-out, -1 for a call that could not be sent; and -ERANGE for errors without a number.
 */
function errnoOf(result: number, text: string): number {
  const { errno } = constants;
  if (text.includes('ERR_DQUOT')) return errno.EDQUOT;
  if (SERVER_ERROR.test(text)) return -result;
  if (result === -errno.EINTR) return errno.ETIMEDOUT;
  return [errno.EFAULT, errno.EPERM, errno.ERANGE].includes(-result) ? errno.EIO : -result;
}
