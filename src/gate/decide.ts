/** Turns a comparison with a baseline into a gate's outcome and exit status. */
import { EXIT } from '../base/errors.js';
import type { UnitsWanted } from './attainable.js';
import type { Comparison } from './comparison.js';
import type { ThresholdResult } from './thresholds.js';

export interface GateOptions {
  /** Whether an inconclusive cell makes the gate inconclusive, even with enough sessions. */
  readonly failOnInconclusive: boolean;
  /** Why the candidate is an incomplete measurement, one line each (`flawsOf`). Default: none. */
  readonly flaws?: readonly string[];
  readonly look: Look;
}

/** The number of this look at data that grow between looks. All `planned` looks share alpha. */
export interface Look {
  /** 1-based. */
  readonly number: number;
  readonly planned: number;
}

/** `broken`: the candidate is an incomplete measurement. */
export type GateOutcome = 'pass' | 'regression' | 'inconclusive' | 'incomparable' | 'broken';

export interface GateResult {
  readonly outcome: GateOutcome;
  /** Sessions that are needed to detect a regression; null if there were enough. */
  readonly sessionsNeeded: number | null;
  /** Who needs them: each side, or the candidate alone while the baseline stays as it is. */
  readonly sessionsNeededOf: UnitsWanted['of'] | null;
  /** The number of cells that no session has measured on both sides. */
  readonly unmeasured: number;
  readonly thresholds: readonly ThresholdResult[];
  readonly failedThresholds: readonly ThresholdResult[];
  /** The reasons for the outcome `broken`. */
  readonly flaws: readonly string[];
  readonly look: Look;
}

/** The result of one look at the data. */
export interface Decision {
  readonly comparison: Comparison;
  readonly result: GateResult;
}

/**
 * Returns the gate's result. In order of precedence: a failed measurement, a regression or failed threshold, an
 * incomparable cell, an inconclusive one. With too few sessions to detect a regression, or a cell that was not
 * measured, the gate is inconclusive.
 */
export function gateOf(
  comparison: Comparison,
  thresholds: readonly ThresholdResult[],
  { failOnInconclusive, flaws = [], look }: GateOptions,
): GateResult {
  const verdicts = new Set(comparison.cells.map(({ judgement }) => judgement.verdict));
  const failedThresholds = thresholds.filter(({ passed }) => !passed);
  const comparable = comparison.cells.filter(({ judgement }) => judgement.verdict !== 'incomparable');
  const unmeasured = comparable.filter(({ judgement }) => judgement.units === 0).length;
  const few = comparable.flatMap(({ judgement: { unitsNeeded, wantedOf } }) =>
    unitsNeeded === null ? [] : [{ unitsNeeded, wantedOf }],
  );
  const sessionsNeeded = few.length === 0 ? null : Math.max(...few.map(({ unitsNeeded }) => unitsNeeded));
  const sessionsNeededOf = few.find(({ wantedOf }) => wantedOf === 'each')?.wantedOf ?? few[0]?.wantedOf ?? null;
  const outcome = (): GateOutcome => {
    if (flaws.length > 0) return 'broken';
    if (verdicts.has('regression') || failedThresholds.length > 0) return 'regression';
    if (verdicts.has('incomparable') || comparison.cells.length === 0) return 'incomparable';
    if (sessionsNeeded !== null || unmeasured > 0 || (failOnInconclusive && verdicts.has('inconclusive')))
      return 'inconclusive';
    return 'pass';
  };
  return {
    outcome: outcome(),
    sessionsNeeded,
    sessionsNeededOf,
    unmeasured,
    thresholds,
    failedThresholds,
    flaws,
    look,
  };
}

/** Whether more sessions could no longer change the outcome. */
export function isDecided({ comparison: { cells }, result: { outcome, sessionsNeeded } }: Decision): boolean {
  if (outcome === 'regression' || outcome === 'incomparable' || outcome === 'broken') return true;
  return sessionsNeeded === null && cells.every(({ judgement }) => judgement.verdict !== 'inconclusive');
}

/** Returns the exit status of a gate. */
export function gateStatusOf({ outcome }: Pick<GateResult, 'outcome'>): number {
  return outcome === 'broken' ? EXIT.measurementFailed : EXIT[outcome];
}
