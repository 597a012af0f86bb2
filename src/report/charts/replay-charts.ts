/** A program's recorded calls beside their replay. */
import type { BarChart, Chart } from '../../charts/chart.js';
import { groupTimes, replayOf } from '../../stats/replay-times.js';
import type { ChartedRun } from './chart-arms.js';

export function replayCharts({ arms, view }: ChartedRun): Chart[] {
  const replayed = arms.flatMap((arm) => {
    const replay = replayOf(view.trials, arm.id);
    return replay === null ? [] : [{ arm, replay }];
  });
  return replayed.flatMap(({ arm, replay }): BarChart[] => {
    const groups = groupTimes(replay);
    if (groups.length === 0) return [];
    const isTimed = replay.recordedNs !== null;
    const recorded = { name: 'recorded', values: groups.map(({ recordedNs }) => recordedNs) };
    return [
      {
        kind: 'bars',
        id: 'replay-calls',
        title: `Time in calls of the program and of its replay${replayed.length === 1 ? '' : `: ${arm.id}`}`,
        description:
          'All threads together, in the trial with the median duration. Calls that the program made from a warm cache are slower in a cold one.',
        categories: { label: 'kind of call', categories: groups.map(({ group }) => group) },
        value: { label: 'time', unit: 'ns' },
        isStacked: false,
        parts: [...(isTimed ? [recorded] : []), { name: 'replayed', values: groups.map((group) => group.replayedNs) }],
      },
    ];
  });
}
