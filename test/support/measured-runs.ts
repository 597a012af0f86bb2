/** Runs whose every trial has a chosen throughput, for tests of what is made of several of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedRun } from '../../src/gate/comparison.js';
import type { Arm } from '../../src/plan/plan.js';
import { encodeRun, encodeTrial } from '../../src/record/codec.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { type Measure, measureOf } from '../../src/stats/measure.js';
import { makeRun, makeTrial } from './records.js';

/** An arm, its throughput in each session (bytes/s, one round each), and what else its trials have. */
export interface MeasuredArm {
  readonly arm: Arm;
  readonly levels: readonly number[];
  readonly trials?: Partial<TrialRecord>;
}

/** A run of these arms, interleaved. */
export function measuredRun(
  name: string,
  arms: readonly MeasuredArm[],
  changes: Partial<RunRecord> = {},
  environment: Partial<RunRecord['environment']> = {},
): NamedRun {
  const plain = makeRun(
    arms.map(({ arm }) => arm),
    1,
    { id: name, ...changes },
  );
  const sessions = Math.max(1, ...arms.map(({ levels }) => levels.length));
  const run = {
    ...plain,
    plan: { ...plain.plan, sessions },
    environment: { ...plain.environment, ...environment },
  };
  const trials = arms.flatMap(({ arm, levels, trials: more }, place) =>
    levels.map((level, index) =>
      makeTrial(arm, 1, level, { id: `s${index + 1}r1t${place + 1}`, session: index + 1, ...more }),
    ),
  );
  return { name, run, trials };
}

/** So many levels around a value, each within 0.4 % of it; the same for the same count. */
export function around(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => value * (1 + 0.004 * Math.sin(7 * index + 1)));
}

/** The measure of this name, which must be one. */
export function measureNamed(text: string): Measure {
  const measure = measureOf(text);
  if (measure === undefined) throw new Error(`${text} is no measure`);
  return measure;
}

/** Writes a run below a results directory, in a directory of its name, as far as a comparison reads it. */
export function storeRun(results: string, { name, run, trials }: NamedRun): string {
  const directory = join(results, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'run.json'), encodeRun(run));
  writeFileSync(join(directory, 'trials.jsonl'), trials.map((trial) => `${encodeTrial(trial)}\n`).join(''));
  writeFileSync(join(directory, 'command.txt'), `feedrate ${run.command.join(' ')}\n`);
  return directory;
}
