import type { CallSum } from './trace-file.js';

interface Sum {
  calls: number;
  bytes: number;
  ns: number;
}

/** Adds up calls by group and class of file. */
export class CallSums {
  readonly #sums = new Map<string, Sum>();

  add(group: string, fileClass: string, bytes: number, ns: number, calls = 1): void {
    const key = `${group} ${fileClass}`;
    let sum = this.#sums.get(key);
    if (sum === undefined) {
      sum = { calls: 0, bytes: 0, ns: 0 };
      this.#sums.set(key, sum);
    }
    sum.calls += calls;
    sum.bytes += bytes;
    sum.ns += Math.max(0, ns);
  }

  /** Returns the sums, those with the most time first. */
  list(): CallSum[] {
    return [...this.#sums]
      .map(([key, { calls, bytes, ns }]): CallSum => {
        const [group = '', fileClass = ''] = key.split(' ');
        return { group, fileClass, calls, bytes, ns: Math.round(ns) };
      })
      .sort((a, b) => b.ns - a.ns);
  }
}
