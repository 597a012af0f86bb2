/** The answer of a run whose loads are replays. */
import { formatDurationNs } from '../../base/units.js';
import type { ReplayRecord } from '../../record/replay-record.js';
import { groupTimes, replayOf } from '../../stats/replay-times.js';
import { recordedRange } from '../run/replay-lines.js';
import type { RunView } from '../run/run-view.js';
import { listed } from './answer.js';
import { targetSubject } from './target-words.js';

/** More replays than this are in the lines below the table only. */
const TOLD_MAX = 3;

/** Returns what the replays took; null if a load of the run is none, or none has been measured. */
export function replayAnswer({ summaries, trials }: RunView): string | null {
  const replays = summaries.map(({ arm }) => ({ arm, replay: replayOf(trials, arm.id) }));
  const measured = replays.filter(
    (each): each is typeof each & { readonly replay: ReplayRecord } => each.replay !== null,
  );
  const [first] = measured;
  if (first === undefined || measured.length < replays.length || measured.length > TOLD_MAX) return null;
  const jobs = new Set(measured.map(({ arm }) => arm.job)).size;
  const took = measured.map(({ arm, replay }, i) => {
    const load = jobs > 1 || measured.length > 1 ? ` (${arm.id})` : '';
    return `${i === 0 ? '' : 'on '}${i === 0 ? '' : arm.target}${i === 0 ? '' : ' '}${durationWords(replay)}${load}`;
  });
  return `on ${targetSubject([first.arm.target]).replace(/^Target/, 'target')}, the recorded program takes ${listed(took)}`;
}

function durationWords(replay: ReplayRecord): string {
  const { recordedNs, replayedNs } = replay;
  const [most] = groupTimes(replay);
  const instead = recordedNs === null ? '' : ` instead of ${formatDurationNs(recordedNs)}${recordedRange(replay)}`;
  const share =
    most === undefined ? '' : `, and ${Math.round(most.share * 100)} % of the time in calls is ${most.group}`;
  return `${formatDurationNs(replayedNs)}${instead}${share}`;
}
