/** `command.txt`: a shell script that repeats the run. */
import type { RunRecord } from '../record/run-record.js';

/** A word as a POSIX shell reads it back: bare when it is safe, in single quotes otherwise. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The commands that repeat the run in the same place, with its seed even when that was drawn. */
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
