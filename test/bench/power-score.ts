/** Plays a scenario through and counts what the rules said. */
import { judge, type Verdict } from '../../src/gate/verdict.js';
import { type CellRecording, record } from './power-noise.js';
import { judgedOf, type Rival } from './power-rules.js';
import type { Scenario } from './power-scenarios.js';

/** How often, of how many. */
export interface Count {
  readonly hits: number;
  readonly of: number;
}

export interface RuleScore {
  readonly rule: string;
  /** Families in which any equal cell was called worse. */
  readonly alarms: Count;
  /** Equal cells that were called worse, of all of them. */
  readonly cellAlarms: Count;
  /** Slow cells that were called worse. */
  readonly found: Count;
}

export interface Outcome {
  readonly scenario: Scenario;
  /** feedrate's first, by `minEffects`; then the rivals'. */
  readonly rules: readonly RuleScore[];
  /** Cells by feedrate's verdict with the first of `minEffects`, slow and equal ones together. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Families in which any cell was called better; all cells are equal or slow, so it is false. */
  readonly falseImprovements: Count;
}

export interface Setting {
  readonly alpha: number;
  /** The gate's smallest difference that matters; the first is that of the demands. */
  readonly minEffects: readonly number[];
  readonly seed: number;
}

export const CONFIDENCE = 0.95;

class Tally {
  #families = 0;
  #alarmed = 0;
  #equal = 0;
  #equalHits = 0;
  #slow = 0;
  #slowHits = 0;

  add(worse: readonly boolean[], slowCells: number): void {
    const hits = (cells: readonly boolean[]) => cells.filter(Boolean).length;
    const [slow, equal] = [worse.slice(0, slowCells), worse.slice(slowCells)];
    this.#families++;
    this.#alarmed += hits(equal) > 0 ? 1 : 0;
    this.#equal += equal.length;
    this.#equalHits += hits(equal);
    this.#slow += slow.length;
    this.#slowHits += hits(slow);
  }

  score(rule: string): RuleScore {
    return {
      rule,
      alarms: { hits: this.#alarmed, of: this.#families },
      cellAlarms: { hits: this.#equalHits, of: this.#equal },
      found: { hits: this.#slowHits, of: this.#slow },
    };
  }
}

export const ruleName = (minEffect: number): string => `feedrate, min-effect ${Number((100 * minEffect).toFixed(2))} %`;

/** Which rules of other tools are scored, on how many families at least and at most, and on how many cells of each. */
export interface RivalSetting {
  readonly rivals: readonly Rival[];
  readonly leastFamilies: number;
  readonly mostFamilies: number;
  readonly mostCells: number;
}

/** Families a rival is scored on: the first ones, the same recordings as ours. */
function familiesOf(rival: Rival, { plan, families }: Scenario, { leastFamilies, mostFamilies }: RivalSetting): number {
  const wanted = Math.max(leastFamilies, Math.ceil(rival.cellsMax / plan.cells));
  return Math.min(families, mostFamilies, wanted);
}

/** The first `slowCells` cells of each family are slow by `effect`. */
export function play(scenario: Scenario, scenarioIndex: number, setting: Setting, rivalSetting: RivalSetting): Outcome {
  const { plan, noise, slowCells, effect, families } = scenario;
  const effects = Float64Array.from({ length: plan.cells }, (_, cell) => (cell < slowCells ? effect : 0));
  const ours = setting.minEffects.map((minEffect) => ({ minEffect, tally: new Tally() }));
  const theirs = rivalSetting.rivals.map((rival) => ({
    rival,
    tally: new Tally(),
    last: familiesOf(rival, scenario, rivalSetting),
  }));
  const verdicts: Partial<Record<Verdict, number>> = {};
  let improved = 0;
  for (let family = 0; family < families; family++) {
    const cells: CellRecording[] = record(plan, noise, effects, setting.seed, scenarioIndex, family);
    const judged = judgedOf(cells, plan);
    for (const [place, { minEffect, tally }] of ours.entries()) {
      const judgements = judge(judged, {
        alpha: setting.alpha,
        directions: 'regressions',
        minEffect,
        confidence: CONFIDENCE,
      });
      tally.add(
        judgements.map(({ verdict }) => verdict === 'regression'),
        slowCells,
      );
      if (place > 0) continue;
      for (const { verdict } of judgements) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (judgements.some(({ verdict }) => verdict === 'improvement')) improved++;
    }
    for (const { rival, tally, last } of theirs) {
      if (family < last) tally.add(cells.slice(0, rivalSetting.mostCells).map(rival.isWorse), slowCells);
    }
  }
  return {
    scenario,
    rules: [
      ...ours.map(({ minEffect, tally }) => tally.score(ruleName(minEffect))),
      ...theirs.map(({ rival, tally }) => tally.score(rival.name)),
    ],
    verdicts,
    falseImprovements: { hits: improved, of: families },
  };
}
