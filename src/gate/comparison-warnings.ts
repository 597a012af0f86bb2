/** The warnings of a comparison. */
import { commandFor, DEFAULT_RESULTS } from '../base/results-command.js';
import { shellWord } from '../base/shell-word.js';
import { byWeight, type Warning, warning } from '../record/warning.js';
import type { InferenceUnit } from '../stats/effect.js';
import { warningsOfArm } from '../stats/summary.js';
import { busySidesDiffer } from './busy-sides.js';
import type { Measured } from './comparability.js';
import type { Judgement, JudgementOptions } from './verdict.js';

/** A warning with all sides that it applies to. Each code appears once. */
export interface ComparisonWarning extends Warning {
  /** The side that `message` describes comes first. Empty if the warning applies to the comparison as a whole. */
  readonly sides: readonly WarnedSide[];
}

export interface WarnedSide {
  /** The name of the run. */
  readonly name: string;
  readonly arm: string;
  /** The number of counted trials with this warning, out of `counted`. */
  readonly trials: number;
  readonly counted: number;
}

interface JudgedCell {
  readonly base: NamedSide;
  readonly candidate: NamedSide;
  readonly judgement: Pick<Judgement, 'units' | 'unitsNeeded' | 'wantedOf'>;
}

interface NamedSide extends Measured {
  readonly name: string;
}

interface Asked extends Pick<JudgementOptions, 'alpha'> {
  readonly unit: InferenceUnit;
  readonly results?: string;
}

/** Returns one warning per code, most important first, each with its most affected side first. */
export function warningsOfComparison(cells: readonly JudgedCell[], options: Asked): ComparisonWarning[] {
  const sides = new Set(cells.flatMap(({ base, candidate }) => [base, candidate]));
  const found = [...sides].flatMap(({ name, arm, trials }) =>
    warningsOfArm(trials).map((raised) => ({
      raised,
      side: { name, arm: arm.id, trials: raised.trials, counted: trials.length },
    })),
  );
  const codes = [...new Set(found.map(({ raised }) => raised.code))];
  const grouped = codes.map((code): ComparisonWarning => {
    const same = found.filter(({ raised }) => raised.code === code);
    same.sort((a, b) => b.side.trials / b.side.counted - a.side.trials / a.side.counted);
    const { message, remedy } = (same[0] as (typeof same)[number]).raised;
    return { code, message, remedy, sides: same.map(({ side }) => side) };
  });
  const busy = busySidesDiffer(cells);
  const whole = busy === null ? [] : [{ ...busy, sides: [] }];
  return [...fewSessions(cells, options), ...whole, ...grouped].sort(byWeight);
}

/** Warns if the smallest p that a cell can reach is above the bound, so that no difference can be reported. */
function fewSessions(
  cells: readonly JudgedCell[],
  { unit, alpha, results = DEFAULT_RESULTS }: Asked,
): ComparisonWarning[] {
  const few = cells.filter(({ judgement }) => judgement.unitsNeeded !== null);
  const short = few.filter((cell) => unit === 'round' || neededOf(cell) > sessionsRun(cell));
  const [first] = few;
  if (first === undefined) return [];
  const needed = Math.max(...(short.length > 0 ? short : few).map(neededOf));
  const family = cells.length === 1 ? '1 cell' : `${cells.length} cells`;
  const ofCandidate = few.every(({ judgement }) => judgement.wantedOf === 'candidate');
  const side = ofCandidate ? ' of the candidate' : '';
  const message = `with ${family} at ${alpha * 100} % no difference can be reported with fewer than ${needed} ${unit}s${side}`;
  if (short.length === 0) {
    const { candidate, judgement } = first;
    const counted = `only ${judgement.units} of the ${sessionsRun(first)} sessions of ${candidate.arm.id} (${candidate.name}) count`;
    // More sessions are not the remedy where as many as are needed were run.
    const lost = `run ${commandFor(results, `show ${shellWord(candidate.name)}`)} to see why, and measure again`;
    return [{ ...warning('few-sessions', `${message}, and ${counted}`, lost), sides: [] }];
  }
  const remedy = `${ofCandidate ? 'measure the candidate with' : 'use'} --set trials.${unit}s=${needed} or more`;
  return [{ ...warning('few-sessions', message, remedy), sides: [] }];
}

function neededOf({ judgement }: JudgedCell): number {
  return judgement.unitsNeeded ?? 0;
}

/** Returns the sessions that the runs of a cell planned: of the side that needs more, or of the shorter one. */
function sessionsRun({ base, candidate, judgement }: JudgedCell): number {
  const { sessions } = candidate.run.plan;
  return judgement.wantedOf === 'candidate' ? sessions : Math.min(base.run.plan.sessions, sessions);
}
