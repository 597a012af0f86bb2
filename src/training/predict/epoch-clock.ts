/** Shares of an epoch's time. Means over ranks. */
export interface EpochTimes {
  readonly steps: number;
  /** AU by the reference's formula: compute time over all time, both without the first step. NaN with one step. */
  readonly referenceAu: number;
  /**
   * AU without the steps that the loader's stock distorts, `workers` × `prefetchFactor` at each end; null if fewer than
   * half of the steps are left.
   */
  readonly steadyAu: number | null;
  /** Of all ranks together, in the steady steps, or without the first step if there are none. */
  readonly samplesPerSecond: number;
  /** Mean time of a step until its batch was there, and for the other ranks; of the same steps. */
  readonly waitNs: number;
  readonly barrierNs: number;
  readonly longestWaitNs: number;
}

/** Measures the steps of one epoch of all ranks. */
export class EpochClock {
  readonly #ranks: number;
  readonly #steps: number;
  readonly #stock: number;
  readonly #step: Int32Array;
  readonly #asked: Float64Array;
  readonly #given: Float64Array;
  readonly #computed: Float64Array;
  /** Of each step, summed over ranks. */
  readonly #wallNs: Float64Array;
  readonly #waitNs: Float64Array;
  readonly #computeNs: Float64Array;
  #longestWaitNs = 0;

  /** `stock`: batches that a rank's loader makes in advance. */
  constructor(ranks: number, steps: number, stock: number) {
    this.#ranks = ranks;
    this.#steps = steps;
    this.#stock = stock;
    this.#step = new Int32Array(ranks);
    this.#asked = new Float64Array(ranks);
    this.#given = new Float64Array(ranks);
    this.#computed = new Float64Array(ranks);
    this.#wallNs = new Float64Array(steps);
    this.#waitNs = new Float64Array(steps);
    this.#computeNs = new Float64Array(steps);
  }

  asked(rank: number, nowNs: number): void {
    this.#asked[rank] = nowNs;
  }

  given(rank: number, nowNs: number): void {
    this.#given[rank] = nowNs;
  }

  computed(rank: number, nowNs: number): void {
    this.#computed[rank] = nowNs;
  }

  /** Returns the steps that the rank has done. */
  stepEnded(rank: number, nowNs: number): number {
    const step = this.#step[rank] as number;
    const asked = this.#asked[rank] as number;
    const given = this.#given[rank] as number;
    addTo(this.#wallNs, step, nowNs - asked);
    addTo(this.#waitNs, step, given - asked);
    addTo(this.#computeNs, step, (this.#computed[rank] as number) - given);
    if (step > 0) this.#longestWaitNs = Math.max(this.#longestWaitNs, given - asked);
    this.#step[rank] = step + 1;
    return step + 1;
  }

  times(batchSize: number): EpochTimes {
    const steps = this.#steps;
    const isSteady = steps - 2 * this.#stock >= Math.max(1, steps / 2);
    const [from, to] = isSteady ? [this.#stock, steps - this.#stock] : [1, steps];
    const wallNs = sum(this.#wallNs, from, to);
    const waitNs = sum(this.#waitNs, from, to);
    const computeNs = sum(this.#computeNs, from, to);
    const counted = (to - from) * this.#ranks;
    return {
      steps,
      referenceAu: sum(this.#computeNs, 1, steps) / sum(this.#wallNs, 1, steps),
      steadyAu: isSteady ? computeNs / wallNs : null,
      samplesPerSecond: (counted * batchSize * this.#ranks * 1e9) / wallNs,
      waitNs: waitNs / counted,
      barrierNs: (wallNs - waitNs - computeNs) / counted,
      longestWaitNs: this.#longestWaitNs,
    };
  }
}

function addTo(values: Float64Array, at: number, value: number): void {
  values[at] = (values[at] as number) + value;
}

function sum(values: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at++) total += values[at] as number;
  return total;
}
