/** The noise of one arm that was measured twice in every round, as A and as B, without any difference between them. */
import type { Observation } from './effect.js';
import { type NestedSample, type VarianceComponents, varianceComponents } from './variance-components.js';

export type NoiseLevelName = 'session' | 'round' | 'trial';

export interface OwnNoise {
  /** The variance components of ln(value). A and B of a round count as two trials of the same arm. */
  readonly components: VarianceComponents;
  /** The name of each level of the components, outermost first. A level that was never repeated is missing. */
  readonly levels: readonly NoiseLevelName[];
  /**
   * The standard deviation of a trial's ln(value) within its session, from the levels below the session. A small one
   * equals the coefficient of variation.
   */
  readonly trialCv: number;
}

type Nested = Map<number, Map<number, number[]>>;

/** Returns session → round → ln of the measured values. */
function nestedLogs(observations: readonly Observation[]): Nested {
  const sessions: Nested = new Map();
  for (const { session, round, value } of observations) {
    if (!(value > 0 && Number.isFinite(value))) continue;
    const rounds = sessions.get(session) ?? new Map<number, number[]>();
    sessions.set(session, rounds);
    rounds.set(round, [...(rounds.get(round) ?? []), Math.log(value)]);
  }
  return sessions;
}

/** Whether a trial ran and measured nothing. Its logarithm is infinite, and so is the variance. */
function hasWorst(observations: readonly Observation[]): boolean {
  return observations.some(({ value }) => value === 0 || value === Number.POSITIVE_INFINITY);
}

/**
 * Returns the noise of an arm. Null for fewer than two sessions, when no session repeats anything, or when a trial measured
 * nothing: the noise of the others would be that of survivors.
 */
export function ownNoise(a: readonly Observation[], b: readonly Observation[]): OwnNoise | null {
  if (hasWorst(a) || hasWorst(b)) return null;
  const sessions = [...nestedLogs([...a, ...b]).values()].map((rounds) => [...rounds.values()]);
  const roundsRepeat = sessions.some((rounds) => rounds.length > 1);
  const trialsRepeat = sessions.some((rounds) => rounds.some((trials) => trials.length > 1));
  if (sessions.length < 2 || !(roundsRepeat || trialsRepeat)) return null;
  const sample: NestedSample = roundsRepeat && trialsRepeat ? sessions : sessions.map((rounds) => rounds.flat());
  const inner =
    roundsRepeat && trialsRepeat ? (['round', 'trial'] as const) : ([trialsRepeat ? 'trial' : 'round'] as const);
  const components = varianceComponents(sample);
  const within = components.levels.slice(1).reduce((sum, { variance }) => sum + Math.max(0, variance), 0);
  return { components, levels: ['session', ...inner], trialCv: Math.sqrt(within) };
}

/**
 * The variance of the median of 1, 2, … normal values with variance 1, from integrals of the density of order
 * statistics (David & Nagaraja 2003, section 2.2). For an even count, the median is the mean of the two middle
 * values.
 */
const MEDIAN_VARIANCE = [1, 0.5, 0.44867, 0.29823, 0.28683, 0.21473, 0.21045, 0.16818, 0.1661, 0.1383] as const;

/** The most rounds that `sessionSdBy` supports. */
export const ROUNDS_MAX = MEDIAN_VARIANCE.length;

/**
 * Returns the variance of ln(B / A) of a round, split into session and round. Effects that A and B share in a round
 * cancel. More rounds reduce the variance of the pair, but not that of the session. Null for fewer than two sessions,
 * when no session has two rounds, or when a trial measured nothing.
 */
export function pairNoise(a: readonly Observation[], b: readonly Observation[]): VarianceComponents | null {
  if (hasWorst(a) || hasWorst(b)) return null;
  const baseOf = new Map(a.map(({ session, round, value }) => [`${session}/${round}`, value]));
  const ratios = b.map(({ session, round, value }) => {
    return { session, round, value: value / (baseOf.get(`${session}/${round}`) ?? Number.NaN) };
  });
  const sessions = [...nestedLogs(ratios).values()].map((rounds) => [...rounds.values()].flat());
  return sessions.length > 1 && sessions.some((pairs) => pairs.length > 1) ? varianceComponents(sessions) : null;
}

/**
 * Returns the standard deviation of a session's median of ln(B / A) as a function of the number of rounds, from the
 * components of `pairNoise`. It is scaled to give `measuredSd` for the measured rounds, because medians resist outliers
 * and variances do not. If `noise` is null, the effect of more rounds is unknown, and the function assumes none.
 */
export function sessionSdBy(noise: VarianceComponents | null, measuredSd: number): (rounds: number) => number {
  if (noise === null) return () => measuredSd;
  const [session, pair] = noise.levels.map(({ variance }) => Math.max(0, variance)) as [number, number];
  const predicted = (rounds: number) => Math.sqrt(session + pair * (MEDIAN_VARIANCE[rounds - 1] as number));
  const measuredRounds = Math.min(ROUNDS_MAX, Math.max(1, Math.round(noise.levels[1]?.repetitions ?? 1)));
  const scale = predicted(measuredRounds) > 0 ? measuredSd / predicted(measuredRounds) : 0;
  return (rounds) => scale * predicted(rounds);
}
