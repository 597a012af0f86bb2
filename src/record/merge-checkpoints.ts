/** Merges the times of checkpoints that the machines of a group saved or loaded together. */
import { createHistogram, record } from '../histogram/histogram.js';
import { encodeHistogram, type SparseCounts } from '../histogram/sparse-counts.js';
import {
  type CommonCheckpoints,
  commonCheckpoints,
  type MachineCheckpoints,
} from '../training/checkpoints/common-checkpoints.js';
import type { JsonReader } from './json-reader.js';
import type { CheckpointCounts, RankPart, TrialRecord } from './trial-record.js';

/** Checkpoints with a barrier of all machines around each of them. */
export interface MergedCheckpoints extends CommonCheckpoints {
  readonly counts: CheckpointCounts;
}

/** Returns the checkpoints of all machines together; undefined unless the times of all machines are known. */
export function mergeCheckpoints(parts: readonly Pick<RankPart, 'checkpoints'>[]): MergedCheckpoints | undefined {
  const machines = parts.flatMap(({ checkpoints }) => checkpoints ?? []);
  if (machines.length < parts.length) return undefined;
  const common = commonCheckpoints(machines);
  const completed = common.tookNs.length;
  const most = Math.max(...machines.map(({ writesNs }) => writesNs.length));
  return { ...common, counts: { completed, partial: most - completed } };
}

/** Returns the latencies with one value for each checkpoint, whatever the number of machines. */
export function withCommonCheckpoints(
  latency: TrialRecord['latency'],
  { tookNs, blockedNs }: CommonCheckpoints,
): TrialRecord['latency'] {
  return {
    ...latency,
    ...(latency.checkpoint !== undefined && { checkpoint: countsOf(tookNs) }),
    ...(latency.blocked !== undefined && { blocked: countsOf(blockedNs) }),
  };
}

function countsOf(timesNs: readonly number[]): SparseCounts {
  const histogram = createHistogram();
  for (const timeNs of timesNs) record(histogram, timeNs);
  return encodeHistogram(histogram);
}

const TIMES = [
  'pausesNs',
  'copiesNs',
  'writesNs',
  'removalsNs',
] as const satisfies readonly (keyof MachineCheckpoints)[];

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkCheckpointTimes(times: JsonReader): void {
  times.at('mode').oneOf(['sync', 'async']);
  const lists = TIMES.map((key) => times.at(key).list());
  for (const list of lists) for (const cell of list) cell.number();
  if (new Set(lists.map(({ length }) => length)).size > 1) times.fail('lists of the same length');
}
