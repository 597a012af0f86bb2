/** Lines of a run's report about checkpoints: the scale, the time at full size, and what they cost a training run. */
import { formatBytes, formatDurationNs } from '../../base/units.js';
import { type CheckpointFigures, checkpointFigures, type StateFigures } from '../../stats/checkpoint-figures.js';
import { formatPercent } from '../table/format.js';
import type { Tone } from '../table/shown-column.js';
import type { RunView } from './run-view.js';

const HOUR_NS = 3600e9;

/** Returns the lines of each arm that has checkpoints. They name the arm if there are several. */
export function checkpointLines({ run, summaries }: RunView): { readonly text: string; readonly tone: Tone }[] {
  const arms = new Map(run?.plan.arms.map((arm) => [arm.id, arm]));
  const found = summaries.flatMap((summary) => {
    const arm = arms.get(summary.arm.id);
    const figures = arm === undefined ? null : checkpointFigures(arm, summary);
    return figures === null ? [] : [{ id: summary.arm.id, lines: linesOf(figures) }];
  });
  return found.flatMap(({ id, lines }) =>
    lines.map((text) => ({ text: found.length === 1 ? text : `${id}: ${text}`, tone: 'plain' as const })),
  );
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

function stateText({ model, writer, measuredRanks, ranks, grid, bytes, fullBytes, scale, stateBytes }: StateFigures) {
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
