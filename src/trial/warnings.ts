import { formatDurationNs } from '../base/units.js';
import type { CacheEvidence, ClientUse, EngineUse, TrialRecord, Warning, Window } from '../record/trial-record.js';
import type { Job } from '../workload/workload.js';

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
  readonly client: ClientUse;
  readonly shortTransfers: number;
  readonly status: TrialRecord['status'];
}

const workersOf = ({ numjobs, threadsPerJob }: EngineUse): number => numjobs * threadsPerJob;

type Check = (observed: Observed) => Warning | null;

const cacheContradicted: Check = ({ cache }) =>
  cache.verdict !== 'contradicted'
    ? null
    : {
        code: 'cache-contradicted',
        message: `claimed ${cache.claim}, but ${cache.detail}`,
        remedy: 'use files larger than memory, one pass (no time_based), or cache: direct',
      };

const cacheUnproven: Check = ({ cache }) =>
  cache.verdict !== 'unproven'
    ? null
    : {
        code: 'cache-unproven',
        message: `claimed ${cache.claim}, unproven: ${cache.detail}`,
        remedy: 'treat the cache state as unknown',
      };

const koffiMissing: Check = ({ engine }) =>
  engine.calls !== 'fs'
    ? null
    : {
        code: 'koffi-missing',
        message: 'system calls went through Node’s fs, which costs CPU at small block sizes',
        remedy: 'install the optional dependency koffi, or unset FEEDRATE_NO_KOFFI',
      };

const queueReplaced: Check = ({ job, engine }) =>
  job.kind !== 'io' || engine.reason === null
    ? null
    : {
        code: 'queue-replaced',
        message: `iodepth ${job.iodepth} was kept up by ${engine.iodepth} blocking threads a job: ${engine.reason}`,
        remedy: 'compare it only with trials of the same engine, or let the kernel grant io_uring',
      };

const shortWindow: Check = ({ window, engine }) =>
  engine.used === 'simulated' || window.endNs - window.startNs >= SHORT_WINDOW_NS
    ? null
    : {
        code: 'short-window',
        message: `all workers were busy for only ${formatDurationNs(window.endNs - window.startNs)}`,
        remedy: 'raise size or runtime until a trial takes a second or more',
      };

const straggler: Check = ({ window, engine }) =>
  workersOf(engine) === 1 || window.lastDoneNs - window.firstDoneNs <= STRAGGLER_SHARE * window.lastDoneNs
    ? null
    : {
        code: 'straggler',
        message: `the last worker ended ${formatDurationNs(window.lastDoneNs - window.firstDoneNs)} after the first`,
        remedy: 'use time_based with a runtime, so that all workers end together',
      };

/** On a virtual clock real collections take no time, so that they say nothing of the trial. */
const gcInWindow: Check = ({ client, window, engine }) =>
  engine.used === 'simulated' || client.gcNs <= GC_SHARE * window.lastDoneNs * workersOf(engine)
    ? null
    : {
        code: 'gc-in-window',
        message: `garbage was collected for ${formatDurationNs(client.gcNs)} (${client.gcCount} times) while workers ran`,
        remedy: 'longer trials make it matter less',
      };

const shortTransfers: Check = ({ shortTransfers: count }) =>
  count === 0
    ? null
    : {
        code: 'short-transfers',
        message: `the kernel ended ${count} transfers early; they were taken up again and count as one operation each`,
        remedy: 'signals and full file systems do this: see whether something else was going on',
      };

const clientBound: Check = ({ client, window, engine }) => {
  const busyNs = window.lastDoneNs * workersOf(engine);
  if (
    engine.used === 'null' ||
    engine.used === 'simulated' ||
    client.workerUserNs === null ||
    client.workerUserNs <= CLIENT_BOUND_SHARE * busyNs
  )
    return null;
  return {
    code: 'client-bound',
    message: `workers spent ${Math.round((client.workerUserNs / busyNs) * 100)} % of their time computing`,
    remedy: 'the client was the limit: use larger blocks, more workers, or a faster machine',
  };
};

const rateMissed: Check = ({ job, window, status }) => {
  if (job.kind !== 'io' || status !== 'ok') return null;
  const seconds = (window.endNs - window.startNs) / 1e9;
  const operations = window.readOps + window.writeOps;
  const reached =
    job.rateIops !== null
      ? operations / seconds / (job.rateIops * job.numjobs)
      : job.rateBytesPerSecond !== null
        ? (window.readBytes + window.writeBytes) / seconds / (job.rateBytesPerSecond * job.numjobs)
        : 1;
  const chance = job.rateProcess === 'poisson' ? POISSON_DEVIATIONS / Math.sqrt(operations) : 0;
  if (!(reached < 1 - RATE_MISSED_SHARE - chance)) return null;
  return {
    code: 'rate-missed',
    message: `only ${Math.round(reached * 100)} % of the rate was reached; latencies count from when operations were due`,
    remedy: 'the storage cannot keep up with this rate: lower it, or add workers',
  };
};

const CHECKS = [
  cacheContradicted,
  cacheUnproven,
  koffiMissing,
  queueReplaced,
  shortWindow,
  straggler,
  gcInWindow,
  shortTransfers,
  clientBound,
  rateMissed,
];

/** Everything about a trial that its reader must know. */
export function warningsOf(observed: Observed): Warning[] {
  return CHECKS.map((check) => check(observed)).filter((warning) => warning !== null);
}
