/** Turns a comparison with a baseline into a gate's outcome and exit status. */
import { EXIT } from '../base/errors.js';
import type { UnitsWanted } from './attainable.js';
import type { ComparedCell, Comparison } from './comparison.js';
import type { Doubt } from './doubt.js';
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
  /** The part of alpha that this look has. Default: an equal one. */
  readonly share?: number;
  /** Whether the looks so far leave nothing of alpha for another one. Default: false. */
  readonly spent?: boolean;
}

/** `broken`: the candidate is an incomplete measurement. */
export type GateOutcome = 'pass' | 'regression' | 'inconclusive' | 'incomparable' | 'broken';

export interface GateResult {
  readonly outcome: GateOutcome;
  /** The number of cells that were compared. */
  readonly cells: number;
  /** The cells with a doubt. They make a gate inconclusive that would pass. */
  readonly doubts: readonly DoubtedCell[];
  /** Sessions that are needed to detect a regression; null if there were enough. */
  readonly sessionsNeeded: number | null;
  /** Who needs them: each side, or the candidate alone while the baseline stays as it is. */
  readonly sessionsNeededOf: UnitsWanted['of'] | null;
  /** The number of cells that no session has measured on both sides. */
  readonly unmeasured: number;
  /** The cells that a pass does not vouch for: undecided ones in which nothing was seen. The gate passes nevertheless. */
  readonly notShown: readonly NotShownCell[];
  readonly thresholds: readonly ThresholdResult[];
  readonly failedThresholds: readonly ThresholdResult[];
  /** The reasons for the outcome `broken`. */
  readonly flaws: readonly string[];
  readonly look: Look;
}

/** An undecided cell without a doubt. */
export interface NotShownCell {
  /** The candidate's arm. */
  readonly arm: string;
  /** The key of the measure. */
  readonly measure: string;
  /** The smallest regression that its sessions detect in 9 of 10 tries; null if they can detect none. */
  readonly detectable: number | null;
}

/** A cell without a verdict although its test or its interval would give one. */
export interface DoubtedCell {
  /** The candidate's arm. */
  readonly arm: string;
  /** The key of the measure. */
  readonly measure: string;
  /** candidate / base of the typical session, and of the mean over all trials. */
  readonly ratio: number;
  readonly meanRatio: number;
  readonly doubt: Doubt;
}

/** The result of one look at the data. */
export interface Decision {
  readonly comparison: Comparison;
  readonly result: GateResult;
}

/**
 * Returns the gate's result. In order of precedence: a failed measurement, a regression or failed threshold, an
 * incomparable cell, an inconclusive one. With too few sessions to detect a regression, with a cell that was not measured, or with a
 * doubt in any cell, the gate is inconclusive also without `failOnInconclusive`.
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
  const doubts = comparison.cells.flatMap(({ candidate, measure, judgement: { doubt, ratio }, evidence }) =>
    doubt === null || ratio === null
      ? []
      : [
          {
            arm: candidate.arm.id,
            measure: measure.key,
            ratio: ratio.estimate,
            meanRatio: evidence.meanRatio,
            doubt,
          },
        ],
  );
  const notShown = comparison.cells.flatMap(({ candidate, measure, judgement: { verdict, doubt, detectable } }) =>
    verdict === 'inconclusive' && doubt === null ? [{ arm: candidate.arm.id, measure: measure.key, detectable }] : [],
  );
  const sessionsNeeded = few.length === 0 ? null : Math.max(...few.map(({ unitsNeeded }) => unitsNeeded));
  const sessionsNeededOf = few.find(({ wantedOf }) => wantedOf === 'each')?.wantedOf ?? few[0]?.wantedOf ?? null;
  const outcome = (): GateOutcome => {
    if (flaws.length > 0) return 'broken';
    if (verdicts.has('regression') || failedThresholds.length > 0) return 'regression';
    if (verdicts.has('incomparable') || comparison.cells.length === 0) return 'incomparable';
    if (
      sessionsNeeded !== null ||
      unmeasured > 0 ||
      doubts.length > 0 ||
      (failOnInconclusive && verdicts.has('inconclusive'))
    )
      return 'inconclusive';
    return 'pass';
  };
  return {
    outcome: outcome(),
    cells: comparison.cells.length,
    doubts,
    sessionsNeeded,
    sessionsNeededOf,
    unmeasured,
    notShown,
    thresholds,
    failedThresholds,
    flaws,
    look,
  };
}

/** Whether more sessions could no longer change the outcome. */
export function isDecided({ comparison: { cells }, result: { outcome, sessionsNeeded } }: Decision): boolean {
  if (outcome === 'regression' || outcome === 'incomparable' || outcome === 'broken') return true;
  // A difference below the noise floor stays there, however many sessions show it.
  const isOpen = ({ judgement: { verdict, doubt } }: ComparedCell) =>
    verdict === 'inconclusive' && doubt?.kind !== 'noise-floor';
  return sessionsNeeded === null && !cells.some(isOpen);
}

/** Returns the exit status of a gate. */
export function gateStatusOf({ outcome }: Pick<GateResult, 'outcome'>): number {
  return outcome === 'broken' ? EXIT.measurementFailed : EXIT[outcome];
}
