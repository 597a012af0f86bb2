/** io_uring_setup(2): a new ring with the best flags that the kernel grants. */
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

/** Memory whose address may be told: a small typed array without a buffer of its own may be moved. */
export function wordsOf(count: number): Int32Array<ArrayBuffer> {
  return new Int32Array(new ArrayBuffer(count * 4));
}

/** io_uring_setup(2) or what comes with it failed; `code` says how, as in `EPERM`. */
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

/** Newest first: from Linux 6.1 completions wait for this thread to ask; before, they interrupt it. */
const FLAG_SETS: readonly { readonly bits: number; readonly names: readonly string[] }[] = [
  { bits: SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN, names: ['SINGLE_ISSUER', 'DEFER_TASKRUN'] },
  { bits: 0, names: [] },
];

/**
 * The kernel gives back a closed ring's lockable memory later, by a thread of its own. An ordinary user may have none
 * left until then, as Node 22 and later have a ring of 28 KiB for each thread's event loop.
 */
const RELEASE_LIMIT_NS = 1_000_000_000;
const RELEASE_STEP_NS = 5_000_000;

/** Throws `RingRefused`. */
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
