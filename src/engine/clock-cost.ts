import { monotonicNs } from './core/clock.js';

/** Samples, and readings in each: a tenth of a millisecond in total once the loop is compiled. */
const SAMPLES = 31;
const STEPS = 64;
/** V8 has compiled the loop after so many rounds, in a few milliseconds. */
const WARM_UP_ROUNDS = 8;

/**
 * Returns the present cost of reading the clock, ns, of the fastest of some short samples and of the median one. The
 * former is slow if the CPU is slow, the latter also if other work interrupts. Call `warmClockCost` once before.
 */
export function clockCost(): { readonly fastestNs: number; readonly typicalNs: number } {
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const startNs = monotonicNs();
    let latestNs = startNs;
    for (let i = 0; i < STEPS; i++) latestNs = Math.max(latestNs, monotonicNs());
    samples.push((latestNs - startNs) / STEPS);
  }
  samples.sort((a, b) => a - b);
  return { fastestNs: samples[0] as number, typicalNs: samples[SAMPLES >> 1] as number };
}

/** Has V8 compile the loop, which would otherwise slow the first readings. */
export function warmClockCost(): void {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) clockCost();
}
