/** The most points that are kept of a training, so that a long one does not fill a record. */
const MOST_POINTS = 200;

/** How many batches were ready and not handed over when steps began. Times are ns. */
export class ReadyQueue {
  readonly #starts: number[] = [];
  readonly #counts: number[] = [];
  #epochBegin = 0;

  /** No batch of an earlier epoch is ready. */
  beginEpoch(): void {
    this.#epochBegin = this.#starts.length;
  }

  beginStep(atNs: number): void {
    this.#starts.push(atNs);
    this.#counts.push(0);
  }

  /** Counts a batch, which is handed over in the present step, in each step of the epoch at whose start it was ready. */
  handOver(readyNs: number): void {
    for (let step = this.#starts.length - 1; step >= this.#epochBegin; step--) {
      if ((this.#starts[step] as number) < readyNs) return;
      this.#counts[step] = (this.#counts[step] as number) + 1;
    }
  }

  /** Returns the mean over `ranks`, at starts of steps of which two are equally far apart. */
  points(ranks: number): { readonly atNs: number; readonly batches: number }[] {
    const every = Math.max(1, Math.ceil(this.#starts.length / MOST_POINTS));
    return this.#starts.flatMap((atNs, step) =>
      step % every === 0 ? [{ atNs, batches: (this.#counts[step] as number) / ranks }] : [],
    );
  }
}
