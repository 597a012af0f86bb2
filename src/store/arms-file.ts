import { join } from 'node:path';
import { replaceDerived } from './durable-files.js';
import { RUN_FILES } from './run-files.js';

/** Writes `arms.csv` into a run directory, as a whole or not at all. Throws `FeedrateError('store')`. */
export function writeArms(runDirectory: string, text: string): void {
  replaceDerived(join(runDirectory, RUN_FILES.arms), text);
}
