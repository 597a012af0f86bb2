/** Corrects the limit that a prediction names by what was seen while accelerators were emulated. */
import { grouped } from '../base/grouped.js';
import { emulationJobName } from '../plan/feed-workload.js';
import type { EmulatedAu, FeedRecord } from '../record/feed-record.js';
import { recordsOf } from '../record/merge-ranks.js';
import type { TrialRecord } from '../record/trial-record.js';
import { isCounted } from '../stats/summary.js';
import type { LimiterEvidence } from '../training/predict/prediction.js';

const BUSY_PROCESSORS = 0.85;
/** The part of what is missing of an AU that the client must cost to be the limit. */
const MOST_OF_IT = 0.5;

/**
 * Returns the limit with the evidence of the fewest accelerators that were emulated and not fed: what the client alone costs
 * them, and how busy its processors were.
 * @param ranks that each had these accelerators. Texts count those of all
 */
export function limiterWithEmulation(
  limiter: FeedRecord['limiter'],
  emulated: readonly EmulatedAu[],
  trials: readonly TrialRecord[],
  ranks: number,
): FeedRecord['limiter'] {
  const hungry = emulated.find(({ side }) => side === 'below');
  if (limiter === null || hungry === undefined) return limiter;
  const { accelerators, au } = hungry;
  const own = trials.filter((trial) => isCounted(trial) && trial.job === emulationJobName(accelerators));
  const nullAu = own.find(({ training }) => typeof training?.nullAu === 'number')?.training?.nullAu ?? null;
  const busy = busyShare(own);
  const share = (what: string, value: number | null): LimiterEvidence[] =>
    value === null ? [] : [{ what, value, unit: 'share' }];
  const evidence = [
    ...limiter.evidence,
    ...share(`AU of ${accelerators * ranks}, emulated`, au.estimate),
    ...share(`AU of ${accelerators * ranks}, emulated without storage`, nullAu),
    ...share("client's processors busy while emulating", busy),
  ];
  const isClient = nullAu !== null && 1 - nullAu > MOST_OF_IT * (1 - au.estimate);
  if (busy !== null && busy > BUSY_PROCESSORS) return { kind: 'client-cpu', evidence };
  return { kind: isClient ? 'harness' : limiter.kind, evidence };
}

/**
 * Returns the share of the client's processors that feedrate and others used; null on a virtual clock. In a group, the busiest
 * machine's.
 */
function busyShare(trials: readonly TrialRecord[]): number | null {
  const shares = [...grouped(trials.flatMap(recordsOf), ({ rank }) => rank).values()].map(busyShareOfRank);
  return shares.reduce((most, share) => (share === null || (most !== null && most >= share) ? most : share), null);
}

function busyShareOfRank(trials: readonly TrialRecord[]): number | null {
  let [busyNs, allNs] = [0, 0];
  for (const { machine, client } of trials) {
    if (machine === undefined) return null;
    busyNs += (client.workerCpuNs ?? 0) + (machine.othersCpuNs ?? 0) + (machine.stealNs ?? 0);
    allNs += machine.spanNs * machine.cpus;
  }
  return allNs > 0 ? Math.min(1, busyNs / allNs) : null;
}
