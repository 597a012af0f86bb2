import type { Prng } from '../base/prng.js';
import type { TimeSpread } from '../workload/time-spread.js';

/** Returns a time drawn from a distribution, in whole ns. Values below zero count by their absolute value, as in DLIO. */
export function drawTime(spread: TimeSpread, prng: Prng): number {
  switch (spread.type) {
    case 'constant':
      return spread.ns;
    case 'normal':
      return Math.round(Math.abs(spread.meanNs + spread.stdevNs * drawNormal(prng)));
    case 'uniform':
      return Math.round(spread.minNs + (spread.maxNs - spread.minNs) * prng.nextFloat());
    case 'exponential':
      return Math.round(spread.meanNs * drawExponential(prng));
    case 'poisson':
      return drawPoisson(spread.meanNs / SECOND_NS, prng) * SECOND_NS;
    case 'gamma':
      return Math.round(spread.scaleNs * drawGamma(spread.shape, prng));
  }
}

const SECOND_NS = 1e9;
/** Of larger means, the exponential below would be 0. */
const MOST_MEAN = 500;

/** Counts how many exponential times fit into `mean` (Knuth, “The Art of Computer Programming”, 3.4.1). */
function drawPoisson(mean: number, prng: Prng): number {
  if (mean > MOST_MEAN) return drawPoisson(MOST_MEAN, prng) + drawPoisson(mean - MOST_MEAN, prng);
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = prng.nextFloat(); product > least; product *= prng.nextFloat()) count++;
  return count;
}

/** Box–Muller gives a standard normal value from two uniform ones. */
function drawNormal(prng: Prng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - prng.nextFloat()));
  return radius * Math.cos(2 * Math.PI * prng.nextFloat());
}

function drawExponential(prng: Prng): number {
  return -Math.log(1 - prng.nextFloat());
}

/** Marsaglia and Tsang, “A simple method for generating gamma variables” (2000). Shapes below 1 are raised by their §6. */
function drawGamma(shape: number, prng: Prng): number {
  if (shape < 1) return drawGamma(shape + 1, prng) * (1 - prng.nextFloat()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = drawNormal(prng);
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - prng.nextFloat()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
