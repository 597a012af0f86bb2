/** The answer of a gate: its outcome, the worst row in numbers, and what a pass does not vouch for. */
import { metricOf } from '../../base/metrics.js';
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import { changeText, doubtText } from '../comparison/comparison-table.js';
import { missedText } from '../comparison/render-comparison.js';
import { formatPercent, formatValue, plural } from '../table/format.js';
import { answerOf, fewOrCount, thresholdsMet } from './answer.js';
import { changeClause } from './comparison-answer.js';
import { comparisonCaveat } from './comparison-caveats.js';
import { comparisonFindings, type MeasureFindings, type NamedCell } from './comparison-findings.js';
import { mismatchNames } from './comparison-rest.js';

/** Returns the answer of a gate, a few sentences. */
export function gateAnswer(
  comparison: Comparison,
  gate: GateResult,
  findings: readonly MeasureFindings[] = comparisonFindings(comparison),
): string {
  return answerOf([...OUTCOMES[gate.outcome](comparison, gate, findings), comparisonCaveat(comparison)]);
}

type Telling = (comparison: Comparison, gate: GateResult, findings: readonly MeasureFindings[]) => string[];

const OUTCOMES: Readonly<Record<GateResult['outcome'], Telling>> = {
  pass: passed,
  regression: failed,
  inconclusive: undecided,
  incomparable: ({ cells }, _gate, findings) => {
    const all = findings.flatMap(({ incomparable }) => incomparable);
    const why = all.length === 0 ? 'no row has both sides' : `the two sides differ in ${mismatchNames(all)}`;
    const rows = cells.length < 2 ? '' : ` in ${all.length} of ${cells.length} rows`;
    return [`no verdict: ${why}${rows}`];
  },
  broken: (_comparison, { flaws }) => {
    const [first = '', ...others] = flaws;
    const more = others.length === 0 ? '' : `, and ${plural(others.length, 'more problem')}`;
    return [`no verdict: the measurement is incomplete (${first}${more})`];
  },
};

function rowsText(cells: readonly NamedCell[], all: number): string {
  return fewOrCount(
    cells.map(({ place, cell }) => (cell.measure.key === 'throughput' ? place : `${cell.measure.key} of ${place}`)),
    all,
    'rows',
  );
}

function passed(
  comparison: Comparison,
  { notShown, cells, thresholds }: GateResult,
  findings: readonly MeasureFindings[],
): string[] {
  const shown = findings.flatMap(({ equivalent, improvements }) => [...equivalent, ...improvements]);
  const open = findings.flatMap((found) => found.open);
  const [first] = [...shown, ...open];
  const effect = formatPercent(comparison.options.minEffect);
  const sides = first === undefined ? '' : ` of ${first.candidate} against ${first.base}`;
  const rows = cells === 1 ? '' : ` in ${cells} rows`;
  const ruledOut = shown.length === 0 ? '' : `; a loss above ${effect} is ruled out for ${rowsText(shown, cells)}`;
  const rest = notShown.length === 0 ? '' : `for ${rowsText(open, cells)}, ${missedText(notShown)}`;
  return [
    `pass: no regression${sides} was found${rows}${ruledOut}`,
    rest,
    thresholdsMet(thresholds.length),
    worstText(comparison, [...shown, ...open]),
  ];
}

/** The row with the lowest estimate, which a pass found to be no regression. */
function worstText(comparison: Comparison, cells: readonly NamedCell[]): string {
  const goodness = ({ cell: { judgement, measure } }: NamedCell) =>
    Math.log(judgement.ratio?.estimate ?? 1) * (measure.metric.better === 'higher' ? 1 : -1);
  const [worst] = cells.toSorted((a, b) => goodness(a) - goodness(b));
  return worst === undefined || cells.length < 2 ? '' : `the lowest row: ${changeClause(worst, comparison)}`;
}

function failed(
  comparison: Comparison,
  { failedThresholds, cells }: GateResult,
  findings: readonly MeasureFindings[],
): string[] {
  const all = findings.flatMap(({ regressions }) => regressions);
  const [worst] = all;
  const [threshold] = failedThresholds;
  const count = all.length < 2 ? '' : `, the worst of ${all.length} regressions in ${cells} rows`;
  return [
    worst === undefined ? '' : `fail: ${changeClause(worst, comparison)}${count}`,
    threshold === undefined
      ? ''
      : `${worst === undefined ? 'fail: ' : ''}${plural(failedThresholds.length, 'threshold')} failed: ${threshold.threshold.text}, but ${
          threshold.reason ?? formatValue(threshold.value, metricOf(threshold.threshold.metric)?.unit ?? 'count')
        } in ${threshold.arm}`,
  ];
}

function undecided(comparison: Comparison, gate: GateResult, findings: readonly MeasureFindings[]): string[] {
  const { sessionsNeeded, sessionsNeededOf, cells, unmeasured } = gate;
  const doubted = findings.flatMap((found) => found.doubted);
  const open = findings.flatMap((found) => found.open);
  const [doubt] = doubted;
  if (sessionsNeeded !== null) {
    const side = sessionsNeededOf === 'candidate' ? 'the candidate' : 'each side';
    const had = Math.min(...comparison.cells.map(({ judgement }) => judgement.units));
    return [
      `undecided: ${plural(had, 'session')} ${had === 1 ? 'is' : 'are'} too few to detect a regression; ${sessionsNeeded} of ${side} are needed`,
    ];
  }
  if (unmeasured > 0) {
    return [
      `undecided: not measured on both sides: ${rowsText(
        findings.flatMap((found) => found.unmeasured),
        cells,
      )}`,
    ];
  }
  if (doubt?.cell.judgement.doubt) {
    return [
      `undecided: ${changeText(doubt.cell, doubt.form)} for ${rowsText([doubt], cells)}, but ${doubtText(doubt.cell.judgement.doubt)}`,
    ];
  }
  return [`undecided: for ${rowsText(open, cells)}, ${missedText(gate.notShown)}`];
}
