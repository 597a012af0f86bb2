/** The values of sides that the statistics of a comparison use. */
import {
  type EffectSample,
  type InferenceUnit,
  meanSample,
  type Observation,
  pairedSample,
  unitLevels,
  unpairedSample,
} from '../stats/effect.js';
import type { Measure } from '../stats/measure.js';
import { observationsOf } from '../stats/observations.js';
import { type Spread, spreadOf } from '../stats/spread.js';
import { type Evidence, evidenceOf } from './doubt.js';
import type { Side } from './sides.js';

/** Two sides whose measure is compared. */
export interface SidePair {
  readonly base: Side;
  readonly candidate: Side;
  readonly measure: Measure;
  readonly sample: EffectSample;
}

export interface SideReading {
  readonly spread: (side: Side, measure: Measure) => Spread | null;
  readonly sample: (base: Side, candidate: Side, measure: Measure) => EffectSample;
  readonly evidence: (base: Side, candidate: Side, measure: Measure) => Evidence;
  /** Null if some of the pairs are of one run and some of two. */
  readonly mean: (pairs: readonly SidePair[]) => EffectSample | null;
}

/** Caches the values of each side: a side is part of many pairs, and quantiles are expensive. */
export function readSides(unit: InferenceUnit): SideReading {
  const known = new Map<Side, Map<Measure, readonly Observation[]>>();
  const observe = (side: Side, measure: Measure): readonly Observation[] => {
    const ofSide = known.get(side) ?? new Map<Measure, readonly Observation[]>();
    known.set(side, ofSide);
    const observations = ofSide.get(measure) ?? observationsOf(measure, side.trials);
    ofSide.set(measure, observations);
    return observations;
  };
  return {
    spread: (side, measure) => spreadOf(unitLevels(observe(side, measure), unit)),
    // Arms of one run are measured in turn, so each round is a pair. Two runs have no rounds in common.
    sample: (base, candidate, measure) => {
      const sampleOf = base.run === candidate.run ? pairedSample : unpairedSample;
      return sampleOf(observe(base, measure), observe(candidate, measure), unit);
    },
    evidence: (base, candidate, measure) => evidenceOf(observe(base, measure), observe(candidate, measure), measure),
    mean: (pairs) => {
      const [design, other] = new Set(pairs.map(({ sample }) => sample.design));
      if (design === undefined || other !== undefined) return null;
      const rows = pairs.map(({ base, candidate, measure }) => ({
        base: observe(base, measure),
        candidate: observe(candidate, measure),
      }));
      return meanSample(rows, design, unit);
    },
  };
}
