/** Picks what the answer of a comparison says: which differences are shown, and what is not known about the others. */
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { Verdict } from '../../gate/verdict.js';
import type { RunRecord } from '../../record/run-record.js';
import type { Measure } from '../../stats/measure.js';
import { type ChangeForm, changeForm, isTested, worstFirst } from '../comparison/comparison-table.js';
import { aboutUnits } from './answer.js';
import { loadNames } from './load-words.js';
import { targetWords } from './target-words.js';

/** A cell with its load and its sides in words. */
export interface NamedCell {
  readonly cell: ComparedCell;
  readonly load: string;
  /** How the table writes the changes of this metric. */
  readonly form: ChangeForm;
  /** The load, with the column if there are several candidates. */
  readonly place: string;
  readonly base: string;
  readonly candidate: string;
}

/** The cells of one metric, by what is known about them. */
export interface MeasureFindings {
  readonly measure: Measure;
  readonly all: readonly NamedCell[];
  /** Each sorted by its change, the worst first. */
  readonly regressions: readonly NamedCell[];
  readonly improvements: readonly NamedCell[];
  readonly equivalent: readonly NamedCell[];
  /** Undecided without a doubt and with a value on both sides. */
  readonly open: readonly NamedCell[];
  readonly doubted: readonly NamedCell[];
  readonly unmeasured: readonly NamedCell[];
  readonly incomparable: readonly NamedCell[];
  /** The units that any verdict needs at least; null if there are enough. */
  readonly unitsNeeded: number | null;
  /** The largest difference that an open cell may hide: what its units detect in 9 of 10 tries. Null if unknown. */
  readonly couldSee: number | null;
  /** About how many more units decide the open cells, if the estimates so far are right; null if unknown. */
  readonly unitsMissing: number | null;
}

/** Returns the findings of each metric, in the order asked for. Pure. */
export function comparisonFindings(comparison: Comparison): MeasureFindings[] {
  const named = namedCells(comparison);
  return comparison.options.measures.map((measure) =>
    measureFindings(
      measure,
      named.filter(({ cell }) => cell.measure === measure),
    ),
  );
}

function measureFindings(measure: Measure, all: readonly NamedCell[]): MeasureFindings {
  const having = (verdict: Verdict) => all.filter(({ cell }) => cell.judgement.verdict === verdict);
  const undecided = having('inconclusive');
  const open = undecided.filter(({ cell }) => cell.judgement.doubt === null && isTested(cell));
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  const most = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
  const telling = open.flatMap(({ cell: { judgement } }) =>
    judgement.unitsToTell === null ? [] : [aboutUnits(judgement.unitsToTell) - judgement.units],
  );
  const more = telling.filter((units) => units > 0);
  return {
    measure,
    all,
    regressions: having('regression'),
    improvements: having('improvement').toReversed(),
    equivalent: having('equivalent'),
    open,
    doubted: undecided.filter(({ cell }) => cell.judgement.doubt !== null),
    unmeasured: undecided.filter(({ cell }) => cell.judgement.doubt === null && !isTested(cell)),
    incomparable: having('incomparable'),
    unitsNeeded: most(known(all.map(({ cell }) => cell.judgement.unitsNeeded))),
    couldSee: most(known(open.map(({ cell }) => cell.judgement.detectable))),
    unitsMissing: telling.length < open.length ? null : most(more),
  };
}

/** Returns all cells in words, the worst first. */
function namedCells(comparison: Comparison): NamedCell[] {
  const { grid, options } = comparison;
  const cells = worstFirst(comparison.cells);
  const loads = rowNames(cells, options.columns);
  const forms = new Map(
    options.measures.map((measure) => {
      const same = comparison.cells.filter((cell) => cell.measure === measure);
      return [measure, changeForm(same.map(({ judgement }) => judgement.ratio?.estimate))];
    }),
  );
  const [name, ...others] = options.columns;
  const word = (run: RunRecord, column: string, target: string) => {
    if (others.length > 0 || name === 'run') return column;
    return name === 'target' ? targetWords(run, target) : `${name}=${column}`;
  };
  const first = grid.columns[0] as string;
  // With several candidates, a row alone does not identify a cell.
  const several = grid.columns.length > 2;
  return cells.map((cell) => {
    const load = loads.get(cell.row) as string;
    return {
      cell,
      load,
      form: forms.get(cell.measure) as ChangeForm,
      place: several ? `${load} (${cell.column})` : load,
      base: word(cell.base.run, first, cell.base.arm.target),
      candidate: word(cell.candidate.run, cell.column, cell.candidate.arm.target),
    };
  });
}

/** Returns the load of each row in words. Rows whose loads read the same are told apart by what else distinguishes them. */
function rowNames(
  cells: readonly ComparedCell[],
  columns: readonly string[],
): ReadonlyMap<ComparedCell['row'], string> {
  const rows = new Map(cells.map(({ row, base }) => [row, base.arm]));
  const phrases = new Map([...rows].map(([row, arm]) => [row, loadNames([arm], columns).get(arm.id) as string]));
  const shared = new Map<string, ComparedCell['row'][]>();
  for (const [row, phrase] of phrases) {
    const known = shared.get(phrase);
    if (known === undefined) shared.set(phrase, [row]);
    else known.push(row);
  }
  for (const [phrase, same] of shared) {
    if (same.length < 2) continue;
    const differ = [...(same[0]?.keys() ?? [])].filter((name) => new Set(same.map((row) => row.get(name))).size > 1);
    for (const row of same)
      phrases.set(row, `${phrase} (${differ.map((name) => `${name}=${row.get(name)}`).join(', ')})`);
  }
  return phrases;
}
