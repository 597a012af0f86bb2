/** What several rules make of the same recordings. */
import { median } from 'simple-statistics';
import { type JudgementOptions, judge } from '../../src/gate/verdict.js';
import { type Observation, pairedSample, ratioOf, unitSd } from '../../src/stats/effect.js';
import { mannWhitney } from './mann-whitney.js';
import { BASE, type Recording } from './verdict-recording.js';

export interface Pair {
  readonly cell: string;
  readonly base: readonly Observation[];
  readonly candidate: readonly Observation[];
}

/** The cells of a recording, of one side against the base; empty when it does not have that side. */
export function pairsOf({ cells }: Recording, side: string): Pair[] {
  return Object.entries(cells).flatMap(([cell, sides]) => {
    const [base, candidate] = [sides[BASE], sides[side]];
    return base === undefined || candidate === undefined ? [] : [{ cell, base, candidate }];
  });
}

export interface Rule {
  readonly name: string;
  /** The cells that it calls slower. */
  readonly slower: (family: readonly Pair[]) => string[];
}

const values = (observed: readonly Observation[]): number[] => observed.map(({ value }) => value);

/** The gate's own rule at its defaults. */
export const GATE: JudgementOptions = { alpha: 0.01, directions: 'regressions', minEffect: 0.01, confidence: 0.95 };

/** The same, looser, and in both directions: what a user would read off a comparison. */
const COMPARE: JudgementOptions = { ...GATE, alpha: 0.05, directions: 'both' };

function judged(family: readonly Pair[], options: JudgementOptions) {
  return judge(
    family.map(({ base, candidate }) => ({
      sample: pairedSample(base, candidate),
      better: 'higher' as const,
      comparable: true,
    })),
    options,
  );
}

function byJudgement(options: JudgementOptions): Rule['slower'] {
  return (family) => {
    const judgements = judged(family, options);
    return family.filter((_, i) => judgements[i]?.verdict === 'regression').map(({ cell }) => cell);
  };
}

export const RULES: readonly Rule[] = [
  { name: 'feedrate gate (family-wise 1 %, ≥ 1 %)', slower: byJudgement(GATE) },
  { name: 'feedrate compare (family-wise 5 %, ≥ 1 %)', slower: byJudgement(COMPARE) },
  {
    name: 'benchstat (U test on trials, p < .05)',
    slower: (family) =>
      family
        .filter(({ base, candidate }) => {
          const [before, after] = [values(base), values(candidate)];
          return mannWhitney(after, before).pTwoSided < 0.05 && median(after) < median(before);
        })
        .map(({ cell }) => cell),
  },
  {
    name: 'plain threshold (median 10 % lower)',
    slower: (family) =>
      family
        .filter(({ base, candidate }) => median(values(candidate)) < 0.9 * median(values(base)))
        .map(({ cell }) => cell),
  },
];

/** What the gate says of the families: how often each verdict, and what it could have seen. */
export function gateVerdicts(families: readonly (readonly Pair[])[]): {
  readonly counts: ReadonlyMap<string, number>;
  /** The median over the cells that could have shown something; NaN where none could. */
  readonly detectable: number;
} {
  const counts = new Map<string, number>();
  const detectable: number[] = [];
  for (const judgement of families.flatMap((family) => judged(family, GATE))) {
    counts.set(judgement.verdict, (counts.get(judgement.verdict) ?? 0) + 1);
    if (judgement.detectable !== null) detectable.push(judgement.detectable);
  }
  return { counts, detectable: detectable.length === 0 ? Number.NaN : median(detectable) };
}

/** Of one cell over the families: the true difference as the median of the estimates, and the noise between sessions. */
export function noiseOf(pairs: readonly Pair[]): { readonly change: number; readonly sessionSd: number } {
  const samples = pairs.map(({ base, candidate }) => pairedSample(base, candidate));
  return {
    change: median(samples.map((sample) => (ratioOf(sample, 0.95)?.estimate ?? Number.NaN) - 1)),
    sessionSd: median(samples.map(unitSd)),
  };
}
