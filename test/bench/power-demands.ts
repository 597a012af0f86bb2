/** What is demanded of the rates, and whether the counts show it. */
import { clopperPearson } from '../support/clopper-pearson.js';
import type { Verdict } from './demands.js';
import type { Coverage } from './power-coverage.js';
import type { Count, Outcome } from './power-score.js';

export interface RateDemand {
  readonly where: string;
  readonly text: string;
  readonly count: Count;
  readonly met: Verdict;
}

export interface Results {
  readonly alarms: readonly Outcome[];
  readonly power: readonly Outcome[];
  readonly equivalence: readonly Outcome[];
  readonly coverage: readonly Coverage[];
}

const ALARMS_MAX = 0.01;
const POWER_MIN = 0.95;
const COVERAGE = { low: 0.94, high: 0.97 };
/** An interval of 95 % has 2.5 % at either end. */
const EQUIVALENT_MAX = 0.025;
/** What all demands of one kind together may be wrong by. */
const ERROR = 0.05;

/** 95 % bounds on one side each (Clopper and Pearson). */
export function boundsOf({ hits, of }: Count, error = ERROR): { low: number; high: number } {
  return clopperPearson(hits, of, 1 - 2 * error);
}

/** Met when the rate is shown to be at most `max`, NOT MET when it is shown to be above. */
export function atMost(max: number, count: Count): Verdict {
  const { low, high } = boundsOf(count);
  return high <= max ? true : low > max ? false : null;
}

/** Whether more families could tell if false alarms are at most as many as demanded. */
export function isUndecided(alarms: Count): boolean {
  return atMost(ALARMS_MAX, alarms) === null;
}

/**
 * A test at its nominal level has just that rate, so no number of families shows that it is below. Met unless the rate
 * is shown to be above, with an error that all of `looks` such demands share.
 */
export function notAbove(max: number, count: Count, looks: number): boolean {
  return boundsOf(count, ERROR / looks).low <= max;
}

function within(count: Count): Verdict {
  const { low, high } = boundsOf(count, ERROR / 2);
  if (low >= COVERAGE.low && high <= COVERAGE.high) return true;
  return high < COVERAGE.low || low > COVERAGE.high ? false : null;
}

export function demandsOf({ alarms, power, equivalence, coverage }: Results): RateDemand[] {
  const demanded = alarms.filter(({ scenario }) => scenario.demanded);
  return [
    ...demanded.map(({ scenario, rules }): RateDemand => {
      const count = (rules[0] as Outcome['rules'][number]).alarms;
      return {
        where: scenario.name,
        text: 'family-wise false alarms at most 1 %',
        count,
        met: atMost(ALARMS_MAX, count),
      };
    }),
    ...demanded.flatMap(({ scenario, rules }): RateDemand[] => {
      const count = rules[1]?.alarms;
      if (count === undefined || !rules[1]?.rule.startsWith('feedrate')) return [];
      const met = notAbove(ALARMS_MAX, count, demanded.length);
      return [{ where: scenario.name, text: 'min-effect 0: nothing shows more than the nominal 1 %', count, met }];
    }),
    ...power
      .filter(({ scenario }) => scenario.demanded)
      .map(({ scenario, rules }): RateDemand => {
        const count = (rules[0] as Outcome['rules'][number]).found;
        const { low, high } = boundsOf(count);
        const met = low >= POWER_MIN ? true : high < POWER_MIN ? false : null;
        return { where: scenario.name, text: 'power for −5 % at least 95 %', count, met };
      }),
    ...equivalence.map((outcome): RateDemand => {
      const count = equivalentOf(outcome);
      const met = notAbove(EQUIVALENT_MAX, count, equivalence.length);
      return {
        where: outcome.scenario.name,
        text: 'called equivalent: nothing shows more than 2.5 % of cells',
        count,
        met,
      };
    }),
    ...coverage
      .filter((one) => one.case.demanded)
      .map(({ case: { interval, n, rounds, shape }, covered }): RateDemand => {
        const where = `${interval}, n ${n}, ${rounds} rounds, ${shape}`;
        return { where, text: 'coverage 94–97 %', count: covered, met: within(covered) };
      }),
  ];
}

/** Cells that were called equivalent, of all. */
export function equivalentOf({ verdicts }: Pick<Outcome, 'verdicts'>): Count {
  const of = Object.values(verdicts).reduce((sum, cells) => sum + cells, 0);
  return { hits: verdicts.equivalent ?? 0, of };
}
