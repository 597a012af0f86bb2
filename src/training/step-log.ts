/** Adds up the steps of an epoch, exactly, whether they were measured or simulated. Times are ns. */

import type { StepTimes } from './common-steps.js';

/** One step of all ranks together. Times of ranks are means over them. */
export interface StepFigures {
  /** Before the batches are asked for, and after the barrier; since the common start. */
  readonly startNs: number;
  readonly endNs: number;
  readonly computeNs: number;
  readonly waitNs: number;
  readonly barrierNs: number;
  /** The rank that waited longest for its batch. */
  readonly longestWaitNs: number;
  readonly samples: number;
  readonly sampleBytes: number;
  /** Bytes that were read for these samples. */
  readonly readBytes: number;
}

/** The sums of an epoch. */
export interface EpochFigures {
  readonly steps: number;
  /** Samples that all ranks together were given. */
  readonly samples: number;
  /** Bytes of these samples, without headers, padding and what was read besides. */
  readonly sampleBytes: number;
  /** Bytes that read calls returned for these samples. A map's touched pages count, too. */
  readonly readBytes: number;
  /** Before the first batch was asked for, and after the last barrier; ns since the common start. */
  readonly startNs: number;
  readonly endNs: number;
  /** Time in which accelerators computed, waited for data, and waited for one another. */
  readonly computeNs: number;
  readonly waitNs: number;
  readonly barrierNs: number;
  /** Time within the epoch in which training stood still for checkpoints, which is in none of the above. Absent: 0. */
  readonly checkpointNs?: number;
  /**
   * The time from the start until accelerators had computed the first step, the compute time in it, and its samples. A
   * checkpoint ends a block of steps, as in DLIO, and the first step of the next block is added.
   */
  readonly firstStepNs: number;
  readonly firstComputeNs: number;
  readonly firstSamples: number;
  /**
   * Whole rounds of the workers, without the steps that the loader's stock distorts: `workers` × `prefetchFactor` steps at each
   * end. Null when too few are left.
   */
  readonly steady: SteadyPart | null;
  /** Steps whose wait was longer than half of the step's compute time. */
  readonly stalls: number;
  readonly longestStallNs: number;
  /** The step (from 1) of the longest stall; null without one. */
  readonly longestStallStep: number | null;
}

export interface SteadyPart {
  readonly steps: number;
  readonly wallNs: number;
  readonly computeNs: number;
}

/** The least steps that a steady part must have. With fewer, one batch more or less would show in it. */
const STEADY_LEAST = 10;

export class StepLog {
  readonly #startNs: number;
  readonly #workers: number;
  readonly #prefetchFactor: number;
  readonly #ends: number[] = [];
  readonly #computes: number[] = [];
  readonly #startsNs: number[] = [];
  readonly #durationsNs: number[] = [];
  readonly #longestWaitsNs: number[] = [];
  #samples = 0;
  #sampleBytes = 0;
  #readBytes = 0;
  #waitNs = 0;
  #barrierNs = 0;
  #firstStepNs = 0;
  #firstSamples = 0;
  #stalls = 0;
  #longestStallNs = 0;
  #longestStallStep: number | null = null;
  #lastNs: number;
  #firstComputeNs = 0;
  /** The next step is the first one of a block. */
  #beginsBlock = true;
  /** Time that training stood still for checkpoints: in all, and until the last step. */
  #pausedNs = 0;
  #pausedWithinNs = 0;

  /**
   * @param startNs before the first batch is asked for
   * @param workers of each loader; 0: none
   */
  constructor(startNs: number, workers: number, prefetchFactor: number) {
    this.#startNs = startNs;
    this.#lastNs = startNs;
    this.#workers = workers;
    this.#prefetchFactor = prefetchFactor;
  }

  get steps(): number {
    return this.#ends.length;
  }

  add(step: StepFigures): void {
    // Steady parts are about steps, so their times have no pauses.
    this.#ends.push(step.endNs - this.#pausedNs);
    this.#lastNs = step.endNs;
    this.#pausedWithinNs = this.#pausedNs;
    this.#computes.push(step.computeNs);
    this.#startsNs.push(step.startNs - this.#startNs);
    this.#durationsNs.push(step.endNs - step.startNs);
    this.#longestWaitsNs.push(step.longestWaitNs);
    this.#samples += step.samples;
    this.#sampleBytes += step.sampleBytes;
    this.#readBytes += step.readBytes;
    this.#waitNs += step.waitNs;
    this.#barrierNs += step.barrierNs;
    const isFirst = this.#beginsBlock;
    this.#beginsBlock = false;
    if (isFirst) {
      this.#firstStepNs += step.waitNs + step.computeNs;
      this.#firstComputeNs += step.computeNs;
      this.#firstSamples += step.samples;
    }
    // Every epoch begins with an empty stock, so its first wait is no stall.
    if (isFirst || step.longestWaitNs <= step.computeNs / 2) return;
    this.#stalls++;
    if (step.longestWaitNs <= this.#longestStallNs) return;
    this.#longestStallNs = step.longestWaitNs;
    this.#longestStallStep = this.steps;
  }

  /** Ends a block of steps for a checkpoint. `untilNs`: when training went on, since the common start. */
  pause(untilNs: number): void {
    this.#pausedNs += untilNs - this.#lastNs;
    this.#beginsBlock = true;
  }

  /** Returns the times of every step, to the nanosecond. */
  stepTimes(): StepTimes {
    const [startsNs, durationsNs, waitsNs] = [this.#startsNs, this.#durationsNs, this.#longestWaitsNs].map((times) =>
      times.map(Math.round),
    ) as [number[], number[], number[]];
    return { startsNs, durationsNs, waitsNs };
  }

  figures(): EpochFigures {
    return {
      steps: this.steps,
      samples: this.#samples,
      sampleBytes: this.#sampleBytes,
      readBytes: this.#readBytes,
      startNs: this.#startNs,
      endNs: this.#lastNs,
      computeNs: sumOf(this.#computes),
      waitNs: this.#waitNs,
      barrierNs: this.#barrierNs,
      firstStepNs: this.#firstStepNs,
      ...(this.#pausedWithinNs > 0 && { checkpointNs: this.#pausedWithinNs }),
      firstComputeNs: this.#firstComputeNs,
      firstSamples: this.#firstSamples,
      steady: this.#steady(),
      stalls: this.#stalls,
      longestStallNs: this.#longestStallNs,
      longestStallStep: this.#longestStallStep,
    };
  }

  #steady(): SteadyPart | null {
    const edge = this.#workers * this.#prefetchFactor;
    const from = firstSteadyStep(this.#workers, this.#prefetchFactor);
    // Workers tend to march in step, so batches come in rounds. Part of a round would not be like the whole.
    const round = Math.max(1, this.#workers);
    const to = from + Math.floor((this.steps - edge - from) / round) * round;
    if (to - from < STEADY_LEAST) return null;
    return {
      steps: to - from,
      wallNs: (this.#ends[to - 1] as number) - (this.#ends[from - 1] as number),
      computeNs: sumOf(this.#computes.slice(from, to)),
    };
  }
}

/** Returns the first step of the steady part: after the loader's stock, and at least the first step, which finds none. */
export function firstSteadyStep(workers: number, prefetchFactor: number): number {
  return Math.max(1, workers * prefetchFactor);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
