import { libc } from '../../host/libc.js';
import { Ring, RingRefused } from './ring.js';

/** What the refusals of io_uring_setup(2) mean, for people. */
const MEANINGS: Readonly<Record<string, string>> = {
  EPERM: 'not permitted (EPERM): a seccomp filter, as of a container, or the sysctl kernel.io_uring_disabled',
  ENOSYS: 'not there (ENOSYS): the kernel is older than Linux 5.1, built without it, or a seccomp filter hides it',
  ENOMEM: 'out of lockable memory (ENOMEM): raise ulimit -l',
};

let known: string | null | undefined;

/** Why this process cannot use io_uring, in words; null when it can. Asked of the kernel once. */
export function uringRefusal(): string | null {
  if (known === undefined) known = probe();
  return known;
}

function probe(): string | null {
  const calls = libc();
  if (calls === null) return 'io_uring needs the optional dependency koffi, which is missing or switched off';
  try {
    new Ring(calls, 1).close();
    return null;
  } catch (thrown) {
    if (!(thrown instanceof RingRefused)) throw thrown;
    return `io_uring is ${MEANINGS[thrown.code] ?? `refused: ${thrown.message}`}`;
  }
}
