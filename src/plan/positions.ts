import { unreachable } from '../base/assert.js';
import { createPrng, type Prng } from '../base/prng.js';
import { RandomOrder } from '../base/random-order.js';
import type { IoJob } from '../workload/workload.js';
import { ZipfRanks } from './zipf.js';

/** The order in which a worker visits its blocks 0 … count-1. */
export interface Positions {
  /**
   * Writes the next block numbers into `positions` and returns how many. Returns 0 at the end of a pass; the next call
   * begins a new pass. A pass has as many draws as there are blocks.
   */
  take(positions: Int32Array): number;
}

/** Returns the order that a random job specifies. */
export function createPositions(job: IoJob, count: number, seed: number, worker: number): Positions {
  const prng = createPrng(seed, worker, 1);
  const { randomDistribution: distribution, norandommap } = job;
  switch (distribution.type) {
    case 'random':
      return norandommap ? new UniformPositions(count, prng) : new ShuffledPositions(count, prng);
    case 'zipf':
      return new ZipfPositions(count, distribution.theta, prng);
    case 'pareto':
      return new ParetoPositions(count, distribution.h, prng);
    case 'hotband':
      return new HotbandPositions(count, distribution.operationShare, distribution.spaceShare, prng);
    default:
      return unreachable(distribution);
  }
}

/** fio's random map: each block exactly once per pass, in a new order each time. */
class ShuffledPositions implements Positions {
  readonly #order: RandomOrder;
  readonly #prng: Prng;

  constructor(count: number, prng: Prng) {
    this.#order = new RandomOrder(count, prng);
    this.#prng = prng;
  }

  take(positions: Int32Array): number {
    const taken = this.#order.take(positions);
    if (taken === 0) this.#order.shuffle(this.#prng);
    return taken;
  }
}

/** Counts the draws of a pass in which blocks may repeat. */
class DrawCount {
  readonly #count: number;
  #left: number;

  constructor(count: number) {
    this.#count = count;
    this.#left = count;
  }

  take(room: number): number {
    const taken = Math.min(room, this.#left);
    this.#left = taken === 0 ? this.#count : this.#left - taken;
    return taken;
  }
}

/** `norandommap`: every draw is independent of the previous ones. */
class UniformPositions implements Positions {
  readonly #count: number;
  readonly #draws: DrawCount;
  readonly #prng: Prng;

  constructor(count: number, prng: Prng) {
    this.#count = count;
    this.#draws = new DrawCount(count);
    this.#prng = prng;
  }

  take(positions: Int32Array): number {
    const taken = this.#draws.take(positions.length);
    for (let i = 0; i < taken; i++) positions[i] = this.#prng.nextBelow(this.#count);
    return taken;
  }
}

/**
 * Zipf-distributed popularity. Popular blocks are scattered over the space, as with fio's hash, but by a bijection, so
 * that no two ranks share a block. The same blocks stay popular in every pass.
 */
class ZipfPositions implements Positions {
  readonly #ranks: ZipfRanks;
  readonly #draws: DrawCount;
  readonly #blockOfRank: RandomOrder;
  readonly #prng: Prng;

  constructor(count: number, theta: number, prng: Prng) {
    this.#ranks = new ZipfRanks(count, theta);
    this.#draws = new DrawCount(count);
    this.#blockOfRank = new RandomOrder(count, prng);
    this.#prng = prng;
  }

  take(positions: Int32Array): number {
    const taken = this.#draws.take(positions.length);
    for (let i = 0; i < taken; i++) positions[i] = this.#ranks.draw(this.#prng);
    this.#blockOfRank.map(positions, taken);
    return taken;
  }
}

/**
 * fio's pareto (lib/zipf.c): rank = count · u^(log h / log(1 - h)) for a uniform u. The share h of the blocks gets the
 * share 1 - h of the operations. fio multiplies by count - 1 and therefore never visits the last rank. Ranks are
 * scattered as with zipf.
 */
class ParetoPositions implements Positions {
  readonly #count: number;
  readonly #power: number;
  readonly #draws: DrawCount;
  readonly #blockOfRank: RandomOrder;
  readonly #prng: Prng;

  constructor(count: number, h: number, prng: Prng) {
    this.#count = count;
    this.#power = Math.log(h) / Math.log1p(-h);
    this.#draws = new DrawCount(count);
    this.#blockOfRank = new RandomOrder(count, prng);
    this.#prng = prng;
  }

  take(positions: Int32Array): number {
    const taken = this.#draws.take(positions.length);
    const last = this.#count - 1;
    for (let i = 0; i < taken; i++) {
      // exp and log take half the time of Math.pow. For u = 0, exp(-Infinity) gives rank 0.
      const rank = Math.floor(this.#count * Math.exp(this.#power * Math.log(this.#prng.nextFloat())));
      positions[i] = Math.min(rank, last);
    }
    this.#blockOfRank.map(positions, taken);
    return taken;
  }
}

/**
 * A hot band at the start of the worker's space gets `operationShare` of the operations. The others go to the space
 * behind it. The band is contiguous, as in vdbench. For read-ahead, and for tiers that move ranges, this is a different
 * load from zipf.
 */
class HotbandPositions implements Positions {
  readonly #count: number;
  readonly #hotCount: number;
  readonly #operationShare: number;
  readonly #draws: DrawCount;
  readonly #prng: Prng;

  constructor(count: number, operationShare: number, spaceShare: number, prng: Prng) {
    this.#count = count;
    this.#hotCount = Math.min(count, Math.max(1, Math.round(count * spaceShare)));
    this.#operationShare = this.#hotCount === count ? 1 : operationShare;
    this.#draws = new DrawCount(count);
    this.#prng = prng;
  }

  take(positions: Int32Array): number {
    const taken = this.#draws.take(positions.length);
    const hotCount = this.#hotCount;
    const coldCount = this.#count - hotCount;
    const share = this.#operationShare;
    for (let i = 0; i < taken; i++) {
      const hot = this.#prng.nextFloat() < share;
      const drawn = this.#prng.nextBelow(hot ? hotCount : coldCount);
      positions[i] = hot ? drawn : hotCount + drawn;
    }
    return taken;
  }
}
