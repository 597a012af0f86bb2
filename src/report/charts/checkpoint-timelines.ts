/** When each rank did what in the checkpoints of a trial. */
import { grouped } from '../../base/grouped.js';
import { LATENCY_KINDS } from '../../base/latency-kinds.js';
import type { Chart, TimelineChart } from '../../charts/chart.js';
import {
  CHECKPOINT_PHASES,
  type CheckpointPhase,
  type CheckpointSpan,
  spansOf,
  wholeNs,
} from '../../record/checkpoint-timeline.js';
import { recordsOf } from '../../record/merge-ranks.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { plural } from '../table/format.js';
import type { ChartArm, ChartedRun } from './chart-arms.js';
import { facetTitle, namesOf } from './facets.js';

/** Readers look at the slow ones. */
const MOST_ARMS = 6;
/** More lanes are higher than a window. */
const MOST_LANES = 24;

/** The trial of an arm that is drawn: the one with the median time of a checkpoint. */
interface DrawnTrial {
  readonly arm: ChartArm;
  readonly trial: TrialRecord;
  readonly trials: number;
  /** Mean time of its checkpoints. */
  readonly meanNs: number;
}

export function checkpointTimelines({ groups }: ChartedRun): Chart[] {
  return groups.flatMap((group) => {
    const all = group.arms.flatMap(drawnTrial);
    const slowest = [...all].sort((a, b) => b.meanNs - a.meanNs).slice(0, MOST_ARMS);
    const shown = all.filter((one) => slowest.includes(one));
    const named = namesOf(
      shown.map(({ arm }) => arm),
      group.names,
      () => '',
    );
    const cut =
      shown.length < all.length ? ` The ${shown.length} of ${all.length} arms with the longest checkpoints.` : '';
    return shown.map((drawn, index) => {
      // What tells an arm from the others names its job where they differ.
      const where = named[index] === '' ? group.where : [named[index] as string];
      return chartOf(drawn, facetTitle('Checkpoints over time', { where }), cut);
    });
  });
}

function drawnTrial(arm: ChartArm): DrawnTrial[] {
  const timed = arm.counted
    .flatMap((trial) => {
      const machines = recordsOf(trial).flatMap(({ timeline }) => (timeline === undefined ? [] : [spansOf(timeline)]));
      return machines.length === 0 ? [] : [{ trial, meanNs: meanWholeNs(machines) }];
    })
    .sort((a, b) => a.meanNs - b.meanNs);
  const median = timed[Math.floor((timed.length - 1) / 2)];
  return median === undefined ? [] : [{ arm, trials: timed.length, ...median }];
}

/** The slowest machine decides each checkpoint. They do not wait for one another, so they are at different ones at a time. */
function meanWholeNs(machines: readonly (readonly CheckpointSpan[])[]): number {
  const longest = new Map<number, number>();
  for (const spans of machines) {
    for (const [checkpoint, own] of grouped(spans, (span) => span.checkpoint))
      longest.set(checkpoint, Math.max(longest.get(checkpoint) ?? 0, wholeNs(own)));
  }
  return [...longest.values()].reduce((sum, ns) => sum + ns, 0) / longest.size;
}

function chartOf({ arm, trial, trials }: DrawnTrial, title: string, cut: string): TimelineChart {
  const machines = recordsOf(trial);
  const isTraining = trial.training !== undefined;
  const lanes = machines.flatMap(({ rank, timeline }) => {
    const spans = timeline === undefined ? [] : spansOf(timeline);
    const machine = machines.length === 1 ? '' : `machine ${rank}, `;
    return [...grouped(spans, ({ worker }) => worker)]
      .sort(([a], [b]) => (a ?? -1) - (b ?? -1))
      .map(([worker, own]) => ({ name: `${machine}${laneName(worker, isTraining)}`, spans: own }));
  });
  const last = (spans: readonly CheckpointSpan[]) => Math.max(...spans.map(({ endNs }) => endNs));
  const latest = [...lanes].sort((a, b) => last(b.spans) - last(a.spans)).slice(0, MOST_LANES);
  const shown = lanes.filter((lane) => latest.includes(lane));
  const which = trials === 1 ? '' : `, the one of ${trials} with the median time of a checkpoint`;
  const apart = machines.length === 1 ? '' : ' Machines do not wait for one another here.';
  const some = shown.length < lanes.length ? ` The ${shown.length} of ${lanes.length} ranks that were done last.` : '';
  return {
    kind: 'timeline',
    id: 'checkpoint-timeline',
    title,
    description: `When each rank did what in trial ${trial.id}${which}. Between its parts, a rank waits for others or computes.${apart}${omittedText(machines)}${some}${cut}`,
    lanes: shown.map(({ name, spans }) => ({
      name,
      spans: spans.map(({ startNs, endNs, phase }) => ({
        fromNs: startNs,
        toNs: endNs,
        what: phaseName(phase),
      })),
      arm: arm.id,
    })),
    // In their order, the usual ones have the colours that they have in the bars.
    kinds: CHECKPOINT_PHASES.map(phaseName),
  };
}

function laneName(worker: number | null, isTraining: boolean): string {
  if (worker === null) return 'training';
  return isTraining ? `rank ${worker}` : `worker ${worker}`;
}

/** Says what the record leaves out. */
function omittedText(machines: readonly TrialRecord[]): string {
  const sum = (of: 'omittedCheckpoints' | 'omittedSpans') =>
    machines.reduce((total, { timeline }) => total + (timeline?.[of] ?? 0), 0);
  if (sum('omittedSpans') === 0) return '';
  const checkpoints = sum('omittedCheckpoints');
  return checkpoints > 0
    ? ` The record has the first checkpoint and the longest ones; it leaves out ${plural(checkpoints, 'checkpoint')}.`
    : ` The record has the longest parts; it leaves out ${plural(sum('omittedSpans'), 'shorter one')}.`;
}

const NAMES: Partial<Record<CheckpointPhase, string>> = {
  copy: 'copy to memory',
  publish: 'publish',
  blocked: 'training stands still',
};

function phaseName(phase: CheckpointPhase): string {
  return NAMES[phase] ?? LATENCY_KINDS.find(({ kind }) => kind === phase)?.head ?? phase;
}
