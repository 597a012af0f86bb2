import { libc } from '../../host/system/libc.js';
import { Ring } from './ring.js';
import { RingRefused } from './set-up.js';

/** Explanations of the errors of io_uring_setup(2). */
const MEANINGS: Readonly<Record<string, string>> = {
  EPERM: 'not permitted (EPERM): a seccomp filter (as in containers) or the sysctl kernel.io_uring_disabled forbids it',
  ENOSYS:
    'not available (ENOSYS): the kernel is older than Linux 5.1 or built without it, or a seccomp filter hides it',
  ENOMEM: 'out of lockable memory (ENOMEM): raise ulimit -l',
};

const known = new Map<string, string | null>();

/**
 * Returns the reason why this process cannot have this number of rings with so many entries at once; null when it can.
 * The limit of locked memory may allow an ordinary user one ring and not two. Results are cached.
 */
export function uringRefusal(rings = 1, entries = 1): string | null {
  const key = `${rings} ${entries}`;
  let refusal = known.get(key);
  if (refusal === undefined) {
    refusal = probe(rings, entries);
    known.set(key, refusal);
  }
  return refusal;
}

function probe(rings: number, entries: number): string | null {
  const calls = libc();
  if (calls === null) return 'io_uring needs the optional dependency koffi, which is missing or disabled';
  const granted: Ring[] = [];
  try {
    while (granted.length < rings) granted.push(new Ring(calls, entries));
    return null;
  } catch (thrown) {
    if (!(thrown instanceof RingRefused)) throw thrown;
    return `io_uring is ${MEANINGS[thrown.code] ?? `refused: ${thrown.message}`}`;
  } finally {
    for (const ring of granted) ring.close();
  }
}
