/**
 * What the machines of a group measured of a trial → one record. A rank is a machine's place in the group. Statistics
 * see a trial once, whatever the number of machines: it is one observation.
 */
import { OPERATION_KINDS, type OperationKind } from '../base/latency-kinds.js';
import { mergeInto } from '../histogram/histogram.js';
import { decodeHistogram, encodeHistogram, type SparseCounts } from '../histogram/sparse-counts.js';
import { mergeCaches } from './merge-caches.js';
import { sumOverClients } from './nfs-traffic.js';
import { ranksText } from './ranks-text.js';
import type { ClientUse, EngineUse, RankPart, SeriesPoint, TrialRecord, Window } from './trial-record.js';
import { byWeight, type Warning } from './warning.js';

/** What each machine measured of the trial, by rank; of one machine alone the record itself. */
export function partsOf(trial: TrialRecord): readonly RankPart[] {
  return trial.ranks ?? [trial];
}

/** A record for each rank, as it was before they were merged. */
export function recordsOf(trial: TrialRecord): readonly TrialRecord[] {
  const { ranks, ...merged } = trial;
  return ranks === undefined ? [trial] : ranks.map((part) => ({ ...merged, ...part }));
}

/**
 * The trials that these records are of, in the order in which they are first met: records of one trial by several ranks
 * become one. A trial that lacks a rank which other trials have is `aborted`, since only a part of its load is known;
 * `problems` names it.
 */
export function mergeTrials(records: readonly TrialRecord[]): {
  readonly trials: TrialRecord[];
  readonly problems: string[];
} {
  const byTrial = new Map<string, TrialRecord[]>();
  for (const record of records) {
    const known = byTrial.get(record.id);
    if (known === undefined) byTrial.set(record.id, [record]);
    else known.push(record);
  }
  const group = new Set(records.flatMap((record) => partsOf(record).map(({ rank }) => rank)));
  const problems: string[] = [];
  const trials = [...byTrial.values()].map((ofTrial) => {
    const trial = mergeRanks(ofTrial);
    const present = partsOf(trial).map(({ rank }) => rank);
    const missing = [...group].filter((rank) => !present.includes(rank)).sort((a, b) => a - b);
    if (missing.length === 0) return trial;
    problems.push(`trial ${trial.id}: rank ${missing.join(', ')} did not record it; it does not count`);
    return trial.status === 'ok' ? { ...trial, status: 'aborted' as const } : trial;
  });
  return { trials, problems };
}

/**
 * One record of a trial from those of its ranks, in any order; at least one, each rank once. Latencies are merged
 * exactly. Throughput is that of the time in which all machines were busy: see `commonWindow`. The trial is as good as
 * its worst part: failed if any failed, its cache claim contradicted if any is. The parts are kept in `ranks`. A record
 * alone is returned as it is.
 */
export function mergeRanks(records: readonly TrialRecord[]): TrialRecord {
  const parts = records.flatMap(partsOf).sort((a, b) => a.rank - b.rank);
  const trial = records[0] as TrialRecord;
  if (parts.length === 1) return trial;
  const { recordVersion, id, session, round, place, warmup, arm, job, target, factors, fileset } = trial;
  const traffic = parts.map(({ nfs }) => nfs).filter((nfs) => nfs !== undefined);
  return {
    recordVersion,
    id,
    session,
    round,
    place,
    rank: (parts[0] as RankPart).rank,
    warmup,
    arm,
    job,
    target,
    factors,
    ...(fileset !== undefined && { fileset }),
    status: worstStatus(parts),
    fault: firstFault(parts),
    startedAt: parts.map(({ startedAt }) => startedAt).sort()[0] as string,
    wallNs: Math.max(...parts.map(({ wallNs }) => wallNs)),
    engine: mergeEngines(parts.map(({ engine }) => engine)),
    window: commonWindow(parts.map(({ window }) => window)),
    latency: mergeLatencies(parts),
    series: mergeSeries(parts),
    cache: mergeCaches(parts),
    ...(traffic.length === parts.length && { nfs: sumOverClients(traffic) }),
    client: mergeClients(parts.map(({ client }) => client)),
    warnings: mergeWarnings(parts),
    ranks: parts.map(partAlone),
  };
}

/** Without what all ranks of a trial have in common. */
function partAlone(part: RankPart): RankPart {
  const { rank, status, fault, startedAt, wallNs, engine, window, latency, series, cache, nfs, client, warnings } =
    part;
  return {
    rank,
    status,
    fault,
    startedAt,
    wallNs,
    engine,
    window,
    latency,
    series,
    cache,
    ...(nfs !== undefined && { nfs }),
    client,
    warnings,
  };
}

const AMOUNTS = ['readBytes', 'writeBytes', 'readOps', 'writeOps'] as const;

/**
 * The time in which all ranks were busy: from the last one's start to the first one's end. Each rank counts from its own
 * start, which a barrier makes common; what that barrier leaves between machines is not known, and is small beside a
 * trial. What a rank moved in a part of its own window is taken in proportion, as of workers of one machine, so the
 * throughput of the group is the sum of those of its ranks. A rank that moved nothing in the whole trial had no part in
 * it. Where the windows have no time in common nothing was measured. Work that is whole only when the slowest has done its
 * part has that one's time, and all that was moved.
 */
export function commonWindow(windows: readonly Window[]): Window {
  const active = windows.filter(({ totalReadOps, totalWriteOps }) => totalReadOps + totalWriteOps !== 0);
  const sum = (pick: (window: Window) => number) => active.reduce((total, window) => total + pick(window), 0);
  const slowestDecides = active.length > 0 && active.every((window) => window.slowestDecides === true);
  const startNs = Math.max(0, ...active.map((window) => window.startNs));
  const ends = active.map((window) => window.endNs);
  const endNs = active.length === 0 ? 0 : slowestDecides ? Math.max(...ends) : Math.max(startNs, Math.min(...ends));
  const partOf = (window: Window): number => {
    const ownNs = window.endNs - window.startNs;
    return slowestDecides ? 1 : ownNs === 0 ? 0 : (endNs - startNs) / ownNs;
  };
  const [readBytes, writeBytes, readOps, writeOps] = AMOUNTS.map((amount) =>
    sum((window) => Math.round(window[amount] * partOf(window))),
  ) as [number, number, number, number];
  return {
    startNs,
    endNs,
    readBytes,
    writeBytes,
    readOps,
    writeOps,
    firstDoneNs: active.length === 0 ? 0 : Math.min(...active.map(({ firstDoneNs }) => firstDoneNs)),
    lastDoneNs: Math.max(0, ...active.map(({ lastDoneNs }) => lastDoneNs)),
    totalReadBytes: sum(({ totalReadBytes }) => totalReadBytes),
    totalWriteBytes: sum(({ totalWriteBytes }) => totalWriteBytes),
    totalReadOps: sum(({ totalReadOps }) => totalReadOps),
    totalWriteOps: sum(({ totalWriteOps }) => totalWriteOps),
    barrierSkewNs: Math.max(0, ...active.map(({ barrierSkewNs }) => barrierSkewNs)),
    ...(slowestDecides && { slowestDecides }),
  };
}

function worstStatus(parts: readonly RankPart[]): TrialRecord['status'] {
  const found = new Set(parts.map(({ status }) => status));
  return found.has('failed') ? 'failed' : found.has('aborted') ? 'aborted' : 'ok';
}

/** Of the lowest rank that failed, which the message names. */
function firstFault(parts: readonly RankPart[]): TrialRecord['fault'] {
  const failed = parts.find(({ fault }) => fault !== null);
  if (failed === undefined || failed.fault === null) return null;
  return { ...failed.fault, message: `${failed.fault.message} (${ranksText([failed.rank])})` };
}

/** That of the lowest rank, with the workers and ring calls of all. `partsOf` has each rank's own. */
function mergeEngines(engines: readonly EngineUse[]): EngineUse {
  const first = engines[0] as EngineUse;
  const rings = engines.map(({ ring }) => ring).filter((ring) => ring !== null);
  return {
    ...first,
    numjobs: engines.reduce((sum, { numjobs }) => sum + numjobs, 0),
    ring: first.ring && {
      registeredBuffers: rings.every(({ registeredBuffers }) => registeredBuffers),
      registeredFiles: rings.every(({ registeredFiles }) => registeredFiles),
      flags: first.ring.flags,
      enters: rings.reduce((sum, { enters }) => sum + enters, 0),
    },
  };
}

function mergeLatencies(parts: readonly RankPart[]): TrialRecord['latency'] {
  const latency: Partial<Record<OperationKind, SparseCounts>> = {};
  for (const kind of OPERATION_KINDS) {
    const [first, ...others] = parts.flatMap((part) => {
      const counts = part.latency[kind];
      return counts === undefined ? [] : [decodeHistogram(counts)];
    });
    if (first === undefined) continue;
    for (const other of others) mergeInto(first, other);
    latency[kind] = encodeHistogram(first);
  }
  return latency;
}

/** Second by second. The percentiles of a second cannot be merged: they are those of a rank that was alone in it, or null. */
function mergeSeries(parts: readonly RankPart[]): SeriesPoint[] {
  const bySecond = new Map<number, SeriesPoint[]>();
  for (const point of parts.flatMap(({ series }) => series)) {
    const known = bySecond.get(point.startNs);
    if (known === undefined) bySecond.set(point.startNs, [point]);
    else known.push(point);
  }
  const inOrder = [...bySecond].sort(([a], [b]) => a - b);
  return inOrder.map(([startNs, points]) => {
    const busy = points.filter(({ ops }) => ops > 0);
    const only = busy.length === 1 ? busy[0] : undefined;
    return {
      startNs,
      durationNs: Math.max(...points.map(({ durationNs }) => durationNs)),
      readBytes: points.reduce((sum, { readBytes }) => sum + readBytes, 0),
      writeBytes: points.reduce((sum, { writeBytes }) => sum + writeBytes, 0),
      ops: points.reduce((sum, { ops }) => sum + ops, 0),
      p50Ns: only?.p50Ns ?? null,
      p99Ns: only?.p99Ns ?? null,
    };
  });
}

function mergeClients(clients: readonly ClientUse[]): ClientUse {
  const sumOrNull = (pick: (client: ClientUse) => number | null): number | null =>
    clients.reduce<number | null>((sum, client) => {
      const value = pick(client);
      return sum === null || value === null ? null : sum + value;
    }, 0);
  return {
    workerCpuNs: sumOrNull(({ workerCpuNs }) => workerCpuNs),
    workerUserNs: sumOrNull(({ workerUserNs }) => workerUserNs),
    workerSystemNs: sumOrNull(({ workerSystemNs }) => workerSystemNs),
    minorFaults: sumOrNull(({ minorFaults }) => minorFaults),
    majorFaults: sumOrNull(({ majorFaults }) => majorFaults),
    gcNs: clients.reduce((sum, { gcNs }) => sum + gcNs, 0),
    gcCount: clients.reduce((sum, { gcCount }) => sum + gcCount, 0),
    eventLoopDelayMaxNs: Math.max(...clients.map(({ eventLoopDelayMaxNs }) => eventLoopDelayMaxNs)),
    eventLoopDelayP99Ns: Math.max(...clients.map(({ eventLoopDelayP99Ns }) => eventLoopDelayP99Ns)),
  };
}

/** Each code once, in the words of the lowest rank that warns, with all ranks that do unless it is all of them. */
function mergeWarnings(parts: readonly RankPart[]): Warning[] {
  const byCode = new Map<Warning['code'], { readonly warning: Warning; readonly ranks: number[] }>();
  for (const { rank, warnings } of parts) {
    for (const warning of warnings) {
      const known = byCode.get(warning.code);
      if (known === undefined) byCode.set(warning.code, { warning, ranks: [rank] });
      else if (!known.ranks.includes(rank)) known.ranks.push(rank);
    }
  }
  const merged = [...byCode.values()].map(({ warning, ranks }) =>
    ranks.length === parts.length ? warning : { ...warning, message: `${warning.message} (${ranksText(ranks)})` },
  );
  return merged.sort(byWeight);
}
