import { libc } from '../../host/system/libc.js';
import { Ring } from './ring.js';
import { RingRefused } from './set-up.js';

/** What the refusals of io_uring_setup(2) mean, for people. */
const MEANINGS: Readonly<Record<string, string>> = {
  EPERM: 'not permitted (EPERM): a seccomp filter, as of a container, or the sysctl kernel.io_uring_disabled',
  ENOSYS: 'not there (ENOSYS): the kernel is older than Linux 5.1, built without it, or a seccomp filter hides it',
  ENOMEM: 'out of lockable memory (ENOMEM): raise ulimit -l',
};

const known = new Map<string, string | null>();

/**
 * Why this process cannot have so many rings of so many entries at once, in words; null when it can. Asked of the
 * kernel once: what an ordinary user may lock can be enough for one ring and not for two.
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
  if (calls === null) return 'io_uring needs the optional dependency koffi, which is missing or switched off';
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
