/** `command.txt`: a shell script that repeats the run. */
import { shellWord } from '../base/shell-word.js';
import type { RunRecord } from '../record/run-record.js';

/** Returns the commands that repeat the run in the same directory with the same seed, including a random seed. */
export function commandText(run: RunRecord, workingDirectory: string): string {
  const seeded = run.command.some((word) => word === '--seed' || word.startsWith('--seed='));
  const words = seeded ? run.command : [...run.command, '--seed', String(run.plan.seed)];
  return [
    `# repeats ${run.id} (seed ${run.plan.seed}, feedrate ${run.environment.feedrate.version})`,
    `cd ${shellWord(workingDirectory)} &&`,
    `feedrate ${words.map(shellWord).join(' ')}`,
    '',
  ].join('\n');
}
