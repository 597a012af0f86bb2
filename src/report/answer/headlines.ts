/** The numbers that matter for each kind of load. */
import type { NumberKey } from '../../base/metrics.js';
import type { Arm } from '../../plan/plan.js';
import type { Spread } from '../../stats/spread.js';
import type { ArmSummary } from '../../stats/summary.js';

/** What a load measured. `arm` is undefined if the plan is lost. */
export interface MeasuredLoad {
  readonly arm: Arm | undefined;
  readonly summary: ArmSummary;
}

/** Up to this block size, random operations are counted instead of bytes. */
const SMALL_BLOCK_BYTES = 64 * 1024;

/** The phases of metadata jobs that are told, the most important first. */
const PHASES = ['create_rate', 'stat_rate', 'unlink_rate', 'rename_rate', 'entry_rate'] as const;
const PHASES_MAX = 3;

/** Returns the metrics by which a load is judged, the first of them if one must do. */
export function headlinesOf({ arm, summary: { numbers } }: MeasuredLoad): readonly [NumberKey, ...NumberKey[]] {
  const [phase, ...others] = PHASES.filter((key) => hasValues(numbers[key])).slice(0, PHASES_MAX);
  if (phase !== undefined) return [phase, ...others];
  if (hasValues(numbers.au)) return ['au', 'samples_rate'];
  if (hasValues(numbers.files)) return ['files'];
  const words: Readonly<Record<string, string>> = arm?.words ?? {};
  const [bytes, operations] = [numbers.throughput?.median ?? 0, numbers.iops?.median ?? 0];
  // By what was moved, because a job may have a range or a mix of sizes.
  const isSmall = words['rw']?.startsWith('rand') && bytes <= SMALL_BLOCK_BYTES * operations;
  return [isSmall ? 'iops' : 'throughput'];
}

/** Reports of records that a metric is newer than have none. */
function hasValues(spread: Spread | null | undefined): spread is Spread {
  return spread !== null && spread !== undefined;
}
