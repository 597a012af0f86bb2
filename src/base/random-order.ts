import { assert } from './assert.js';
import type { Prng } from './prng.js';

/** Most blocks that one worker can order. Positions are 31-bit integers. */
export const MAX_POSITIONS = 2 ** 31;

/**
 * Factors and summands of the rounds. Properties rather than an array, so that loops can keep them in local variables.
 */
type Rounds = Record<(typeof FACTORS)[number] | (typeof SUMMANDS)[number], number>;
const FACTORS = ['f0', 'f1', 'f2', 'f3', 'f4'] as const;
const SUMMANDS = ['s0', 's1', 's2', 's3', 's4'] as const;

/**
 * A random order of the integers 0 … count-1 that needs no memory: a bijection of the k-bit integers, where 2^(k-1) <
 * count ≤ 2^k. Each round multiplies by an odd number and adds modulo 2^k, which spreads a bit to higher ones. A
 * xorshift by half of k then spreads it to lower ones. Four rounds pass tests of equidistribution and serial
 * correlation; three do not. The fifth makes all orders of a few blocks about equally likely.
 */
export class RandomOrder {
  readonly #steps: number;
  readonly #last: number;
  readonly #mask: number;
  readonly #shift: number;
  readonly #rounds: Rounds = { f0: 1, f1: 1, f2: 1, f3: 1, f4: 1, s0: 0, s1: 0, s2: 0, s3: 0, s4: 0 };
  #step = 0;

  constructor(count: number, prng: Prng) {
    assert(Number.isInteger(count) && count >= 1 && count <= MAX_POSITIONS, `an order of ${count} positions`);
    const bits = Math.max(1, Math.ceil(Math.log2(count)));
    this.#steps = 2 ** bits;
    this.#last = count - 1;
    this.#mask = this.#steps - 1;
    this.#shift = Math.ceil(bits / 2);
    this.shuffle(prng);
  }

  /** Draws a new order and starts at its first position. */
  shuffle(prng: Prng): void {
    this.#step = 0;
    const rounds = this.#rounds;
    for (const factor of FACTORS) rounds[factor] = prng.nextUint32() | 1;
    for (const summand of SUMMANDS) rounds[summand] = prng.nextUint32() | 0;
  }

  /**
   * Replaces each of the first `count` positions by its image under the bijection. A value outside the range is mapped
   * again until it is inside (cycle walking).
   */
  map(positions: Int32Array, count: number): void {
    const last = this.#last;
    const mask = this.#mask;
    const shift = this.#shift;
    const { f0, f1, f2, f3, f4, s0, s1, s2, s3, s4 } = this.#rounds;
    for (let i = 0; i < count; i++) {
      let x = positions[i] as number;
      do {
        x = mixed(mixed(mixed(x, f0, s0, mask, shift), f1, s1, mask, shift), f2, s2, mask, shift);
        x = mixed(mixed(x, f3, s3, mask, shift), f4, s4, mask, shift);
      } while (x > last);
      positions[i] = x;
    }
  }

  /**
   * Writes as many of the next positions into `positions` as fit, and returns their number; 0 when all have been taken.
   * A value outside the range is overwritten by the next one. A branch around it would often be mispredicted, which
   * costs more than the bijection.
   */
  take(positions: Int32Array): number {
    const room = positions.length;
    const steps = this.#steps;
    const last = this.#last;
    const mask = this.#mask;
    const shift = this.#shift;
    const { f0, f1, f2, f3, f4, s0, s1, s2, s3, s4 } = this.#rounds;
    let step = this.#step;
    let taken = 0;
    while (taken < room && step < steps) {
      let x = mixed(mixed(mixed(step++, f0, s0, mask, shift), f1, s1, mask, shift), f2, s2, mask, shift);
      x = mixed(mixed(x, f3, s3, mask, shift), f4, s4, mask, shift);
      positions[taken] = x;
      taken += 1 - ((last - x) >>> 31);
    }
    this.#step = step;
    return taken;
  }
}

/** Applies one round of the bijection. */
function mixed(x: number, factor: number, summand: number, mask: number, shift: number): number {
  const product = (Math.imul(x, factor) + summand) & mask;
  return product ^ (product >>> shift);
}
