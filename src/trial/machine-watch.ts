/** Observes what else the machine does while a trial is measured. */
import { clockCost } from '../engine/core/clock.js';
import { othersRun, readMachine, usedBetween } from '../host/system/machine-load.js';
import type { MachineUse } from '../record/machine-use.js';

/**
 * Starts to observe. Returns a function that ends it and returns what the machine did meanwhile. Both take less than a
 * millisecond, so call them outside of the measured time.
 */
export function watchMachine(): () => MachineUse {
  const costBefore = clockCost();
  const before = readMachine();
  return () => {
    const after = readMachine();
    const costAfter = clockCost();
    return {
      ...usedBetween(before, after, othersRun),
      clockFastestNs: Math.min(costBefore.fastestNs, costAfter.fastestNs),
      clockTypicalNs: Math.max(costBefore.typicalNs, costAfter.typicalNs),
    };
  };
}
