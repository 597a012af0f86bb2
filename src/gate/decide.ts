/** What a comparison with a baseline means for a pipeline. */
import { EXIT } from '../base/errors.js';
import type { Comparison } from './comparison.js';
import type { ThresholdResult } from './thresholds.js';

export interface GateOptions {
  /** Also `inconclusive` where the data could have shown a regression but showed neither that nor its absence. */
  readonly failOnInconclusive: boolean;
  /** Why the candidate is no whole measurement, a line each (`flawsOf`); default none. */
  readonly flaws?: readonly string[];
  readonly look: Look;
}

/** Which of the looks at data that grow between them; `planned` of them share the false alarms that are allowed. */
export interface Look {
  /** 1-based. */
  readonly number: number;
  readonly planned: number;
}

/** `broken`: the candidate is no whole measurement. */
export type GateOutcome = 'pass' | 'regression' | 'inconclusive' | 'incomparable' | 'broken';

export interface GateResult {
  readonly outcome: GateOutcome;
  /** Sessions of each side without which no regression could have been called; null when there were enough. */
  readonly sessionsNeeded: number | null;
  readonly thresholds: readonly ThresholdResult[];
  readonly failedThresholds: readonly ThresholdResult[];
  /** Why it is `broken`. */
  readonly flaws: readonly string[];
  readonly look: Look;
}

/** What a look at the data says. */
export interface Decision {
  readonly comparison: Comparison;
  readonly result: GateResult;
}

/**
 * A failed measurement outweighs a regression or a broken threshold, as it does in the status of a run; these outweigh
 * what cannot be compared, and that what cannot be told. A gate that could not have failed is not passed: where the
 * smallest p that a cell can reach is above its bound it is inconclusive.
 */
export function gateOf(
  comparison: Comparison,
  thresholds: readonly ThresholdResult[],
  { failOnInconclusive, flaws = [], look }: GateOptions,
): GateResult {
  const verdicts = new Set(comparison.cells.map(({ judgement }) => judgement.verdict));
  const failedThresholds = thresholds.filter(({ passed }) => !passed);
  const needed = comparison.cells.flatMap(({ judgement: { verdict, unitsNeeded } }) =>
    verdict === 'incomparable' || unitsNeeded === null ? [] : [unitsNeeded],
  );
  const sessionsNeeded = needed.length === 0 ? null : Math.max(...needed);
  const outcome = (): GateOutcome => {
    if (flaws.length > 0) return 'broken';
    if (verdicts.has('regression') || failedThresholds.length > 0) return 'regression';
    if (verdicts.has('incomparable') || comparison.cells.length === 0) return 'incomparable';
    if (sessionsNeeded !== null || (failOnInconclusive && verdicts.has('inconclusive'))) return 'inconclusive';
    return 'pass';
  };
  return { outcome: outcome(), sessionsNeeded, thresholds, failedThresholds, flaws, look };
}

/** Is there nothing that more sessions could tell? */
export function isDecided({ comparison: { cells }, result: { outcome, sessionsNeeded } }: Decision): boolean {
  if (outcome === 'regression' || outcome === 'incomparable' || outcome === 'broken') return true;
  return sessionsNeeded === null && cells.every(({ judgement }) => judgement.verdict !== 'inconclusive');
}

/** The exit status of a gate. */
export function gateStatusOf({ outcome }: Pick<GateResult, 'outcome'>): number {
  return outcome === 'broken' ? EXIT.measurementFailed : EXIT[outcome];
}
