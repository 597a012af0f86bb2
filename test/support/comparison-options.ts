/** Options of comparisons, as most tests want them. */
import type { ComparisonOptions } from '../../src/gate/comparison.js';
import { measureNamed } from './measured-runs.js';

/** Throughput of runs by session, at 5 %, with everything that matters to a gate demanded. */
export function comparisonOptions(changes: Partial<ComparisonOptions> = {}): ComparisonOptions {
  return {
    columns: ['run'],
    where: new Map(),
    measures: [measureNamed('throughput')],
    alpha: 0.05,
    minEffect: 0.01,
    confidence: 0.95,
    unit: 'session',
    demands: 'environment',
    ignore: new Set(),
    ...changes,
  };
}
