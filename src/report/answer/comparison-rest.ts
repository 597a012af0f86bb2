/** What a comparison knows about the rows without a difference, and what would decide the others. */
import type { Comparison } from '../../gate/comparison.js';
import { changeText, doubtText } from '../comparison/comparison-table.js';
import { formatPercent, plural } from '../table/format.js';
import { fewOrCount, listed } from './answer.js';
import type { MeasureFindings, NamedCell } from './comparison-findings.js';

/** Differences in the environment that are named. The notes below the table have all. */
const MISMATCHES_MAX = 3;

/** Returns the clauses, or an empty text if every row has a difference. */
export function restText({ options }: Comparison, found: MeasureFindings): string {
  const { equivalent, doubted, unmeasured, incomparable } = found;
  const parts: string[] = [];
  if (equivalent.length > 0) {
    const effect = formatPercent(options.minEffect);
    parts.push(`the difference${between(found)} is less than ${effect} for ${rowsOf(found, equivalent)}`);
  }
  parts.push(...openTexts(options.unit, found));
  const [doubt] = doubted;
  if (doubt?.cell.judgement.doubt) {
    const seen = `${changeText(doubt.cell, doubt.form)} was measured, but ${doubtText(doubt.cell.judgement.doubt)}`;
    parts.push(`no verdict for ${rowsOf(found, doubted)}: ${seen}`);
  }
  if (unmeasured.length > 0) parts.push(`not measured on both sides: ${rowsOf(found, unmeasured)}`);
  if (incomparable.length > 0) {
    parts.push(`not comparable: ${rowsOf(found, incomparable)} (different ${mismatchNames(incomparable)})`);
  }
  return parts.join('; ');
}

/** Names what differs between the sides of these cells: `kernel and rsize`. */
export function mismatchNames(cells: readonly NamedCell[]): string {
  const what = [...new Set(cells.flatMap(({ cell }) => cell.mismatches.map((mismatch) => mismatch.what)))];
  const more = what.length > MISMATCHES_MAX ? [`${what.length - MISMATCHES_MAX} more`] : [];
  return listed([...what.slice(0, MISMATCHES_MAX), ...more]);
}

/** Names the rows, or counts them. */
function rowsOf({ all }: MeasureFindings, cells: readonly NamedCell[]): string {
  return fewOrCount(
    cells.map(({ place }) => place),
    all.length,
    'rows',
  );
}

/** ` between a and b`, unless there are several candidates. */
function between({ all }: MeasureFindings): string {
  const candidates = new Set(all.map(({ candidate }) => candidate));
  const [first] = all;
  return first === undefined || candidates.size > 1 ? '' : ` between ${first.base} and ${first.candidate}`;
}

/** The rows that more sessions may decide. */
function openTexts(unit: string, found: MeasureFindings): string[] {
  const { all, open, unitsNeeded, couldSee, unitsMissing } = found;
  if (unitsNeeded !== null) {
    const units = Math.min(...all.map(({ cell }) => cell.judgement.units));
    const few = `${plural(units, unit)} ${units === 1 ? 'is' : 'are'} too few`;
    return [`${few} to show a difference${between(found)}; ${unitsNeeded} are needed`];
  }
  if (open.length === 0) return [];
  const seen = couldSee === null ? '' : `: only a difference above ${(couldSee * 100).toFixed(1)} % would show`;
  const more = unitsMissing === null ? '' : `; about ${plural(unitsMissing, `more ${unit}`)} would decide`;
  return [`still undecided for ${rowsOf(found, open)}${seen}${more}`];
}
