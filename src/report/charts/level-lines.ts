/** Lines across charts of results: the thresholds of the workload, and the ceilings of the targets. */
import type { Unit } from '../../base/metrics.js';
import type { LimitUse } from '../../stats/ceiling-use.js';
import { kindName } from '../run/ceiling-text.js';
import type { RunView } from '../run/run-view.js';
import { formatValue } from '../table/format.js';
import type { ChartArm } from './chart-arms.js';
import type { ArmLevel } from './levels.js';

/** An arm with its level on the chart. */
export interface ShownArm {
  readonly arm: ChartArm;
  readonly level: ArmLevel;
}

interface LevelLine {
  readonly at: number;
  readonly label: string;
}

/** A ceiling that is farther away than this would press the results flat. */
const FARTHEST = 2;

/** Returns the lines for these arms in a metric of this key, or statistic of a latency, and unit. */
export function linesAcross(
  { ceilings, thresholds }: Pick<RunView, 'ceilings' | 'thresholds'>,
  shown: readonly ShownArm[],
  { key, statistic, unit }: { readonly key: string; readonly statistic: number | null; readonly unit: Unit },
): LevelLine[] {
  const ids = new Set(shown.map(({ arm }) => arm.id));
  const lines = new Map<string, number>();
  for (const { threshold, arm } of thresholds) {
    const isOf = threshold.metric === key && threshold.statistic === statistic && ids.has(arm);
    if (isOf) lines.set(`threshold: ${threshold.comparison} ${formatValue(threshold.bound, unit)}`, threshold.bound);
  }
  const farthest = FARTHEST * Math.max(0, ...shown.flatMap(({ level }) => [level.value ?? 0, ...level.dots]));
  const targets = new Set(shown.map(({ arm }) => arm.summary.arm.target));
  for (const { arm } of shown) {
    const limit = closest(ceilings.get(arm.id)?.limits ?? [], unit);
    if (limit === undefined) continue;
    const { base, burst } = limit.level;
    const name = `limit: ${kindName(limit.kind)}${targets.size > 1 ? ` of ${arm.summary.arm.target}` : ''}`;
    if (base <= farthest) lines.set(burst === 'none' ? name : `${name}, sustained`, base);
    if (typeof burst === 'number' && burst <= farthest) lines.set(`${name}, burst`, burst);
  }
  return [...lines].map(([label, at]) => ({ at, label }));
}

/** The closest ceiling is the first. */
function closest(limits: readonly LimitUse[], unit: Unit): LimitUse | undefined {
  return limits.find((limit) => limit.unit === unit);
}
