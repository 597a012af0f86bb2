/** Lines of a run's report about checkpoints: the scale, the time at full size, and what they cost a training run. */
import { formatBytes, formatDurationNs } from '../../base/units.js';
import type { ScaledState } from '../../plan/checkpoint-scale.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { trialsOfArm } from '../../stats/arm-trials.js';
import { type CheckpointFigures, checkpointFigures } from '../../stats/checkpoint-figures.js';
import { isCounted } from '../../stats/summary.js';
import { type TrainingCheckpointFigures, trainingCheckpoints } from '../../stats/training-checkpoints.js';
import { formatPercent, plural } from '../table/format.js';
import type { Tone } from '../table/shown-column.js';
import type { RunView } from './run-view.js';

const HOUR_NS = 3600e9;

/** Returns the lines of each arm that has checkpoints. They name the arm if there are several. */
export function checkpointLines({ run, summaries, trials }: RunView): { readonly text: string; readonly tone: Tone }[] {
  const arms = new Map(run?.plan.arms.map((arm) => [arm.id, arm]));
  const found = summaries.flatMap((summary) => {
    const { id } = summary.arm;
    const arm = arms.get(id);
    const ofArm = trialsOfArm(trials, id);
    const figures = arm === undefined ? null : checkpointFigures(arm, summary);
    if (figures !== null) return [{ id, lines: [...linesOf(figures), ...machineLines(ofArm)] }];
    const training = trainingCheckpoints(ofArm);
    return training === null ? [] : [{ id, lines: [...trainingLines(training), ...machineLines(ofArm)] }];
  });
  return found.flatMap(({ id, lines }) =>
    lines.map((text) => ({ text: found.length === 1 ? text : `${id}: ${text}`, tone: 'plain' as const })),
  );
}

/** Returns what a time of a checkpoint is if several machines saved or loaded it. */
function machineLines(trials: readonly TrialRecord[]): string[] {
  const grouped = trials.filter(isCounted).filter(({ ranks }) => ranks !== undefined);
  if (grouped.length === 0) return [];
  const counts = grouped.flatMap(({ commonCheckpoints }) => commonCheckpoints ?? []);
  if (counts.length < grouped.length) return ['times of checkpoints are those of each machine by itself'];
  const partial = counts.reduce((sum, each) => sum + each.partial, 0);
  return [
    'the slowest machine decides the time of each checkpoint, as if all began it together (computed from their times)',
    ...(partial === 0 ? [] : [`not all machines completed ${plural(partial, 'more checkpoint')}, which do not count`]),
  ];
}

function linesOf(figures: CheckpointFigures): string[] {
  const { state, every, best } = figures;
  return [
    ...(state === null ? [] : [stateText(state)]),
    ...(state === null || state.scale > 0.999 ? [] : [fullText(figures)]),
    ...(every === null ? [] : [everyText(every)]),
    ...(best === null ? [] : [bestText(best)]),
  ];
}

function trainingLines(figures: TrainingCheckpointFigures): string[] {
  const { checkpoints, bytes, mode, writer, stalledShare, meanNs, longestNs, blockedNs } = figures;
  const { auWithout, auWith, slowerShare } = figures;
  const kind = mode === 'async' ? 'asynchronous checkpoints' : 'checkpoints';
  const au = `AU ${formatPercent(auWith)} with this time, ${formatPercent(auWithout)} without`;
  const times = `${formatDurationNs(meanNs)} each, ${formatDurationNs(longestNs)} at most`;
  return [
    `${plural(checkpoints, kind.slice(0, -1))} of ${formatBytes(bytes)} by ${writer}: ${times}`,
    `training stood still for ${formatDurationNs(blockedNs)}, ${formatPercent(stalledShare)} of its time: ${au}`,
    ...(slowerShare === null
      ? []
      : [`while a checkpoint was written in the background, steps took ${slowerText(slowerShare)}`]),
  ];
}

function slowerText(share: number): string {
  const part = formatPercent(Math.abs(share));
  return share < 0 ? `${part} less time` : `${part} longer`;
}

function stateText({ model, writer, measuredRanks, ranks, grid, bytes, fullBytes, scale, stateBytes }: ScaledState) {
  const who = `${measuredRanks} of ${ranks} ranks (${grid})`;
  const part =
    scale > 0.999
      ? `${formatBytes(bytes)} at full size`
      : `${formatBytes(bytes)}, scaled to ${formatPercent(scale)} of their ${formatBytes(fullBytes)}`;
  return `checkpoint of ${model} by ${writer}, ${who}: ${part}; the whole state has ${formatBytes(stateBytes)}`;
}

function fullText({ full, mode }: CheckpointFigures): string {
  const time = formatDurationNs(full.writtenNs);
  const blocked = mode === 'async' ? `, and blocks training for ${formatDurationNs(full.blockedNs)}` : '';
  const what = mode === 'restore' ? 'a restore' : 'a checkpoint';
  return `at full size, ${what} takes about ${time}${blocked} (estimate: the time grows with the bytes)`;
}

function everyText({ intervalNs, stalledShare, lostShare }: NonNullable<CheckpointFigures['every']>): string {
  const hour = formatDurationNs(stalledShare * HOUR_NS);
  const lost =
    lostShare === null ? '' : `; with the work that failures undo, ${formatPercent(lostShare)} of the time is lost`;
  return `a checkpoint every ${formatDurationNs(intervalNs)} of training takes ${hour} of each hour (${formatPercent(stalledShare)})${lost}`;
}

function bestText({ mtbfNs, youngNs, dalyNs, lostShare }: NonNullable<CheckpointFigures['best']>): string {
  const failures = `with a failure every ${formatDurationNs(mtbfNs)}`;
  const best = `the best interval is ${formatDurationNs(dalyNs)} (Daly; Young: ${formatDurationNs(youngNs)})`;
  return `${failures}, ${best}: ${formatPercent(lostShare)} of the time is lost, restarts not included`;
}
