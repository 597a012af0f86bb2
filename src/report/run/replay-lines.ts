/** The lines about replays: time by kind of call, recorded against replayed, and what the replay could not do alike. */
import { formatBytes, formatDurationNs, formatWhole } from '../../base/units.js';
import { visibleText } from '../../base/visible-text.js';
import type { ReplayedCalls, ReplayRecord } from '../../record/replay-record.js';
import { differingCalls, recordedInterval, replayOf } from '../../stats/replay-times.js';
import type { Line } from './run-lines.js';
import type { RunView } from './run-view.js';

/** Kinds of calls that are listed. The others are added up. */
const LISTED_MAX = 6;

/** Returns the lines of each arm that replays a trace. */
export function replayLines({ summaries, trials }: RunView): Line[] {
  return summaries.flatMap(({ arm }) => {
    const replay = replayOf(trials, arm.id);
    return replay === null ? [] : linesOf(arm.id, replay).map((text): Line => ({ text, tone: 'plain' }));
  });
}

function linesOf(arm: string, replay: ReplayRecord): string[] {
  const { replayedNs, recordedNs, gapNs, waitNs, threads, calls } = replay;
  const beside = recordedNs === null ? '' : `, recorded ${formatDurationNs(recordedNs)}${recordedRange(replay)}`;
  const inCalls = calls.reduce((sum, { replayed }) => sum + replayed.ns, 0);
  const lines = [
    `${visibleText(arm)}: replayed in ${formatDurationNs(replayedNs)}${beside}; ${threads === 1 ? 'its thread spent' : `its ${threads} threads spent together`} ${formatDurationNs(inCalls)} in calls, ${formatDurationNs(gapNs)} computing, ${formatDurationNs(waitNs)} waiting for each other`,
  ];
  for (const each of calls.slice(0, LISTED_MAX)) lines.push(`  ${callWords(each, replay)}`);
  const rest = calls.slice(LISTED_MAX);
  if (rest.length > 0) {
    const restNs = rest.reduce((sum, { replayed }) => sum + replayed.ns, 0);
    lines.push(`  ${rest.length} other ${rest.length === 1 ? 'kind' : 'kinds'} of calls: ${formatDurationNs(restNs)}`);
  }
  return [...lines, ...differenceLines(replay)];
}

/** Returns the interval of the recorded time in words; empty if it is too narrow to matter. */
export function recordedRange(replay: ReplayRecord): string {
  const interval = recordedInterval(replay);
  return interval === null ? '' : ` (${formatDurationNs(interval.lowNs)} to ${formatDurationNs(interval.highNs)})`;
}

function callWords({ group, fileClass, replayed, recorded }: ReplayedCalls, { recordedNs }: ReplayRecord): string {
  const what = `${group} of ${classWords(fileClass)}`;
  const bytes = replayed.bytes === 0 ? '' : `, ${formatBytes(replayed.bytes)}`;
  const beside = recordedNs === null ? '' : ` (recorded ${formatDurationNs(recorded.ns)})`;
  const count = `${formatWhole(replayed.calls)} ${replayed.calls === 1 ? 'call' : 'calls'}`;
  return `${what}: ${formatDurationNs(replayed.ns)}${beside} in ${count}${bytes}`;
}

/** Classes that are no endings of names. */
const CLASS_WORDS: Readonly<Record<string, string>> = { directory: 'directories', none: 'files without an ending' };

const classWords = (fileClass: string): string => CLASS_WORDS[fileClass] ?? `${visibleText(fileClass)} files`;

function differenceLines(replay: ReplayRecord): string[] {
  const { unreadMapBytes, overheadNs } = replay;
  const differing = differingCalls(replay).map(({ group, fileClass, recorded, replayed }) => {
    const calls = `${formatWhole(replayed.calls)} instead of ${formatWhole(recorded.calls)}`;
    return `${group} of ${classWords(fileClass)} (${calls})`;
  });
  return [
    ...(differing.length === 0 ? [] : [`  other calls or bytes than in the recording: ${differing.join(', ')}`]),
    ...(unreadMapBytes === 0
      ? []
      : [
          `  ${formatBytes(unreadMapBytes)} were mapped and not read, because a trace does not show which pages were used (touch_maps: true reads all)`,
        ]),
    ...(overheadNs === null
      ? []
      : [
          `  the recording itself took about ${formatDurationNs(overheadNs)} of all threads' time; calls and gaps are without it`,
          ...(recordedInterval(replay) === null
            ? []
            : [
                '  recording slowed the program down so much that its own time is known as an interval only; for a closer one, record it from a slower mount',
              ]),
        ]),
  ];
}
