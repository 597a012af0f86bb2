import { armsCsv } from '../../stats/arm-columns.js';
import type { RunView } from './run-view.js';

/** Returns one row per arm, in base units, as `arms.csv` of the run directory has them. */
export function runCsv(view: RunView): string {
  return armsCsv(view);
}
