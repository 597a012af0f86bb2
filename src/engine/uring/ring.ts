/**
 * An io_uring of this thread, with the two queues that it shares with the kernel.
 *
 * The rings and submission entries are kernel memory, mapped as typed arrays. Head and tail are accessed with Atomics,
 * whose loads acquire and whose stores release, as io_uring(7) requires. Layouts and numbers are from
 * <linux/io_uring.h>; they are the same on x86-64 and arm64.
 */
import { constants } from 'node:os';
import { errnoName, type Libc, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../host/system/libc.js';
import { SQE_WORDS } from './entry.js';
import { CQ_OFFSET, PARAM, RingRefused, SQ_OFFSET, setUp, wordsOf } from './set-up.js';

const SYS_ENTER = 426;
const SYS_REGISTER = 427;

const FEATURE_SINGLE_MMAP = 1 << 0;
const FEATURE_NODROP = 1 << 1;
const FEATURE_EXT_ARG = 1 << 8;
const ENTER_GETEVENTS = 1 << 0;
const ENTER_EXT_ARG = 1 << 3;
const ENTER_REGISTERED_RING = 1 << 4;
const REGISTER_BUFFERS = 0;
const UNREGISTER_BUFFERS = 1;
const REGISTER_FILES = 2;
const UNREGISTER_FILES = 3;
const REGISTER_RING_FDS = 20;
const UNREGISTER_RING_FDS = 21;

const OFFSET_OF_SQES = 0x10000000;
const MAP_POPULATE = 0x8000;

const CQE_WORDS = 4;

const { EINTR, EAGAIN, EBUSY, ETIME } = constants.errno;

/** Returns whether an operation that failed with this errno can simply be repeated. */
export function isPassing(errno: number): boolean {
  return errno === EINTR || errno === EAGAIN;
}

export class Ring {
  /** The submission entries, `SQE_WORDS` each. An entry belongs to the caller until it is pushed. */
  readonly sqes: Int32Array;
  readonly flags: readonly string[];
  /** Number of entries that are pushed but not yet submitted to the kernel. */
  queued = 0;
  /** Number of entries that are pushed and whose completion has not been taken yet. */
  inFlight = 0;
  /** Number of calls of io_uring_enter(2). */
  enters = 0;
  /** Running number of the next completion to take. */
  head: number;
  registeredBuffers = false;
  registeredFiles = false;

  readonly #calls: Libc;
  readonly #fd: number;
  /** The ring's registration with this thread, which saves the kernel a lookup per call; null when not supported. */
  readonly #registeredRing: Int32Array<ArrayBuffer> | null;
  /** The ring's number in calls of io_uring_enter(2). */
  readonly #enterFd: number;
  readonly #enterFlags: number;
  readonly #words: Int32Array;
  readonly #mappings: readonly { readonly address: number; readonly bytes: number }[];
  readonly #sqTail: number;
  readonly #sqMask: number;
  readonly #sqArray: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  readonly #cqMask: number;
  readonly #cqes: number;
  readonly #canTimeOut: boolean;
  /** struct io_uring_getevents_arg, followed by the struct __kernel_timespec that it points to. */
  readonly #waitArgument = wordsOf(10);
  readonly #waitArgumentAddress: number;
  #tail: number;

  /**
   * Creates a ring for the calling thread. The completion queue has twice as many places as the submission queue, so a
   * caller with at most `entries` operations in flight never overflows it. Throws `RingRefused` when the kernel
   * refuses.
   */
  constructor(calls: Libc, entries: number) {
    const { fd, params, flags } = setUp(calls, entries);
    const param = (index: number): number => params[index] as number;
    this.#calls = calls;
    this.#fd = fd;
    this.flags = flags;
    this.#canTimeOut = (param(PARAM.features) & FEATURE_EXT_ARG) !== 0;
    const needed = FEATURE_SINGLE_MMAP | FEATURE_NODROP;
    if ((param(PARAM.features) & needed) !== needed) {
      calls.close(fd);
      throw new RingRefused('io_uring_setup', 'a kernel older than Linux 5.5');
    }
    const sqBytes = param(SQ_OFFSET.array) + param(PARAM.sqEntries) * 4;
    const cqBytes = param(CQ_OFFSET.cqes) + param(PARAM.cqEntries) * CQE_WORDS * 4;
    const mappings: { address: number; bytes: number }[] = [];
    const map = (bytes: number, offsetBytes: number): Int32Array => {
      const address = calls.mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offsetBytes);
      if (address === -1) {
        const code = errnoName(calls.errno());
        for (const mapping of mappings) calls.munmap(mapping.address, mapping.bytes);
        calls.close(fd);
        throw new RingRefused('mmap of the rings', code);
      }
      mappings.push({ address, bytes });
      return new Int32Array(calls.viewAt(address, bytes & ~3));
    };
    this.#words = map(Math.max(sqBytes, cqBytes), 0);
    this.sqes = map(param(PARAM.sqEntries) * SQE_WORDS * 4, OFFSET_OF_SQES);
    this.#mappings = mappings;
    this.#sqTail = param(SQ_OFFSET.tail) >> 2;
    this.#sqMask = this.#words[param(SQ_OFFSET.mask) >> 2] as number;
    this.#sqArray = param(SQ_OFFSET.array) >> 2;
    this.#cqHead = param(CQ_OFFSET.head) >> 2;
    this.#cqTail = param(CQ_OFFSET.tail) >> 2;
    this.#cqMask = this.#words[param(CQ_OFFSET.mask) >> 2] as number;
    this.#cqes = param(CQ_OFFSET.cqes) >> 2;
    this.#tail = this.#words[this.#sqTail] as number;
    this.head = this.#words[this.#cqHead] as number;
    this.#registeredRing = this.#registerRing();
    this.#enterFd = this.#registeredRing?.[0] ?? fd;
    this.#enterFlags = ENTER_GETEVENTS | (this.#registeredRing === null ? 0 : ENTER_REGISTERED_RING);
    this.#waitArgumentAddress = calls.addressOf(this.#waitArgument);
    const timespec = this.#waitArgumentAddress + 24;
    this.#waitArgument[4] = timespec | 0;
    this.#waitArgument[5] = Math.floor(timespec / 2 ** 32);
  }

  /** Puts an entry into the submission queue. The kernel sees it at the next `enter`. */
  push(entry: number): void {
    this.#words[this.#sqArray + (this.#tail & this.#sqMask)] = entry;
    this.#tail = (this.#tail + 1) | 0;
    this.queued++;
    this.inFlight++;
  }

  /** Returns the `index`-th entry (0-based) that is pushed but not yet submitted, as passed to `push`. */
  queuedEntry(index: number): number {
    return this.#words[this.#sqArray + ((this.#tail - this.queued + index) & this.#sqMask)] as number;
  }

  /**
   * Submits all queued entries and waits for `wait` completions. May return earlier: check `completions()` and call it
   * again. Throws `RingRefused`.
   */
  enter(wait: number): void {
    Atomics.store(this.#words, this.#sqTail, this.#tail);
    do {
      this.enters++;
      const taken = this.#calls.uringEnter(SYS_ENTER, this.#enterFd, this.queued, wait, this.#enterFlags, 0, 0);
      if (taken < 0) {
        if (this.#mayGoOn()) return;
      } else this.queued -= taken;
    } while (this.queued > 0);
  }

  /** Like `enter(1)`, but waits at most `timeoutNs`. Returns at once on kernels before 5.11, which cannot time out. */
  enterFor(timeoutNs: number): void {
    if (this.queued > 0 || !this.#canTimeOut) this.enter(0);
    if (!this.#canTimeOut || this.completions() > 0) return;
    this.#waitArgument[6] = Math.floor(timeoutNs / 1e9);
    this.#waitArgument[8] = timeoutNs % 1e9;
    this.enters++;
    const flags = this.#enterFlags | ENTER_EXT_ARG;
    const argument = this.#waitArgumentAddress;
    if (this.#calls.uringEnter(SYS_ENTER, this.#enterFd, 0, 1, flags, argument, 24) < 0) this.#mayGoOn();
  }

  /**
   * Returns whether the caller must take completions before the next try, after a failed enter. Throws `RingRefused`.
   */
  #mayGoOn(): boolean {
    const errno = this.#calls.errno();
    if (errno === EINTR) return false;
    // Out of memory for requests, or no room for completions: taking completions resolves both.
    if (errno === EAGAIN || errno === EBUSY || errno === ETIME) return true;
    throw new RingRefused('io_uring_enter', errnoName(errno));
  }

  /** Returns the number of completions that can be taken. */
  completions(): number {
    return (Atomics.load(this.#words, this.#cqTail) - this.head) | 0;
  }

  /** Returns the low 32 bits of the user data of the completion at `head + index`. */
  userDataAt(index: number): number {
    return this.#words[this.#cqes + ((this.head + index) & this.#cqMask) * CQE_WORDS] as number;
  }

  /** Returns the result of the completion at `head + index`: bytes moved, or a negative errno. */
  resultAt(index: number): number {
    return this.#words[this.#cqes + ((this.head + index) & this.#cqMask) * CQE_WORDS + 2] as number;
  }

  /** Returns the places of the next `count` completions to the kernel. */
  take(count: number): void {
    this.head = (this.head + count) | 0;
    this.inFlight -= count;
    Atomics.store(this.#words, this.#cqHead, this.head);
  }

  /** Registers memory with the kernel, which saves a lookup per operation. `regions` must stay allocated. */
  registerBuffers(regions: readonly { readonly address: number; readonly bytes: number }[]): void {
    const vectors = new BigUint64Array(wordsOf(regions.length * 4).buffer);
    vectors.set(regions.flatMap(({ address, bytes }) => [BigInt(address), BigInt(bytes)]));
    this.registeredBuffers = this.#register(REGISTER_BUFFERS, vectors, regions.length);
  }

  /** Registers open files with the kernel. The n-th is then file n in entries with `FIXED_FILE`. */
  registerFiles(fds: readonly number[]): void {
    const table = wordsOf(fds.length);
    table.set(fds);
    this.registeredFiles = this.#register(REGISTER_FILES, table, fds.length);
  }

  /** Returns a struct io_uring_rsrc_update whose first word is the ring's number; null before Linux 5.18. */
  #registerRing(): Int32Array<ArrayBuffer> | null {
    const update = wordsOf(4);
    update[0] = -1;
    update[2] = this.#fd;
    const count = this.#calls.syscall(
      SYS_REGISTER,
      this.#fd,
      REGISTER_RING_FDS,
      this.#calls.addressOf(update),
      1,
      0,
      0,
    );
    return count === 1 ? update : null;
  }

  /** Returns false when the kernel refuses, for example beyond the limits of locked memory or open files. */
  #register(what: number, table: ArrayBufferView, count: number): boolean {
    return this.#calls.syscall(SYS_REGISTER, this.#fd, what, this.#calls.addressOf(table), count, 0, 0) === 0;
  }

  /**
   * Waits until nothing is in flight, then releases everything. Otherwise the kernel could write into memory that is
   * already reused. Files are unregistered explicitly, because closing the ring alone would release them later.
   */
  close(): void {
    while (this.inFlight > 0) {
      this.enter(1);
      this.take(this.completions());
    }
    if (this.registeredFiles) this.#calls.syscall(SYS_REGISTER, this.#fd, UNREGISTER_FILES, 0, 0, 0, 0);
    if (this.registeredBuffers) this.#calls.syscall(SYS_REGISTER, this.#fd, UNREGISTER_BUFFERS, 0, 0, 0, 0);
    if (this.#registeredRing !== null) this.#register(UNREGISTER_RING_FDS, this.#registeredRing, 1);
    for (const { address, bytes } of this.#mappings) this.#calls.munmap(address, bytes);
    this.#calls.close(this.#fd);
  }
}
