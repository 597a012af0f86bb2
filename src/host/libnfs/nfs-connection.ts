/** A connection to an NFS server through libnfs. It is opened on first use and belongs to the thread that opened it. */
import { constants, hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import type { TcpCount } from '../../record/nfs-traffic.js';
import { errnoName, type Libc } from '../system/libc.js';
import { sendAtOnce, tcpCount } from '../system/tcp-socket.js';
import type { Libnfs } from './libnfs.js';
import { formatNfsUrl, MOST_TRANSFER_BYTES, type NfsUrl } from './nfs-url.js';

/** The timeout for a mount once the server accepted the connection. Later calls wait forever, as on `hard` mounts. */
const MOUNT_TIMEOUT_MS = 10_000;
/** SYN retransmissions before a server counts as unreachable: 1 + 2 + 4 s. */
const SYN_COUNT = 2;
/**
 * A connection of NFS version 4 without open files is opened again after this idle time, because libnfs does not renew
 * the lease (30 s on ONTAP).
 */
const IDLE_MS = 10_000;

/** Additional arguments for libnfs. They turn off read-ahead, caches and automatic mounts. */
const FIXED_ARGUMENTS = `&readahead=0&pagecache=0&dircache=0&auto-traverse-mounts=0&tcp-syncnt=${SYN_COUNT}`;

/** `struct nfs_stat_64`: how many fields of 64 bits it has, and which of them is the size. */
const STAT_FIELDS = 17;
const SIZE_FIELD = 7;

/** Matches the name of an error that the server returned. */
const SERVER_ERROR = /\b(?:NFS[34]|MNT3)ERR_[A-Z]+/;

export class NfsConnection {
  readonly url: NfsUrl;
  readonly library: Libnfs;
  readonly #libc: Libc;
  /** Unique, because servers identify NFS 4 clients by name. libnfs names all that start in one second alike. */
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

  /** The context for calls on open files. 0 when their connection was lost. */
  get context(): number {
    return this.#context;
  }

  /** The most bytes that one READ moves. */
  get readMaxBytes(): number {
    return this.#readMaxBytes;
  }

  /** The most bytes that one WRITE moves. */
  get writeMaxBytes(): number {
    return this.#writeMaxBytes;
  }

  /**
   * The number of mounts so far. Counters from different mounts belong to different connections: do not subtract
   * them.
   */
  get mounts(): number {
    return this.#mounts;
  }

  /**
   * Connects if necessary and makes a call that takes a path. Returns the call's result.
   * @throws an error of Node's shape when the result is negative
   */
  call(name: string, path: string, make: (context: number) => number): number {
    this.connect();
    const result = make(this.#context);
    this.#usedAtMs = performance.now();
    if (result < 0) throw this.errorOf(name, path, result);
    return result;
  }

  /** Returns the error for a negative result. */
  errorOf(name: string, path: string, result: number): NodeJS.ErrnoException {
    const errno = this.fail(result);
    const code = errnoName(errno);
    const error = Object.assign(new Error(), { code, errno: -errno, syscall: name, path });
    error.message = `${name} of ${path} failed with ${code}: ${this.#words}`;
    return error;
  }

  /**
   * Records a negative result and returns its errno. A lost connection is neither used again nor destroyed:
   * destroying it would complete calls in progress, which would then write to memory that their callers no longer
   * own.
   */
  fail(result: number): number {
    const text = this.#context === 0 ? '' : (this.library.getError(this.#context) ?? '');
    this.#words = text.replaceAll(/\s+/g, ' ').trim();
    const errno = errnoOf(result, text);
    if (errno === constants.errno.EIO && !SERVER_ERROR.test(text)) {
      this.#context = 0;
      this.#openHandles = 0;
      this.#words = `the connection to ${this.url.server} was lost or could not be opened (${this.#words || 'earlier'})`;
    }
    return errno;
  }

  /** Returns the bytes of an open file, or a negative errno. */
  bytesOf(handle: number): number {
    const context = this.#context;
    if (context === 0) return -constants.errno.EIO;
    const found = new BigUint64Array(STAT_FIELDS);
    const result = this.library.fstat(context, handle, this.#libc.addressOf(found));
    return result < 0 ? -this.fail(result) : Number(found[SIZE_FIELD]);
  }

  /** The description of the last failure. */
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

  /** Returns the bytes transferred on the connection so far. Null without a connection or a kernel counter. */
  count(): TcpCount | null {
    return this.#context === 0 ? null : tcpCount(this.#libc, this.library.getFd(this.#context));
  }

  /** Opens the connection unless it is open. Throws an error of Node's shape when the mount fails. */
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

  /** Sets the transfer limits. libnfs queries the server's limits only with NFS version 3. */
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
 * Returns the errno of a negative result. libnfs has its own numbers for failures without an answer from the server:
 * -EFAULT and -EIO for a lost connection, -EINTR for a timeout, and -1 for a call that could not be sent. -ERANGE is an
 * error without a number.
 */
function errnoOf(result: number, text: string): number {
  const { errno } = constants;
  if (text.includes('ERR_DQUOT')) return errno.EDQUOT;
  if (SERVER_ERROR.test(text)) return -result;
  if (result === -errno.EINTR) return errno.ETIMEDOUT;
  return [errno.EFAULT, errno.EPERM, errno.ERANGE].includes(-result) ? errno.EIO : -result;
}
