import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import { type Column, csvHead, csvRows } from '../../record/csv-table.js';
import { columnsOfFactor } from '../../record/factor-columns.js';
import { isTested } from './comparison-table.js';

/** Returns one CSV line per cell, in base units. An infinite or unknown bound is an empty field. */
export function comparisonCsv({ cells, grid }: Comparison): string {
  const finite = (value: number | null | undefined) => (Number.isFinite(value) ? (value as number) : null);
  const columns: Column<ComparedCell>[] = [
    ...grid.rowNames.flatMap((name) => {
      const labels = cells.map(({ row }) => row.get(name)).filter((label) => label !== undefined);
      return columnsOfFactor(name, labels).map(
        (column): Column<ComparedCell> => ({
          name: column.name,
          value: ({ row }) => column.of(row.get(name) ?? null),
        }),
      );
    }),
    { name: 'column', value: ({ column }) => column },
    { name: 'measure', value: ({ measure }) => measure.key },
    { name: 'unit', value: ({ measure }) => measure.metric.unit },
    { name: 'base', value: ({ baseSpread }) => finite(baseSpread?.median) },
    { name: 'candidate', value: ({ candidateSpread }) => finite(candidateSpread?.median) },
    { name: 'ratio', value: ({ judgement }) => finite(judgement.ratio?.estimate) },
    { name: 'ratio_low', value: ({ judgement }) => finite(judgement.ratio?.low) },
    { name: 'ratio_high', value: ({ judgement }) => finite(judgement.ratio?.high) },
    { name: 'p_regression', value: (cell) => (isTested(cell) ? cell.judgement.pRegression : null) },
    { name: 'p_improvement', value: (cell) => (isTested(cell) ? cell.judgement.pImprovement : null) },
    { name: 'n', value: ({ judgement }) => judgement.units },
    { name: 'detectable', value: ({ judgement }) => finite(judgement.detectable) },
    { name: 'verdict', value: ({ judgement }) => judgement.verdict },
    { name: 'doubt', value: ({ judgement }) => judgement.doubt?.kind ?? null },
    { name: 'mean_ratio', value: ({ evidence }) => finite(evidence.meanRatio) },
    { name: 'base_stalled', value: ({ evidence }) => evidence.base.stalled },
    { name: 'candidate_stalled', value: ({ evidence }) => evidence.candidate.stalled },
    { name: 'incomparable_by', value: ({ mismatches }) => mismatches.map(({ what }) => what).join(';') },
  ];
  return csvHead(columns) + csvRows(columns, cells);
}
