import { createPrng } from '../base/prng.js';
import { RandomOrder } from '../base/random-order.js';

const STRIDE = 256;

/**
 * Yields the indices 0 … count-1 of a worker's files for one pass: in order of their names, or shuffled by seed and
 * pass. Memory use does not depend on the number of files.
 */
export function* fileOrder(count: number, shuffle: boolean, seed: number, pass: number): Generator<number, void> {
  if (!shuffle || count === 0) {
    for (let file = 0; file < count; file++) yield file;
    return;
  }
  const order = new RandomOrder(count, createPrng(seed, pass));
  const drawn = new Int32Array(Math.min(STRIDE, count));
  for (let taken = order.take(drawn); taken > 0; taken = order.take(drawn)) {
    for (let i = 0; i < taken; i++) yield drawn[i] as number;
  }
}
