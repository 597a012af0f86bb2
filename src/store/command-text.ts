/** `command.txt`: a shell script that repeats the run. */
import type { RunRecord } from '../record/run-record.js';

/** Returns a word as a POSIX shell needs it: in single quotes unless that is unnecessary. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Returns the commands that repeat the run in the same directory with the same seed, including a random seed. */
export function commandText(run: RunRecord, workingDirectory: string): string {
  const seeded = run.command.some((word) => word === '--seed' || word.startsWith('--seed='));
  const words = seeded ? run.command : [...run.command, '--seed', String(run.plan.seed)];
  return [
    `# repeats ${run.id} (seed ${run.plan.seed}, feedrate ${run.environment.feedrate.version})`,
    `cd ${shellQuoted(workingDirectory)} &&`,
    `feedrate ${words.map(shellQuoted).join(' ')}`,
    '',
  ].join('\n');
}
