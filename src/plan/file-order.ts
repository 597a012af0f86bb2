import { createPrng } from '../base/prng.js';
import { RandomOrder } from './random-order.js';

const STRIDE = 256;

/**
 * The order in which a worker visits its files in one pass: 0 … count-1 by name, or each once in an
 * order drawn from seed and pass. Needs no memory in proportion to the files.
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
