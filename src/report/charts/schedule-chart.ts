/** When each trial ran: the order of the arms, and what failed. */
import type { Chart, TimelineSpan } from '../../charts/chart.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { plural } from '../table/format.js';
import type { ChartArm, ChartedRun } from './chart-arms.js';
import { namesOf } from './facets.js';

export function scheduleChart({ arms, groups, view }: ChartedRun): Chart[] {
  const starts = view.trials.map(({ startedAt }) => Date.parse(startedAt)).filter((start) => !Number.isNaN(start));
  if (starts.length < 2) return [];
  const first = starts.reduce((a, b) => Math.min(a, b));
  const names = [...new Set(groups.flatMap((group) => group.names))];
  const all = ['job', ...names.filter((name) => name !== 'job')];
  const named = namesOf(arms, all, ({ id }) => id);
  return [
    {
      kind: 'timeline',
      id: 'trials',
      title: 'Trials over time',
      description: `When each of ${plural(view.trials.length, 'trial')} ran, from its preparation to its end.`,
      lanes: arms.map((arm, index) => ({
        name: named[index] as string,
        spans: arm.trials.flatMap((trial) => spanOf(trial, first)),
        arm: arm.id,
      })),
    },
  ];
}

function spanOf(trial: TrialRecord, firstMs: number): TimelineSpan[] {
  const fromNs = (Date.parse(trial.startedAt) - firstMs) * 1e6;
  return Number.isNaN(fromNs) ? [] : [{ fromNs, toNs: fromNs + trial.wallNs, what: kindOf(trial) }];
}

const KINDS = { ok: 'counted', failed: 'failed', aborted: 'aborted' } as const;

function kindOf({ status, warmup }: ChartArm['trials'][number]): string {
  return warmup && status === 'ok' ? 'warm-up' : KINDS[status];
}
