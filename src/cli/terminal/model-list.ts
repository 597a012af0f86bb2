/** The models on accelerators that feedrate knows. */
import { formatBytes, formatDurationNs, formatThroughput } from '../../base/units.js';
import { aligned, wrapped } from '../../report/table/columns.js';
import type { AcceleratorModel } from '../../training/accelerator-model.js';
import { demandBytesPerSecond } from '../../training/models.js';

/** Returns the list for people. `columns`: the width of the terminal, if it is one. */
export function modelLines(models: readonly AcceleratorModel[], columns = Number.POSITIVE_INFINITY): string[] {
  const head = ['MODEL', 'FORMAT', 'RECORD', 'BATCH', 'STEP', 'NEEDS', 'LEAST AU', 'EDITION'];
  const rows = models.map((model) => [
    model.name,
    model.format,
    formatBytes(model.recordBytes),
    String(model.batchSize),
    formatDurationNs(model.computeNs),
    formatThroughput(demandBytesPerSecond(model)),
    `${Math.round(model.leastAu * 100)} %`,
    model.round.replace('MLPerf Storage ', ''),
  ]);
  const notes = [
    'STEP is the compute time of one batch. NEEDS is what one accelerator reads while it never waits.',
    'Numbers are those of MLPerf Storage. What feedrate measures with them is MLPerf-Storage-shaped, not an MLPerf result.',
  ];
  return [...aligned([head, ...rows]), '', ...notes.flatMap((note) => wrapped(note, columns))];
}
