import { formatDurationNs, formatThroughput } from '../base/units.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { ArmFiles } from '../plan/plan.js';
import { skippedText } from '../plan/skipped-ends.js';
import type { MissedFiles } from '../record/missed-files.js';
import { type NfsTraffic, sumOfCalls } from '../record/nfs-traffic.js';
import { stepDown, unsteadiness, wholeSeconds } from '../record/steadiness.js';
import type { CacheEvidence, ClientUse, EngineUse, SeriesPoint, TrialRecord, Window } from '../record/trial-record.js';
import { measuredNothing, windowNs, windowOps } from '../record/trial-values.js';
import { type Warning, warning } from '../record/warning.js';
import { ENGINES } from '../workload/engines.js';
import type { Job } from '../workload/workload.js';
import { busyMachine } from './busy-machine.js';
import { evenWorkers, longerThanRamp, longerTrial, trueClaim } from './remedies.js';
import { sharedFiles } from './shared-files.js';
import { SILENCE_NS } from './silence-limit.js';
import { shortEpochs, shortSteps } from './training-warnings.js';

/** Above this share of time spent in user mode, the workers themselves limit the result. */
const CLIENT_BOUND_SHARE = 0.8;
/** Shorter windows contain too few ticks, and start and end weigh too much. */
const SHORT_WINDOW_NS = 100_000_000;
/** Workers wake up within 70 µs of each other at a barrier, which is too much of a shorter phase. */
const SHORT_PHASE_NS = 2_000_000;
/** With fewer operations, a trial shows how long they took and not what the storage can do. */
const FEW_OPERATIONS = 3;
/**
 * If the last worker ends later than the first by more than this share, the load was not the requested one. Chance alone
 * reaches a part of it: the times of 16 workers with 250 random operations each differ by a fifth. The throughput is
 * measured only while all are busy.
 */
const STRAGGLER_SHARE = 0.25;
/** A rate counts as missed below this share less than requested. */
const RATE_MISSED_SHARE = 0.05;
/** Random arrivals vary by chance: n arrivals have a standard deviation of √n. */
const POISSON_DEVIATIONS = 3;

/** Garbage collection that takes less than this share of the workers' time does not affect the result. */
const GC_SHARE = 0.005;

interface Observed {
  readonly job: Job;
  /** Of its files. */
  readonly filePlace: ArmFiles['place'];
  readonly engine: EngineUse;
  readonly window: Window;
  /** Bytes of the files that one pass covers, and those of them that are skipped at the ends of files. */
  readonly extentBytes: number;
  readonly restBytes: number;
  readonly cache: CacheEvidence;
  readonly nfs: NfsTraffic | null;
  readonly client: ClientUse;
  readonly machine?: TrialRecord['machine'];
  readonly shortTransfers: number;
  readonly missedFiles?: MissedFiles | null;
  /** The longest time without a completed operation. */
  readonly longestQuietNs: number;
  readonly status: TrialRecord['status'];
  readonly series: readonly SeriesPoint[];
  readonly phases?: TrialRecord['phases'];
  readonly training?: TrialRecord['training'];
  readonly replay?: TrialRecord['replay'];
  /** Ranks of a group that read the same bytes. Absent: one. */
  readonly readers?: number;
}

const workersOf = ({ numjobs, threadsPerJob }: EngineUse): number => numjobs * threadsPerJob;

type TrialCheck = (observed: Observed) => Warning | null;

const cacheContradicted: TrialCheck = ({ cache }) =>
  cache.verdict !== 'contradicted'
    ? null
    : warning('cache-contradicted', `the ${cache.claim} cache claim is false: ${cache.detail}`, trueClaim(cache));

const cacheUnproven: TrialCheck = ({ cache }) =>
  cache.verdict !== 'unproven' ? null : warning('cache-unproven', `claimed ${cache.claim}, unproven: ${cache.detail}`);

const filesChanged: TrialCheck = ({ missedFiles }) => {
  if (missedFiles == null) return null;
  const { gone, shorter, changed, first } = missedFiles;
  const parts = [`${gone} gone`, `${shorter} shorter`, `${changed} changed`].filter((part) => !part.startsWith('0 '));
  return warning(
    'files-changed',
    `files changed since they were found: ${parts.join(', ')}; the first is ${first[0]?.path}`,
  );
};

const koffiMissing: TrialCheck = ({ engine }) =>
  engine.calls !== 'fs'
    ? null
    : warning('koffi-missing', 'system calls went through Node’s fs, which costs more CPU with small blocks');

const queueReplaced: TrialCheck = ({ job, engine }) =>
  engine.reason === null
    ? null
    : warning(
        'queue-replaced',
        `${engine.iodepth} blocking threads per job replaced a queue of iodepth ${jobPlanOf(job).queue.depth}: ${engine.reason}`,
        ENGINES[engine.used].targets === 'servers'
          ? 'compare this trial only with trials of the same engine, or mount the export'
          : undefined,
      );

const nothingMeasured: TrialCheck = ({ job, filePlace, window, status, extentBytes }) => {
  const { bounds, spreadsRanks } = jobPlanOf(job);
  // Some machines of a group have no file of a checkpoint: of some writers, only the first of equal ranks writes.
  if (!measuredNothing({ status, window }) || (spreadsRanks === true && extentBytes === 0)) return null;
  const moved = window.totalReadOps + window.totalWriteOps + (window.totalEntryOps ?? 0);
  if (moved === 0) return warning('nothing-measured', 'the job did no operation');
  const [ended, ramp] = [formatDurationNs(window.firstDoneNs), formatDurationNs(bounds.rampNs)];
  return warning(
    'nothing-measured',
    `the first worker was done after ${ended}, within the ramp_time of ${ramp}: no time was left to measure`,
    longerThanRamp(job, filePlace),
  );
};

/** A checkpoint is measured as a whole, whatever the number of its operations. */
const fewOperations: TrialCheck = ({ window, status }) => {
  const operations = windowOps({ window });
  const windowed = windowNs({ window });
  if (status !== 'ok' || window.slowestDecides === true || windowed <= 0 || operations >= FEW_OPERATIONS) return null;
  const [shown, time] = [String(Number(operations.toFixed(2))), formatDurationNs(windowed)];
  return warning('few-operations', `only ${shown} operations in the ${time} that were measured`);
};

const shortWindow: TrialCheck = ({ job, filePlace, window, engine, phases, replay }) =>
  phases !== undefined ||
  replay !== undefined ||
  ENGINES[engine.used].virtualClock ||
  windowNs({ window }) <= 0 ||
  windowNs({ window }) >= SHORT_WINDOW_NS
    ? null
    : warning(
        'short-window',
        `the trial was too short (${formatDurationNs(windowNs({ window }))})`,
        longerTrial(job, filePlace),
      );

/** Listings are few and short in any job, so only the phases that visit each item are checked. */
const shortPhase: TrialCheck = ({ phases = [], engine }) => {
  const visiting = phases.filter(({ entries, operations }) => entries === undefined && operations > 0);
  const [shortest] = visiting.toSorted((a, b) => a.durationNs - b.durationNs);
  if (ENGINES[engine.used].virtualClock || shortest === undefined || shortest.durationNs >= SHORT_PHASE_NS) return null;
  return warning(
    'short-window',
    `the ${shortest.operation} phase was too short (${formatDurationNs(shortest.durationNs)})`,
    'increase `nrfiles`, `runtime` or `passes` so that each phase takes at least a tenth of a second',
  );
};

const endsSkipped: TrialCheck = ({ extentBytes, restBytes }) =>
  restBytes === 0 ? null : warning('ends-skipped', `direct I/O skipped ${skippedText({ extentBytes, restBytes })}`);

/** Threads of a replay end when those of the program did. */
const straggler: TrialCheck = ({ job, window, engine, replay }) =>
  replay !== undefined ||
  workersOf(engine) === 1 ||
  window.lastDoneNs - window.firstDoneNs <= STRAGGLER_SHARE * window.lastDoneNs
    ? null
    : warning(
        'straggler',
        `the last worker finished ${formatDurationNs(window.lastDoneNs - window.firstDoneNs)} after the first`,
        evenWorkers(job),
      );

/** Garbage collection takes no time on a virtual clock, so it is ignored there. */
const gcInWindow: TrialCheck = ({ client, window, engine }) =>
  ENGINES[engine.used].virtualClock || client.gcNs <= GC_SHARE * window.lastDoneNs * workersOf(engine)
    ? null
    : warning(
        'gc-in-window',
        `garbage collection took ${formatDurationNs(client.gcNs)} (${client.gcCount} ${client.gcCount === 1 ? 'collection' : 'collections'}) while workers ran`,
      );

const shortTransfers: TrialCheck = ({ shortTransfers: count }) =>
  count === 0
    ? null
    : warning(
        'short-transfers',
        `the kernel ended ${count} transfers early; feedrate completed them and counts each as one operation`,
      );

const clientBound: TrialCheck = ({ client, window, engine }) => {
  const busyNs = window.lastDoneNs * workersOf(engine);
  // Without a window, the CPU time is that of the preparation.
  if (
    !ENGINES[engine.used].touchesFiles ||
    windowNs({ window }) <= 0 ||
    client.workerUserNs === null ||
    client.workerUserNs <= CLIENT_BOUND_SHARE * busyNs
  )
    return null;
  return warning(
    'client-bound',
    // The kernel counts CPU time in ticks, which may exceed the time of a short trial.
    `workers spent ${Math.min(100, Math.round((client.workerUserNs / busyNs) * 100))} % of their time computing`,
  );
};

/** Returns the warning for an unresponsive target: the only one for a trial whose workers were left waiting. */
export const silent = ({ longestQuietNs, engine }: Pick<Observed, 'longestQuietNs' | 'engine'>): Warning | null =>
  ENGINES[engine.used].virtualClock || longestQuietNs < SILENCE_NS
    ? null
    : warning('silent', `no operation completed for ${formatDurationNs(longestQuietNs)}`);

const nfsRetransmitted: TrialCheck = ({ nfs }) => {
  const again = nfs === null ? 0 : sumOfCalls(nfs, 'retransmissions');
  const timeouts = nfs === null ? 0 : sumOfCalls(nfs, 'timeouts');
  if (nfs === null || again + timeouts === 0) return null;
  const calls = sumOfCalls(nfs, 'calls');
  return warning('nfs-retransmitted', `${again} of ${calls} NFS calls were retransmitted and ${timeouts} timed out`);
};

const nfsReconnected: TrialCheck = ({ nfs }) =>
  nfs === null || nfs.connections.reconnects <= 0
    ? null
    : warning('nfs-reconnected', `the NFS client reconnected ${nfs.connections.reconnects} times`);

/** Calls that wait longer to be sent than for their reply wait for slots or for the socket: the client is the limit. */
const nfsQueued: TrialCheck = ({ nfs }) => {
  if (nfs === null) return null;
  const [calls, queueNs, roundTripNs] = [
    sumOfCalls(nfs, 'calls'),
    sumOfCalls(nfs, 'queueNs'),
    sumOfCalls(nfs, 'roundTripNs'),
  ];
  if (calls === 0 || queueNs <= roundTripNs) return null;
  const [queued, answered] = [formatDurationNs(queueNs / calls), formatDurationNs(roundTripNs / calls)];
  return warning('nfs-queued', `NFS calls waited ${queued} to be sent and ${answered} for the reply (mean)`);
};

const rateMissed: TrialCheck = ({ job, window, status }) => {
  const { rate } = jobPlanOf(job);
  if (rate === null || status !== 'ok' || measuredNothing({ status, window })) return null;
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
    `the job reached only ${Math.round(reached * 100)} % of its rate; latencies count from the time operations were due`,
  );
};

/** Reports a step down or, if there is none, a missing steady state. A late step would be both. */
const unsteady: TrialCheck = ({ job, series, window, status }) => {
  if (status !== 'ok' || !jobPlanOf(job).isSteady) return null;
  const rates = wholeSeconds(series, window);
  const step = stepDown(rates);
  if (step !== null) {
    const [before, after] = [formatThroughput(step.before), formatThroughput(step.after)];
    return warning('burst-suspected', `throughput dropped from ${before} to ${after} after ${step.at} s`);
  }
  const found = unsteadiness(rates);
  if (found === null) return null;
  const percent = (share: number) => `${Math.round(Math.abs(share) * 100)} %`;
  const course = `${found.slope > 0 ? 'rose' : 'fell'} by ${percent(found.slope)} and ranged over ${percent(found.range)}`;
  return warning('no-steady-state', `throughput ${course} of its mean in the last ${found.seconds} s`);
};

const CHECKS = [
  silent,
  nothingMeasured,
  cacheContradicted,
  cacheUnproven,
  filesChanged,
  koffiMissing,
  queueReplaced,
  fewOperations,
  shortWindow,
  shortPhase,
  endsSkipped,
  sharedFiles,
  straggler,
  gcInWindow,
  shortTransfers,
  clientBound,
  nfsRetransmitted,
  nfsReconnected,
  busyMachine,
  nfsQueued,
  rateMissed,
  unsteady,
  shortSteps,
  shortEpochs,
];

/** Returns the warnings of a trial. */
export function warningsOf(observed: Observed): Warning[] {
  return CHECKS.map((check) => check(observed)).filter((found) => found !== null);
}
