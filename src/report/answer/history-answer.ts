/** The answer of a history: which results changed, and since when. Changes are hints, so the words stay careful. */
import { type History, type HistorySeries, LEAST_CHANGE, LEAST_RUNS } from '../../gate/run-history.js';
import { formatChange } from '../comparison/comparison-table.js';
import { formatPercent, plural } from '../table/format.js';
import { answerOf } from './answer.js';
import { loadNames } from './load-words.js';

/** Returns the answer, a few sentences. */
export function historyAnswer({ series }: History): string {
  const several = series.filter(({ points }) => points.length > 1);
  const changed = several.filter(({ changes }) => changes.length > 0);
  const doubtful = several.filter(({ changes, doubtful: shift }) => changes.length === 0 && shift !== null);
  const longest = Math.max(0, ...series.map(({ points }) => points.length));
  if (changed.length === 0 && longest < LEAST_RUNS) {
    return answerOf([
      `${plural(longest, 'run')} ${longest === 1 ? 'is' : 'are'} too few to tell a change from chance: it takes ${LEAST_RUNS}`,
    ]);
  }
  const [first, ...others] = changed;
  const unsure = doubtful.length === 0 ? '' : `${plural(doubtful.length, 'more change')} may be chance`;
  if (first === undefined) {
    const what = several.length === 1 ? nameOf(several[0] as HistorySeries) : `${several.length} series`;
    return answerOf([
      `no change above ${formatPercent(LEAST_CHANGE)} stands out in ${what} over ${plural(longest, 'run')}`,
      unsure,
    ]);
  }
  const more = others.length === 0 ? '' : `${others.length} of ${several.length - 1} other series changed, too`;
  return answerOf([changeText(first), more, unsure]);
}

function nameOf({ measure, latest: { arm } }: HistorySeries): string {
  return `${measure.key} of ${loadNames([arm]).get(arm.id)}`;
}

function changeText(series: HistorySeries): string {
  const last = series.changes.at(-1);
  if (last === undefined) return '';
  const { run } = last.point.side;
  const change = formatChange(last.medianAfter / last.medianBefore);
  const changed = change.endsWith('×') ? `is ${change} what it was` : `changed by ${change}`;
  return `the ${nameOf(series)} ${changed} since the run of ${run.startedAt.slice(0, 10)} (${run.id})`;
}
