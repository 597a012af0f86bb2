/** Made-up storage for `bench:power`: recordings of trials whose truth and whose noise are known. */
import { createPrng, type Prng, shuffled } from '../../src/base/prng.js';

/** All parts of the level, on the log scale. */
export interface Noise {
  /** Of trials about their arm's level in a session. */
  readonly cv: number;
  /**
   * `spikes`: 5 % of the trials are slow, by 4 CV in the mean; `bimodal`: 30 % are in a slow mode, 4 CV below;
   * `ties`: values are rounded to steps of one CV.
   */
  readonly shape: 'plain' | 'spikes' | 'bimodal' | 'ties';
  /** What all arms share as time goes by: an AR(1) of sd `DRIFT_SD` with this φ per trial, or a loss of `DRIFT_LOSS`. */
  readonly drift: number | 'linear' | null;
  /** Of an arm's level between sessions, each arm and cell on its own. */
  readonly sessionSd: number;
}

/**
 * `pairs`: of one run, the two arms of a cell next to each other in random order, the cells of a round in random order;
 * `shuffled`: of one run, all arms of a round in random order; `runs`: two runs, each of one arm of every cell. A drift
 * begins anew with each run.
 */
export type Order = 'pairs' | 'shuffled' | 'runs';

export interface Plan {
  readonly sessions: number;
  readonly rounds: number;
  readonly cells: number;
  readonly order: Order;
}

/** Throughputs, one for each round of each session, session after session. */
export interface CellRecording {
  readonly base: Float64Array;
  readonly candidate: Float64Array;
}

const DRIFT_SD = 0.05;
const DRIFT_LOSS = 0.2;
const LEVEL = 1e9;

/** A standard normal number. */
export type Normal = () => number;

/** By the method of Box and Muller, which gives two at a time. */
export function normals(prng: Prng): Normal {
  let kept: number | null = null;
  return () => {
    if (kept !== null) {
      const value = kept;
      kept = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - prng.nextFloat()));
    const angle = 2 * Math.PI * prng.nextFloat();
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** One trial's deviation from its level, on the log scale, before ties are made. */
export function deviation({ cv, shape }: Pick<Noise, 'cv' | 'shape'>, prng: Prng, normal: Normal): number {
  const plain = cv * normal();
  if (shape === 'spikes' && prng.nextFloat() < 0.05) return plain + 4 * cv * Math.log(1 - prng.nextFloat());
  if (shape === 'bimodal' && prng.nextFloat() < 0.3) return plain - 4 * cv;
  return plain;
}

/** Trials in the order in which they run: indices of arms, 2·cell for the base and 2·cell + 1 for the candidate. */
function orderOf(order: Order, cells: number, run: number, prng: Prng): number[] {
  if (order === 'shuffled') return shuffled([...new Array(2 * cells).keys()], prng);
  const mixed = shuffled([...new Array(cells).keys()], prng);
  if (order === 'runs') return mixed.map((cell) => 2 * cell + run);
  return mixed.flatMap((cell) => (prng.nextFloat() < 0.5 ? [2 * cell, 2 * cell + 1] : [2 * cell + 1, 2 * cell]));
}

/** The level that all arms share, trial after trial of one run. */
function drifting(drift: Noise['drift'], trials: number, normal: Normal): () => number {
  if (drift === null) return () => 0;
  if (drift === 'linear') {
    let trial = 0;
    return () => (trial++ / trials) * Math.log(1 - DRIFT_LOSS);
  }
  const fresh = DRIFT_SD * Math.sqrt(1 - drift * drift);
  let level = DRIFT_SD * normal();
  return () => {
    level = drift * level + fresh * normal();
    return level;
  };
}

/**
 * What a family of cells would have recorded. `effects[cell]` is the truth: the candidate's throughput is 1 + effect times
 * the base's. The same seed gives the same recording.
 */
export function record(
  plan: Plan,
  noise: Noise,
  effects: ArrayLike<number>,
  ...seed: readonly number[]
): CellRecording[] {
  const prng = createPrng(...seed);
  const normal = normals(prng);
  const { sessions, rounds, cells, order } = plan;
  const trialsOfArm = sessions * rounds;
  const arms = Array.from({ length: 2 * cells }, () => new Float64Array(trialsOfArm));
  const runs = order === 'runs' ? [0, 1] : [0];
  for (const run of runs) {
    const drift = drifting(noise.drift, (trialsOfArm * 2 * cells) / runs.length, normal);
    for (let session = 0; session < sessions; session++) {
      const levels = Float64Array.from({ length: 2 * cells }, () => noise.sessionSd * normal());
      for (let round = 0; round < rounds; round++) {
        for (const arm of orderOf(order, cells, run, prng)) {
          const truth = arm % 2 === 1 ? Math.log1p(effects[arm >> 1] as number) : 0;
          const log = truth + (levels[arm] as number) + drift() + deviation(noise, prng, normal);
          (arms[arm] as Float64Array)[session * rounds + round] = throughputOf(log, noise);
        }
      }
    }
  }
  return Array.from({ length: cells }, (_, cell) => ({
    base: arms[2 * cell] as Float64Array,
    candidate: arms[2 * cell + 1] as Float64Array,
  }));
}

function throughputOf(log: number, { shape, cv }: Noise): number {
  return LEVEL * (shape === 'ties' ? Math.round(Math.exp(log) / cv) * cv : Math.exp(log));
}
