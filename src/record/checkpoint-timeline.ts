/** What happened when in the checkpoints of a trial: a column for each property, a row for each span. */
import { grouped } from '../base/grouped.js';
import type { JsonReader } from './json-reader.js';

/**
 * `copy`: the state is copied to memory, while training stands still. `publish`: all calls that make a checkpoint the newest
 * one. `blocked`: training stands still. The others are calls; `write` and `read` are all those of a file.
 */
export const CHECKPOINT_PHASES = [
  'open',
  'write',
  'fsync',
  'close',
  'publish',
  'rename',
  'dirsync',
  'read',
  'copy',
  'blocked',
] as const;

export type CheckpointPhase = (typeof CHECKPOINT_PHASES)[number];

export interface CheckpointSpan {
  /** From 1. */
  readonly checkpoint: number;
  /** The rank that saves or loads; null: the training. */
  readonly worker: number | null;
  readonly phase: CheckpointPhase;
  /** Since the common start. */
  readonly startNs: number;
  readonly endNs: number;
}

/** Columns as long as each other, in the order of the starts. Lists of numbers are a quarter of a list of objects. */
export interface CheckpointTimeline {
  readonly checkpoint: readonly number[];
  readonly worker: readonly (number | null)[];
  readonly phase: readonly CheckpointPhase[];
  readonly startNs: readonly number[];
  readonly endNs: readonly number[];
  /** What was left out, because a record has at most `MOST_SPANS`. */
  readonly omittedCheckpoints: number;
  readonly omittedSpans: number;
}

/** A trial with a thousand checkpoints of a hundred ranks must not have a record of megabytes. */
export const MOST_SPANS = 256;

/**
 * Returns the timeline of a trial; undefined without spans. If there are too many, it has the first checkpoint and those
 * that took longest. Of a checkpoint that alone has too many, it has the longest spans.
 */
export function timelineOf(spans: readonly CheckpointSpan[], dropped = 0): CheckpointTimeline | undefined {
  if (spans.length === 0) return undefined;
  const checkpoints = [...grouped(spans, ({ checkpoint }) => checkpoint).values()];
  const [first, ...others] = checkpoints as [CheckpointSpan[], ...CheckpointSpan[][]];
  const kept = [...first].sort((a, b) => durationOf(b) - durationOf(a)).slice(0, MOST_SPANS);
  let omittedCheckpoints = 0;
  for (const checkpoint of others.sort((a, b) => wholeNs(b) - wholeNs(a))) {
    if (kept.length + checkpoint.length <= MOST_SPANS) kept.push(...checkpoint);
    else omittedCheckpoints++;
  }
  kept.sort((a, b) => a.startNs - b.startNs || a.endNs - b.endNs);
  return {
    checkpoint: kept.map(({ checkpoint }) => checkpoint),
    worker: kept.map(({ worker }) => worker),
    phase: kept.map(({ phase }) => phase),
    startNs: kept.map(({ startNs }) => Math.round(startNs)),
    endNs: kept.map(({ endNs }) => Math.round(endNs)),
    omittedCheckpoints,
    omittedSpans: spans.length + dropped - kept.length,
  };
}

/** Returns the spans of a timeline. */
export function spansOf({ checkpoint, worker, phase, startNs, endNs }: CheckpointTimeline): CheckpointSpan[] {
  return checkpoint.map((number, index) => ({
    checkpoint: number,
    worker: worker[index] ?? null,
    phase: phase[index] as CheckpointPhase,
    startNs: startNs[index] as number,
    endNs: endNs[index] as number,
  }));
}

/** Returns how long a checkpoint took, from its first span to its last one. */
export function wholeNs(spans: readonly CheckpointSpan[]): number {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const { startNs, endNs } of spans) [from, to] = [Math.min(from, startNs), Math.max(to, endNs)];
  return to - from;
}

function durationOf({ startNs, endNs }: CheckpointSpan): number {
  return endNs - startNs;
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkTimeline(timeline: JsonReader): void {
  const { length } = timeline.at('checkpoint').list();
  for (const key of ['checkpoint', 'startNs', 'endNs']) for (const cell of timeline.at(key).list()) cell.number();
  for (const cell of timeline.at('worker').list()) cell.numberOrNull();
  for (const cell of timeline.at('phase').list()) cell.oneOf(CHECKPOINT_PHASES);
  for (const key of ['worker', 'phase', 'startNs', 'endNs'])
    if (timeline.at(key).list().length !== length) timeline.at(key).fail(`${length} entries`);
  for (const key of ['omittedCheckpoints', 'omittedSpans']) timeline.at(key).number();
}
