/** Values in nested groups, such as sessions of rounds of trials. All values have the same depth. */
export type NestedSample = readonly (number | NestedSample)[];

/** The variance that one level of repetition adds. */
export interface VarianceLevel {
  /** Repetitions within a group. It is the harmonic mean over the groups, which determines the variance of means. */
  readonly repetitions: number;
  /**
   * T², in the square of the values' unit. It is unbiased, so it can be negative by chance when the level adds
   * little.
   */
  readonly variance: number;
  /**
   * The level's share of the variance of a single value: max(0, T²) over its sum for all levels. 0 if nothing varies.
   */
  readonly share: number;
}

export interface VarianceComponents {
  /** The unweighted mean of the outermost groups' means. */
  readonly mean: number;
  /** From the outermost (sessions) to the innermost level (trials). Kalibera and Jones count the other way. */
  readonly levels: readonly VarianceLevel[];
  /** The index in `levels` of the largest share. 0 (outermost) when nothing varies. */
  readonly largest: number;
}

/** A group's mean and the estimated variance of that mean about the group's own expectation. */
interface GroupMean {
  readonly mean: number;
  readonly variance: number;
}

/**
 * Returns the variance that each level of a nested experiment adds: T² = S² − S²₋₁/r₋₁. This is the variance of means
 * at a level minus the contribution of the levels below (Kalibera and Jones 2013, "Rigorous benchmarking in
 * reasonable time", with the erratum to S²).
 *
 * Groups may have different sizes, because trials can be lost. Groups are compared by unweighted means. The variance
 * of each mean, from its own repetitions, is subtracted, so that the estimates stay unbiased. Nothing is imputed or
 * dropped.
 *
 * Throws RangeError for a value that is not finite, an empty group, values at different depths, or a level without a
 * group that repeats it.
 */
export function varianceComponents(sample: NestedSample): VarianceComponents {
  const groupsOfLevels = groupsByLevel(sample);
  let units: GroupMean[] = (groupsOfLevels.at(-1) as number[][]).flat().map((mean) => ({ mean, variance: 0 }));
  const found: { repetitions: number; variance: number }[] = [];
  for (const [level, groups] of [...groupsOfLevels.entries()].reverse()) {
    const members: GroupMean[][] = [];
    let start = 0;
    for (const group of groups) {
      members.push(units.slice(start, start + group.length));
      start += group.length;
    }
    const variance = levelVariance(members, level);
    found.unshift({ repetitions: members.length / sum(members, (group) => 1 / group.length), variance });
    units = members.map((group) => ({
      mean: sum(group, (unit) => unit.mean) / group.length,
      variance: sum(group, (unit) => variance + unit.variance) / group.length ** 2,
    }));
  }
  const total = sum(found, ({ variance }) => Math.max(0, variance));
  const levels = found.map(({ repetitions, variance }) => {
    return { repetitions, variance, share: total > 0 ? Math.max(0, variance) / total : 0 };
  });
  const largest = levels.reduce((best, { share }, place) => (share > (levels[best]?.share ?? 0) ? place : best), 0);
  return { mean: (units[0] as GroupMean).mean, levels, largest };
}

/** The repetitions of each level except the outermost, and the level that gains most from more. */
export interface RepetitionPlan {
  /**
   * r = ⌈√(c₊₁/c · T²/T₊₁²)⌉, at least 1, for the levels from the second to the innermost. An index here is one less
   * than in `levels`. Infinity when the level above adds nothing, because repeating that level never improves the
   * precision.
   */
  readonly repetitions: readonly number[];
  /**
   * The index in `levels` of the level to repeat more: the one furthest below its optimum. It is the outermost when
   * none is below, because only the required precision limits the outermost level.
   */
  readonly repeatMore: number;
}

/**
 * Returns the repetitions that give the most precise mean for the cost (Kalibera and Jones 2013). `costs` has the
 * cost of one more repetition of each level, in the order of `levels` and in one unit, such as seconds. A cost
 * excludes the levels below it: setting up a session, then a round, then running a trial. Throws RangeError unless
 * there is a positive, finite cost for each level.
 */
export function optimalRepetitions({ levels }: VarianceComponents, costs: readonly number[]): RepetitionPlan {
  if (costs.length !== levels.length) throw new RangeError(`${levels.length} levels do not have ${costs.length} costs`);
  for (const cost of costs) if (!(cost > 0 && cost < Infinity)) throw new RangeError(`a cost is positive, not ${cost}`);
  const repetitions: number[] = [];
  let repeatMore = 0;
  let furthest = 1;
  for (const [above, { share }] of levels.slice(1).entries()) {
    const costRatio = (costs[above] as number) / (costs[above + 1] as number);
    const shareAbove = (levels[above] as VarianceLevel).share;
    const optimum = share > 0 ? Math.max(1, Math.ceil(Math.sqrt((costRatio * share) / shareAbove))) : 1;
    repetitions.push(optimum);
    const missing = optimum / (levels[above + 1] as VarianceLevel).repetitions;
    if (missing > furthest) {
      furthest = missing;
      repeatMore = above + 1;
    }
  }
  return { repetitions, repeatMore };
}

/** Returns all groups of each level, from the outermost, in the order of their values. */
function groupsByLevel(sample: NestedSample): NestedSample[][] {
  const levels: NestedSample[][] = [];
  let groups: NestedSample[] = [sample];
  for (;;) {
    levels.push(groups);
    if (groups.some((group) => group.length === 0)) throw new RangeError('a group without values has no mean');
    const members = groups.flat(1);
    const deeper = members.filter((member) => typeof member !== 'number');
    if (deeper.length === 0) {
      if (!members.every(Number.isFinite)) throw new RangeError('a value that is not finite has no variance');
      return levels;
    }
    if (deeper.length < members.length) throw new RangeError('values must all lie at the same depth');
    groups = deeper;
  }
}

/** Returns T² of a level: the variance of the members' means within their groups, minus the variance of those means. */
function levelVariance(groups: readonly (readonly GroupMean[])[], level: number): number {
  const freedom = sum(groups, (group) => group.length - 1);
  if (freedom === 0) throw new RangeError(`level ${level} was never repeated, so its variance is unknown`);
  const excess = sum(groups, (group) => {
    const mean = sum(group, (unit) => unit.mean) / group.length;
    const squares = sum(group, (unit) => (unit.mean - mean) ** 2);
    return squares - ((group.length - 1) * sum(group, (unit) => unit.variance)) / group.length;
  });
  return excess / freedom;
}

function sum<T>(items: readonly T[], measure: (item: T) => number): number {
  return items.reduce((total, item) => total + measure(item), 0);
}
