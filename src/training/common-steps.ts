/** The steps of a training on several machines, as a barrier over all of them would time them. */

/** The steps of one machine in an epoch, in their order. Its own accelerators wait for one another. */
export interface StepTimes {
  /** Since the epoch began on this machine, ns. */
  readonly startsNs: readonly number[];
  readonly durationsNs: readonly number[];
  /** Of the accelerator that waited longest for its batch. */
  readonly waitsNs: readonly number[];
}

/** An epoch whose steps all machines begin and end together. Times are ns. */
export interface CommonSteps {
  /** From the start of the epoch to the end of its last step. */
  readonly wallNs: number;
  /** Of each step, from the common start to the slowest machine's end. */
  readonly durationsNs: readonly number[];
  /** Between two steps, as for checkpoints; all of them together. */
  readonly pausesNs: number;
  /** The part of its waits that each machine would have had, 0 to 1. */
  readonly waitShares: readonly number[];
}

/**
 * Returns the steps with a barrier over all machines after each of them, as far as it follows from what was measured without
 * one. A step ends when the slowest machine has its data and has computed. A machine that waits for others loads meanwhile, up
 * to its stock of batches: the time by which it was held up during the last `stock` steps is taken off its wait. The storage is
 * assumed to be as fast as it was. All machines must have the same number of steps.
 * @param stock batches that the loader of an accelerator holds; 0: it loads only when it is asked
 */
export function commonSteps(machines: readonly StepTimes[], stock: number): CommonSteps {
  const steps = machines[0]?.durationsNs.length ?? 0;
  const delays = machines.map(() => new Array<number>(steps).fill(0));
  const waitedNs = machines.map(() => 0);
  const durationsNs: number[] = [];
  let [endNs, pausesNs] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const pauseNs = Math.max(...machines.map((machine) => pauseBefore(machine, step)));
    if (step > 0) pausesNs += pauseNs;
    const startNs = endNs + pauseNs;
    const ends = machines.map(({ startsNs, durationsNs: own, waitsNs }, at) => {
      const delay = delays[at] as number[];
      const delayNs = startNs - (startsNs[step] as number);
      delay[step] = delayNs;
      const heldUpNs = delayNs - (delay[Math.max(0, step - stock)] as number);
      const savedNs = Math.min(waitsNs[step] as number, Math.max(0, heldUpNs));
      waitedNs[at] = (waitedNs[at] as number) + (waitsNs[step] as number) - savedNs;
      return startNs + (own[step] as number) - savedNs;
    });
    endNs = Math.max(...ends);
    durationsNs.push(endNs - startNs);
  }
  const waitShares = machines.map(({ waitsNs }, at) => {
    const allNs = waitsNs.reduce((sum, each) => sum + each, 0);
    return allNs === 0 ? 1 : (waitedNs[at] as number) / allNs;
  });
  return { wallNs: endNs, durationsNs, pausesNs, waitShares };
}

/** Returns the time between a step and the one before it, or the start of the epoch. */
function pauseBefore({ startsNs, durationsNs }: StepTimes, step: number): number {
  const before = step === 0 ? 0 : (startsNs[step - 1] as number) + (durationsNs[step - 1] as number);
  return (startsNs[step] as number) - before;
}
