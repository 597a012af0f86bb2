/** The checkpoints that several machines save or load together, as a barrier over all of them would time them. */

/** The checkpoints of one machine in a trial: a number for each, in their order. Its own ranks wait for one another. */
export interface MachineCheckpoints {
  readonly mode: 'sync' | 'async';
  /** From when training went on after the checkpoint before, or from the start, until it wanted to save. */
  readonly pausesNs: readonly number[];
  /** While the state was copied to memory and training stood still; 0 unless asynchronous. */
  readonly copiesNs: readonly number[];
  /** From then on, until the last rank of the machine was done. */
  readonly writesNs: readonly number[];
  /** After that, until an old checkpoint was removed. An asynchronous one does not begin earlier. */
  readonly removalsNs: readonly number[];
}

/** Checkpoints that all machines begin and end together: a number for each. Times are ns. */
export interface CommonCheckpoints {
  /** From when training wanted to save until the last machine was done. */
  readonly tookNs: readonly number[];
  /** The part of it in which training stood still. */
  readonly blockedNs: readonly number[];
}

/**
 * Returns the checkpoints that all machines completed, with a barrier over all of them after each copy and each write: the
 * slowest machine decides. So a synchronous checkpoint takes as long as on the machine that took longest for it. An
 * asynchronous one begins when all machines have written the one before.
 */
export function commonCheckpoints(machines: readonly MachineCheckpoints[]): CommonCheckpoints {
  const count = Math.min(...machines.map(({ writesNs }) => writesNs.length));
  const slowest = (of: keyof Omit<MachineCheckpoints, 'mode'>, checkpoint: number): number =>
    Math.max(...machines.map((machine) => machine[of][checkpoint] as number));
  const tookNs: number[] = [];
  const blockedNs: number[] = [];
  // When training went on, and when the next checkpoint may begin.
  let [resumedNs, freeNs] = [0, 0];
  for (let checkpoint = 0; checkpoint < count; checkpoint++) {
    const dueNs = resumedNs + slowest('pausesNs', checkpoint);
    const copiedNs = Math.max(dueNs, freeNs) + slowest('copiesNs', checkpoint);
    const endNs = copiedNs + slowest('writesNs', checkpoint);
    freeNs = endNs + slowest('removalsNs', checkpoint);
    resumedNs = machines[0]?.mode === 'async' ? copiedNs : endNs;
    tookNs.push(endNs - dueNs);
    blockedNs.push(resumedNs - dueNs);
  }
  return { tookNs, blockedNs };
}

/** A checkpoint of one machine. Times are ns since the common start. */
export interface TimedCheckpoint {
  /** When training wanted to save, and when it could: the checkpoint before was written, and an old one removed. */
  readonly dueNs: number;
  readonly beganNs: number;
  /** When the state was in memory; `beganNs` unless asynchronous. */
  readonly copiedNs: number;
  readonly endNs: number;
  /** When an old checkpoint was removed; `endNs` if that holds nothing up. */
  readonly freeNs: number;
}

/** The times of so many checkpoints are kept: half a megabyte of a trial's record. */
const MOST_CHECKPOINTS = 10_000;

/** Collects the checkpoints of one machine. */
export class MachineCheckpointLog {
  readonly #mode: MachineCheckpoints['mode'];
  readonly #pausesNs: number[] = [];
  readonly #copiesNs: number[] = [];
  readonly #writesNs: number[] = [];
  readonly #removalsNs: number[] = [];
  #resumedNs = 0;
  #isFull = false;

  constructor(mode: MachineCheckpoints['mode']) {
    this.#mode = mode;
  }

  add({ dueNs, beganNs, copiedNs, endNs, freeNs }: TimedCheckpoint): void {
    this.#isFull ||= this.#writesNs.length === MOST_CHECKPOINTS;
    if (this.#isFull) return;
    this.#pausesNs.push(Math.round(dueNs - this.#resumedNs));
    this.#copiesNs.push(Math.round(copiedNs - beganNs));
    this.#writesNs.push(Math.round(endNs - copiedNs));
    this.#removalsNs.push(Math.round(freeNs - endNs));
    this.#resumedNs = this.#mode === 'async' ? copiedNs : endNs;
  }

  /** Returns the times of every checkpoint; undefined if there are too many. */
  times(): MachineCheckpoints | undefined {
    if (this.#isFull) return undefined;
    const [pausesNs, copiesNs] = [this.#pausesNs, this.#copiesNs];
    const [writesNs, removalsNs] = [this.#writesNs, this.#removalsNs];
    return { mode: this.#mode, pausesNs, copiesNs, writesNs, removalsNs };
  }
}
