/** Everything that feedrate does with files of a user, one action each. */
import { join } from 'node:path';

/** Jobs of every kind over the user's files, and two that write beside them. */
export const EVERY_JOB = `
name: every-job
seed: 1
trials: {rounds: 1}
dataset: {path: data}
jobs:
  sequential: {rw: read, bs: 16KiB}
  cold: {rw: read, bs: 4KiB, cache: cold, numjobs: 2}
  warm: {rw: randread, bs: 4KiB, cache: warm}
  queue: {rw: randread, bs: 4KiB, iodepth: 8}
  mapped: {rw: randread, bs: 4KiB, ioengine: mmap}
  direct: {rw: randread, bs: 4KiB, cache: direct}
  whole-files: {kind: small-files, cache: cold, numjobs: 2}
  in-order: {kind: small-files, bs: 4KiB, shuffle: false}
  write: {rw: write, bs: 64KiB, size: 128KiB}
  checkpoint: {kind: checkpoint-write, shard_size: 128KiB, bs: 64KiB}
`;

/** The same without jobs that write, for targets that are read-only. */
export const READING_JOBS = EVERY_JOB.replace(/^ {2}(?:write|checkpoint): .*\n/gm, '');

export interface Action {
  readonly name: string;
  /** The words after `feedrate`. Commands run in the directory above `t`, and save runs in `r`. */
  readonly words: readonly string[];
  /** The exit statuses that are fine. */
  readonly fine: readonly number[];
}

/** `t/data` is the user's. `workload.yaml` is one of the workloads above. */
export function actionsIn(directory: string): Action[] {
  const target = join(directory, 't');
  const data = join(target, 'data');
  const kept = ['-o', join(directory, 'r')];
  const said = [...kept, '--progress', 'none'];
  return [
    { name: 'run', words: ['run', 'workload.yaml', '-t', target, ...said], fine: [0] },
    { name: 'dry run', words: ['run', 'workload.yaml', '-t', target, '--dry-run'], fine: [0] },
    { name: 'read', words: ['read', data, '--runtime', '1s', '--cache', 'cold', ...said], fine: [0] },
    {
      name: 'read of copies',
      words: ['read', `a=${data}`, `b=${data}`, '--runtime', '1s', '--cache', 'cold', ...said],
      fine: [0],
    },
    { name: 'print-workload', words: ['read', data, '--print-workload'], fine: [0] },
    { name: 'show', words: ['show', ...kept], fine: [0] },
    { name: 'compare', words: ['compare', '--cols', 'target', ...kept], fine: [0, 4] },
    { name: 'gate', words: ['gate', '--cols', 'target', ...kept], fine: [0, 1, 2, 3, 4] },
    { name: 'doctor', words: ['doctor', '-t', target], fine: [0, 1] },
    { name: 'clean', words: ['clean', '-t', target, '--data', '--yes'], fine: [0] },
    { name: 'clean of the data', words: ['clean', '-t', data, '--data', '--yes'], fine: [0] },
  ];
}
