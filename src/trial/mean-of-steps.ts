/** Times steps that block this process. */
import { setImmediate as turn } from 'node:timers/promises';

/**
 * Returns the mean time of a step, ns, over at least one of them. Between two steps, the process attends to other things: on a
 * slow target, Ctrl-C and the other ranks of a group would otherwise wait for all steps together. Throws as a step does.
 * @param mostNs no step begins after so much time in steps
 */
export async function meanNs<T>(
  items: readonly T[],
  step: (item: T) => void,
  mostNs = Number.POSITIVE_INFINITY,
): Promise<number> {
  let [steps, spentNs] = [0, 0];
  for (const item of items) {
    const startMs = performance.now();
    step(item);
    spentNs += (performance.now() - startMs) * 1e6;
    steps++;
    if (spentNs > mostNs) break;
    await turn();
  }
  return Math.max(1, spentNs / steps);
}
