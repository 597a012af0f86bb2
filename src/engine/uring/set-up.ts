/** Creates rings with io_uring_setup(2), with the best flags that the kernel grants. */
import { constants } from 'node:os';
import { errnoName, type Libc } from '../../host/system/libc.js';
import { sleepNs } from '../core/clock.js';

const SYS_SETUP = 425;

const SETUP_CLAMP = 1 << 4;
const SETUP_SINGLE_ISSUER = 1 << 12;
const SETUP_DEFER_TASKRUN = 1 << 13;

/** struct io_uring_params in words: the submission queue's offsets begin at 10, the completion queue's at 20. */
const PARAM_WORDS = 30;
export const PARAM = { sqEntries: 0, cqEntries: 1, flags: 2, features: 5 } as const;
export const SQ_OFFSET = { head: 10, tail: 11, mask: 12, array: 16 } as const;
export const CQ_OFFSET = { head: 20, tail: 21, mask: 22, cqes: 25 } as const;

const { EINVAL, ENOMEM } = constants.errno;

/** Returns memory with a stable address. V8 may move a small typed array that has no buffer of its own. */
export function wordsOf(count: number): Int32Array<ArrayBuffer> {
  return new Int32Array(new ArrayBuffer(count * 4));
}

/** io_uring_setup(2) or a related call failed. `code` is the error's name, such as `EPERM`. */
export class RingRefused extends Error {
  readonly code: string;

  constructor(call: string, code: string) {
    super(`${call} failed with ${code}`);
    this.name = 'RingRefused';
    this.code = code;
  }
}

export interface SetUp {
  readonly fd: number;
  readonly params: Uint32Array;
  readonly flags: readonly string[];
}

/** Newest first. From Linux 6.1 on, completions wait until this thread asks; before, they interrupt it. */
const FLAG_SETS: readonly { readonly bits: number; readonly names: readonly string[] }[] = [
  { bits: SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN, names: ['SINGLE_ISSUER', 'DEFER_TASKRUN'] },
  { bits: 0, names: [] },
];

/**
 * How long to retry after ENOMEM. The kernel releases the locked memory of a closed ring later, in a thread of its own.
 * Until then an ordinary user may have none left, as Node 22 and later use a ring of 28 KiB per event loop.
 */
const RELEASE_LIMIT_NS = 1_000_000_000;
const RELEASE_STEP_NS = 5_000_000;

/** Returns a new ring. Throws `RingRefused`. */
export function setUp(calls: Libc, entries: number): SetUp {
  for (const { bits, names } of FLAG_SETS) {
    const params = new Uint32Array(wordsOf(PARAM_WORDS).buffer);
    params[PARAM.flags] = SETUP_CLAMP | bits;
    const address = calls.addressOf(params);
    let fd = calls.syscall(SYS_SETUP, entries, address, 0, 0, 0, 0);
    let errno = fd < 0 ? calls.errno() : 0;
    for (let waitedNs = 0; errno === ENOMEM && waitedNs < RELEASE_LIMIT_NS; waitedNs += RELEASE_STEP_NS) {
      sleepNs(RELEASE_STEP_NS);
      fd = calls.syscall(SYS_SETUP, entries, address, 0, 0, 0, 0);
      errno = fd < 0 ? calls.errno() : 0;
    }
    if (fd >= 0) return { fd, params, flags: names };
    if (errno !== EINVAL || bits === 0) throw new RingRefused('io_uring_setup', errnoName(errno));
  }
  throw new RingRefused('io_uring_setup', 'EINVAL');
}
