/** Groups whose ranks are all in this process, for tests of what the ranks of a group do. */
import { FeedrateError } from '../../src/base/errors.js';
import { monotonicNs } from '../../src/engine/core/clock.js';
import type { Group } from '../../src/group/group.js';

interface Meeting {
  readonly texts: string[];
  readonly leave: ((texts: readonly string[]) => void)[];
}

/** Returns the ranks of a group. `die` makes a rank disappear: every other one is told at its present or next meeting. */
export function localGroup(size: number): { readonly ranks: readonly Group[]; readonly die: (rank: number) => void } {
  const meetings = new Map<string, Meeting>();
  const breaks: ((error: Error) => void)[] = [];
  let dead: FeedrateError | null = null;
  const lost = new AbortController();
  const breakUp = (reason: string) => {
    dead ??= new FeedrateError('measurement', reason);
    lost.abort(dead);
    for (const each of breaks.splice(0)) each(dead);
  };
  const ranks = Array.from({ length: size }, (_, rank): Group => {
    let leftNs = 0;
    return {
      rank,
      size,
      launcher: 'files',
      host: `host-${rank % 2}`,
      foundIn: 'a test',
      lost: lost.signal,
      get leftNs() {
        return leftNs;
      },
      async meet(name, text = '') {
        if (dead !== null) throw dead;
        const meeting = meetings.get(name) ?? { texts: [], leave: [] };
        meetings.set(name, meeting);
        meeting.texts[rank] = text;
        const met = new Promise<readonly string[]>((resolve, reject) => {
          meeting.leave.push(resolve);
          breaks.push(reject);
        });
        if (meeting.leave.length === size) for (const leave of meeting.leave) leave([...meeting.texts]);
        const texts = await met;
        leftNs = monotonicNs();
        return texts;
      },
      abort: breakUp,
      close: async () => {},
    };
  });
  return { ranks, die: (rank) => breakUp(`rank ${rank} (host-${rank % 2}) does not respond`) };
}
