import { formatDurationNs, formatThroughput } from '../base/units.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import { type NfsTraffic, sumOfCalls } from '../record/nfs-traffic.js';
import type { CacheEvidence, ClientUse, EngineUse, SeriesPoint, TrialRecord, Window } from '../record/trial-record.js';
import { type Warning, warning } from '../record/warning.js';
import { ENGINES } from '../workload/engines.js';
import type { Job } from '../workload/workload.js';
import { SILENCE_NS } from './live.js';
import { stepDown, unsteadiness, wholeSeconds } from './steadiness.js';

/** Workers that used more than this share of their time on the CPU outside the kernel were the limit themselves. */
const CLIENT_BOUND_SHARE = 0.8;
/** Shorter windows hold too few ticks and too much start and end. */
const SHORT_WINDOW_NS = 100_000_000;
/** Last worker this much later than the first: the load was not the one that was asked for. */
const STRAGGLER_SHARE = 0.1;
/** A rate missed by more than this was not reached. */
const RATE_MISSED_SHARE = 0.05;
/** Random arrivals are fewer than expected by chance: n of them with a standard deviation of √n. */
const POISSON_DEVIATIONS = 3;

/** Collections that take less than this share of the workers' time change no result. */
const GC_SHARE = 0.005;

interface Observed {
  readonly job: Job;
  readonly engine: EngineUse;
  readonly window: Window;
  readonly cache: CacheEvidence;
  readonly nfs: NfsTraffic | null;
  readonly client: ClientUse;
  readonly shortTransfers: number;
  /** The longest time without the end of any operation. */
  readonly longestQuietNs: number;
  readonly status: TrialRecord['status'];
  readonly series: readonly SeriesPoint[];
}

const workersOf = ({ numjobs, threadsPerJob }: EngineUse): number => numjobs * threadsPerJob;

type TrialCheck = (observed: Observed) => Warning | null;

const cacheContradicted: TrialCheck = ({ cache }) =>
  cache.verdict !== 'contradicted'
    ? null
    : warning('cache-contradicted', `claimed ${cache.claim}, but ${cache.detail}`);

const cacheUnproven: TrialCheck = ({ cache }) =>
  cache.verdict !== 'unproven' ? null : warning('cache-unproven', `claimed ${cache.claim}, unproven: ${cache.detail}`);

const koffiMissing: TrialCheck = ({ engine }) =>
  engine.calls !== 'fs'
    ? null
    : warning('koffi-missing', 'system calls went through Node’s fs, which costs CPU at small block sizes');

const queueReplaced: TrialCheck = ({ job, engine }) =>
  engine.reason === null
    ? null
    : warning(
        'queue-replaced',
        `iodepth ${jobPlanOf(job).queue.depth} was kept up by ${engine.iodepth} blocking threads a job: ${engine.reason}`,
        ENGINES[engine.used].targets === 'servers'
          ? 'compare it only with trials of the same engine, or mount the export'
          : undefined,
      );

const shortWindow: TrialCheck = ({ window, engine }) =>
  ENGINES[engine.used].virtualClock || window.endNs - window.startNs >= SHORT_WINDOW_NS
    ? null
    : warning('short-window', `all workers were busy for only ${formatDurationNs(window.endNs - window.startNs)}`);

const straggler: TrialCheck = ({ window, engine }) =>
  workersOf(engine) === 1 || window.lastDoneNs - window.firstDoneNs <= STRAGGLER_SHARE * window.lastDoneNs
    ? null
    : warning(
        'straggler',
        `the last worker ended ${formatDurationNs(window.lastDoneNs - window.firstDoneNs)} after the first`,
      );

/** On a virtual clock real collections take no time, so that they say nothing of the trial. */
const gcInWindow: TrialCheck = ({ client, window, engine }) =>
  ENGINES[engine.used].virtualClock || client.gcNs <= GC_SHARE * window.lastDoneNs * workersOf(engine)
    ? null
    : warning(
        'gc-in-window',
        `garbage was collected for ${formatDurationNs(client.gcNs)} (${client.gcCount} times) while workers ran`,
      );

const shortTransfers: TrialCheck = ({ shortTransfers: count }) =>
  count === 0
    ? null
    : warning(
        'short-transfers',
        `the kernel ended ${count} transfers early; they were taken up again and count as one operation each`,
      );

const clientBound: TrialCheck = ({ client, window, engine }) => {
  const busyNs = window.lastDoneNs * workersOf(engine);
  if (
    !ENGINES[engine.used].touchesFiles ||
    client.workerUserNs === null ||
    client.workerUserNs <= CLIENT_BOUND_SHARE * busyNs
  )
    return null;
  return warning(
    'client-bound',
    `workers spent ${Math.round((client.workerUserNs / busyNs) * 100)} % of their time computing`,
  );
};

/** All that can be said of a trial whose workers were left where they wait. */
export const silent = ({ longestQuietNs, engine }: Pick<Observed, 'longestQuietNs' | 'engine'>): Warning | null =>
  ENGINES[engine.used].virtualClock || longestQuietNs < SILENCE_NS
    ? null
    : warning('silent', `no operation ended for ${formatDurationNs(longestQuietNs)}`);

const nfsRetransmitted: TrialCheck = ({ nfs }) => {
  const again = nfs === null ? 0 : sumOfCalls(nfs, 'retransmissions');
  const timeouts = nfs === null ? 0 : sumOfCalls(nfs, 'timeouts');
  if (nfs === null || again + timeouts === 0) return null;
  const calls = sumOfCalls(nfs, 'calls');
  return warning('nfs-retransmitted', `of ${calls} NFS calls ${again} were sent again and ${timeouts} timed out`);
};

const nfsReconnected: TrialCheck = ({ nfs }) =>
  nfs === null || nfs.connections.reconnects <= 0
    ? null
    : warning('nfs-reconnected', `the NFS client connected ${nfs.connections.reconnects} times anew`);

/** Calls that wait longer to be sent than for their answer wait for slots or for the socket: this end is the limit. */
const nfsQueued: TrialCheck = ({ nfs }) => {
  if (nfs === null) return null;
  const [calls, queueNs, roundTripNs] = [
    sumOfCalls(nfs, 'calls'),
    sumOfCalls(nfs, 'queueNs'),
    sumOfCalls(nfs, 'roundTripNs'),
  ];
  if (calls === 0 || queueNs <= roundTripNs) return null;
  const [queued, answered] = [formatDurationNs(queueNs / calls), formatDurationNs(roundTripNs / calls)];
  return warning('nfs-queued', `NFS calls waited ${queued} to be sent, and ${answered} for the answer`);
};

const rateMissed: TrialCheck = ({ job, window, status }) => {
  const { rate } = jobPlanOf(job);
  if (rate === null || status !== 'ok') return null;
  const { operationsPerSecond, bytesPerSecond } = rate;
  const seconds = (window.endNs - window.startNs) / 1e9;
  const operations = window.readOps + window.writeOps;
  const reached =
    operationsPerSecond !== null
      ? operations / seconds / (operationsPerSecond * job.numjobs)
      : bytesPerSecond !== null
        ? (window.readBytes + window.writeBytes) / seconds / (bytesPerSecond * job.numjobs)
        : 1;
  const chance = rate.random ? POISSON_DEVIATIONS / Math.sqrt(operations) : 0;
  if (!(reached < 1 - RATE_MISSED_SHARE - chance)) return null;
  return warning(
    'rate-missed',
    `only ${Math.round(reached * 100)} % of the rate was reached; latencies count from when operations were due`,
  );
};

/** A step down, or else no steady state: a step that is not over long before the end is both. */
const unsteady: TrialCheck = ({ job, series, window, status }) => {
  if (status !== 'ok' || !jobPlanOf(job).isSteady) return null;
  const rates = wholeSeconds(series, window);
  const step = stepDown(rates);
  if (step !== null) {
    const [before, after] = [formatThroughput(step.before), formatThroughput(step.after)];
    return warning('burst-suspected', `throughput stepped down from ${before} to ${after} after ${step.at} s`);
  }
  const found = unsteadiness(rates);
  if (found === null) return null;
  const percent = (share: number) => `${Math.round(Math.abs(share) * 100)} %`;
  const course = `${found.slope > 0 ? 'rose' : 'fell'} by ${percent(found.slope)} and ranged over ${percent(found.range)}`;
  return warning('no-steady-state', `throughput ${course} of its mean in the last ${found.seconds} s`);
};

const CHECKS = [
  silent,
  cacheContradicted,
  cacheUnproven,
  koffiMissing,
  queueReplaced,
  shortWindow,
  straggler,
  gcInWindow,
  shortTransfers,
  clientBound,
  nfsRetransmitted,
  nfsReconnected,
  nfsQueued,
  rateMissed,
  unsteady,
];

/** Everything about a trial that its reader must know. */
export function warningsOf(observed: Observed): Warning[] {
  return CHECKS.map((check) => check(observed)).filter((found) => found !== null);
}
