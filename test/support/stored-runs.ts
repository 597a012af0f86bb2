/** Run directories written by hand, as many as a test needs. */
import { writeFileSync } from 'node:fs';
import { encodeRun, encodeTrial } from '../../src/record/codec.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { RUN_FILES } from '../../src/store/run-files.js';
import { directoryIn } from './run-directory.js';

/** Writes what `run` leaves to be read again: `run.json` and `trials.jsonl`. Returns the run's directory. */
export function storeRun(results: string, run: RunRecord, trials: readonly TrialRecord[]): string {
  const directory = directoryIn(results, run.id);
  writeFileSync(`${directory}/${RUN_FILES.run}`, encodeRun(run));
  writeFileSync(`${directory}/${RUN_FILES.trials}`, trials.map((trial) => `${encodeTrial(trial)}\n`).join(''));
  return directory;
}

/** `day` days after 1 October 2026, as a run's start and as the beginning of its name. */
export function startOfDay(day: number): { startedAt: string; id: string } {
  const startedAt = new Date(Date.UTC(2026, 9, 1 + day, 3, 0, 0)).toISOString();
  const stamp = startedAt.replaceAll(/[-:]|\.\d+/g, '');
  return { startedAt, id: `${stamp}_quick_${day.toString(16).padStart(4, '0')}` };
}
