/**
 * A station that serves all jobs at the same time and equally fast (processor sharing). With k jobs, each is served at
 * `rateOf(k)`, in units of work per ns. Jobs are small integers. Nothing is allocated after the constructor.
 *
 * Work is counted in a virtual time that advances by `rateOf(k)` per ns, so a job ends when the virtual time reaches its
 * start plus its work, however often k changes. Hence an event costs O(log k).
 */
export class SharedStation {
  readonly #rates: Float64Array;
  readonly #ends: Float64Array;
  readonly #jobs: Int32Array;
  #count = 0;
  #virtual = 0;
  #atNs = 0;

  constructor(mostJobs: number, rateOf: (jobs: number) => number) {
    this.#rates = Float64Array.from({ length: mostJobs + 1 }, (_, jobs) => (jobs === 0 ? 0 : rateOf(jobs)));
    this.#ends = new Float64Array(mostJobs);
    this.#jobs = new Int32Array(mostJobs);
  }

  /** Jobs in service. */
  get count(): number {
    return this.#count;
  }

  /** When the next job ends, if none is added before; Infinity without jobs. */
  get nextNs(): number {
    if (this.#count === 0) return Infinity;
    const left = (this.#ends[0] as number) - this.#virtual;
    return left <= 0 ? this.#atNs : this.#atNs + left / (this.#rates[this.#count] as number);
  }

  add(job: number, work: number, nowNs: number): void {
    this.#advance(nowNs);
    const end = this.#virtual + work;
    let at = this.#count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#ends[parent] as number) <= end) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, end, job);
  }

  /** Removes the job that ends next, at `nextNs`, and returns it. */
  take(): number {
    this.#advance(this.nextNs);
    const job = this.#jobs[0] as number;
    const last = --this.#count;
    const end = this.#ends[last] as number;
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (child + 1 < last && (this.#ends[child + 1] as number) < (this.#ends[child] as number)) child++;
      if (end <= (this.#ends[child] as number)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, end, this.#jobs[last] as number);
    return job;
  }

  #advance(nowNs: number): void {
    this.#virtual += (nowNs - this.#atNs) * (this.#rates[this.#count] as number);
    this.#atNs = nowNs;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#ends[from] as number, this.#jobs[from] as number);
  }

  #put(at: number, end: number, job: number): void {
    this.#ends[at] = end;
    this.#jobs[at] = job;
  }
}
