/** Adds up the checkpoints of a training job, whether they were measured or simulated. Times are ns since the common start. */

/** The checkpoints of a training job. */
export interface CheckpointSums {
  readonly checkpoints: number;
  /** Training stood still for so long, all checkpoints together. */
  readonly blockedNs: number;
  /** From when training wanted to save until the checkpoint was complete, all of them together, and the longest one. */
  readonly writtenNs: number;
  readonly longestNs: number;
  /** Steps of which at least half went by while a checkpoint was written in the background, and the others. */
  readonly during: StepSums;
  readonly apart: StepSums;
}

export interface StepSums {
  readonly steps: number;
  readonly wallNs: number;
}

interface StepSpan {
  readonly startNs: number;
  readonly endNs: number;
}

export class CheckpointLog {
  readonly #steps: StepSpan[] = [];
  readonly #writes: StepSpan[] = [];
  #blockedNs = 0;
  #writtenNs = 0;
  #longestNs = 0;

  /** Adds a step that was not the first one after a start or a checkpoint. */
  addStep(startNs: number, endNs: number): void {
    this.#steps.push({ startNs, endNs });
  }

  /**
   * @param dueNs when training wanted to save
   * @param resumedNs when it went on
   * @param completeNs when the checkpoint was complete
   */
  addCheckpoint(dueNs: number, resumedNs: number, completeNs: number): void {
    this.#blockedNs += resumedNs - dueNs;
    this.#writtenNs += completeNs - dueNs;
    this.#longestNs = Math.max(this.#longestNs, completeNs - dueNs);
    this.#writes.push({ startNs: resumedNs, endNs: Math.max(resumedNs, completeNs) });
  }

  sums(): CheckpointSums {
    const [during, apart] = [
      { steps: 0, wallNs: 0 },
      { steps: 0, wallNs: 0 },
    ];
    // Both are in the order of time, and writes do not overlap each other.
    let next = 0;
    for (const { startNs, endNs } of this.#steps) {
      while (next < this.#writes.length && (this.#writes[next] as StepSpan).endNs <= startNs) next++;
      const write = this.#writes[next];
      const sharedNs = write === undefined ? 0 : Math.min(endNs, write.endNs) - Math.max(startNs, write.startNs);
      const sums = sharedNs >= (endNs - startNs) / 2 ? during : apart;
      sums.steps++;
      sums.wallNs += endNs - startNs;
    }
    const { length: checkpoints } = this.#writes;
    const [blockedNs, writtenNs, longestNs] = [this.#blockedNs, this.#writtenNs, this.#longestNs];
    return { checkpoints, blockedNs, writtenNs, longestNs, during, apart };
  }
}
