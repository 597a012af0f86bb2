/** The time of a checkpoint by kind of call. */
import { grouped } from '../../base/grouped.js';
import { LATENCY_KINDS, type LatencyKind } from '../../base/latency-kinds.js';
import type { BarChart, Chart } from '../../charts/chart.js';
import { recordsOf } from '../../record/merge-ranks.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { type LatencySummary, mergedLatency, summarizeLatency } from '../../record/trial-values.js';
import { plural } from '../table/format.js';
import type { ChartArm, ChartedRun } from './chart-arms.js';
import { facetsOf, facetTitle, namesOf } from './facets.js';

/** The calls of a rank, in their order. */
const CALLS = [
  'open',
  'read',
  'write',
  'fsync',
  'rename',
  'close',
  'dirsync',
] as const satisfies readonly LatencyKind[];

/** More bars need a chart that is higher than a window. */
const MOST_BARS = 40;

interface SavedArm extends Pick<ChartArm, 'id' | 'attributes'> {
  /** Of the machine, if there are several. */
  readonly machine: string;
  readonly checkpoints: number;
  /** Mean time of a rank in each kind of call, in one checkpoint, ns; null if it makes no such calls. */
  readonly calls: readonly (number | null)[];
  /** Until the slowest rank was done, mean. */
  readonly wholeNs: number;
}

export function checkpointCharts({ groups }: ChartedRun): Chart[] {
  return groups.flatMap((group) => {
    const { arms, names } = group;
    const saved = arms.flatMap(savedArms);
    if (saved.length === 0) return [];
    return facetsOf(saved, names, MOST_BARS).map((facet): BarChart => {
      const named = namesOf(facet.items, names, ({ id }) => id);
      const checkpoints = facet.items.reduce((sum, one) => sum + one.checkpoints, 0);
      return {
        kind: 'bars',
        id: 'checkpoint-calls',
        title: facetTitle('Time of a checkpoint by kind of call', group, facet),
        description: `Mean of ${plural(checkpoints, 'checkpoint')} and of the ranks that save or load them. The rest is mostly waiting for the slowest rank.`,
        categories: {
          label: 'arm',
          categories: facet.items.map(({ machine }, index) => `${named[index]}${machine}`),
        },
        value: { label: 'time', unit: 'ns' },
        isStacked: true,
        parts: partsOf(facet.items),
        arms: facet.items.map(({ id }) => id),
      };
    });
  });
}

function partsOf(saved: readonly SavedArm[]): BarChart['parts'] {
  const calls = CALLS.map((kind, index) => ({
    name: LATENCY_KINDS.find((row) => row.kind === kind)?.head ?? kind,
    values: saved.map((arm) => arm.calls[index] ?? null),
  }));
  const rest = saved.map(({ wholeNs, calls: each }) =>
    Math.max(0, wholeNs - each.reduce((sum: number, time) => sum + (time ?? 0), 0)),
  );
  return [...calls.filter(({ values }) => values.some((value) => value !== null)), { name: 'rest', values: rest }];
}

/** Returns one for each machine; none for arms without checkpoints. */
function savedArms({ id, attributes, counted }: ChartArm): SavedArm[] {
  const machines = grouped(counted.flatMap(recordsOf), ({ rank }) => rank);
  return [...machines].flatMap(([rank, records]) => {
    const whole = latencyOf(records, 'checkpoint');
    if (whole === null) return [];
    const machine = machines.size === 1 ? '' : `, machine ${rank}`;
    const workers = records[0]?.engine.numjobs ?? 1;
    const calls = CALLS.map((kind) => {
      const found = latencyOf(records, kind);
      return found === null ? null : (found.meanNs * found.count) / (whole.count * workers);
    });
    return [{ id, attributes, machine, checkpoints: whole.count, calls, wholeNs: whole.meanNs }];
  });
}

function latencyOf(records: readonly TrialRecord[], kind: LatencyKind): LatencySummary | null {
  const histogram = mergedLatency(records, kind);
  return histogram === null ? null : summarizeLatency(histogram);
}
