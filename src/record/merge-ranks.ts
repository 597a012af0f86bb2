/**
 * Merges what the machines of a group measured in a trial into one record. A rank is a machine's place in the group. A
 * trial is one observation for the statistics, whatever the number of machines.
 */
import { OPERATION_KINDS, type OperationKind } from '../base/latency-kinds.js';
import { createHistogram } from '../histogram/histogram.js';
import { addCounts, encodeHistogram, type SparseCounts } from '../histogram/sparse-counts.js';
import { commonWindow, startShifts } from './common-window.js';
import { busiestOf } from './machine-use.js';
import { mergeCaches } from './merge-caches.js';
import { mergeCheckpoints, withCommonCheckpoints } from './merge-checkpoints.js';
import { mergeTraining } from './merge-training.js';
import { mergedMissed } from './missed-files.js';
import { sumOverClients } from './nfs-traffic.js';
import { sumOfPhases } from './phases.js';
import { ranksText } from './ranks-text.js';

import type { ClientUse, EngineUse, RankPart, SeriesPoint, TrialRecord } from './trial-record.js';
import { byWeight, type Warning } from './warning.js';

const SECOND_NS = 1e9;

/** The code of a rank's fault when another rank did not start the trial. Its message names that rank. */
export const PEER_FAULT = 'EPEER';

/** Returns what each machine measured, by rank. With a single machine, that is the record itself. */
export function partsOf(trial: TrialRecord): readonly RankPart[] {
  return trial.ranks ?? [trial];
}

/** Returns one record per rank, as before the merge. */
export function recordsOf(trial: TrialRecord): readonly TrialRecord[] {
  const { ranks, commonCheckpoints, ...merged } = trial;
  return ranks === undefined ? [trial] : ranks.map((part) => ({ ...merged, ...part }));
}

/**
 * Merges the records of each trial by several ranks into one. Trials keep the order of their first records. A trial
 * without a rank that other trials have is `aborted`, because only part of its load is known. `problems` names it.
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
  const inGroup = [...group].sort((a, b) => a - b);
  const problems: string[] = [];
  const trials = [...byTrial.values()].map((ofTrial) => {
    const trial = mergeRanks(ofTrial);
    const present = new Set(partsOf(trial).map(({ rank }) => rank));
    const missing = inGroup.filter((rank) => !present.has(rank));
    if (missing.length === 0) return trial;
    problems.push(`trial ${trial.id}: rank ${missing.join(', ')} did not record it, so it is not counted`);
    return trial.status === 'ok' ? { ...trial, status: 'aborted' as const } : trial;
  });
  return { trials, problems };
}

/**
 * Merges the records of a trial's ranks, in any order. There must be at least one, and each rank once. Latencies are
 * merged exactly, except that a checkpoint of all machines has one time: see `commonCheckpoints`. Throughput is measured
 * while all machines were busy: see `commonWindow`. The worst part decides: the trial failed if any part failed, and its
 * cache claim is contradicted if any is. `ranks` keeps the parts. A single record is returned unchanged, also one that was
 * merged: of many ranks, it keeps less of its parts than it was merged from.
 */
export function mergeRanks(records: readonly TrialRecord[]): TrialRecord {
  const trial = records[0] as TrialRecord;
  if (records.length === 1) return trial;
  const parts = records.flatMap(partsOf).sort((a, b) => a.rank - b.rank);
  const { recordVersion, id, session, round, place, warmup, arm, job, target, factors, fileset } = trial;
  const machine = busiestOf(parts.map((part) => part.machine));
  const missedFiles = mergedMissed(parts.flatMap((part) => part.missedFiles ?? []));
  const checkpoints = mergeCheckpoints(parts);
  const training = mergeTraining(
    parts.map((part) => part.training),
    checkpoints,
  );
  const latency = mergeLatencies(parts);
  const traffic = parts.map(({ nfs }) => nfs).filter((nfs) => nfs !== undefined);
  const began = parts.flatMap(({ beganNs }) => beganNs ?? []);
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
    ...(began.length === parts.length && { beganNs: Math.min(...began) }),
    wallNs: Math.max(...parts.map(({ wallNs }) => wallNs)),
    engine: mergeEngines(parts.map(({ engine }) => engine)),
    window: commonWindow(parts),
    latency: checkpoints === undefined ? latency : withCommonCheckpoints(latency, checkpoints),
    ...mergePhases(parts),
    ...(training !== undefined && { training }),
    series: mergeSeries(parts),
    cache: mergeCaches(parts),
    ...(traffic.length === parts.length && { nfs: sumOverClients(traffic) }),
    client: mergeClients(parts.map(({ client }) => client)),
    ...(machine !== undefined && { machine }),
    ...(missedFiles !== null && { missedFiles }),
    warnings: mergeWarnings(parts),
    ...(checkpoints !== undefined && { commonCheckpoints: checkpoints.counts }),
    ranks: parts.map(partAlone),
  };
}

/** The part of a record that differs between ranks. */
function partAlone(part: RankPart): RankPart {
  const { rank, status, fault, startedAt, wallNs, engine, window, latency, phases, training, series, cache } = part;
  const { nfs, client } = part;
  return {
    rank,
    ...(part.host !== undefined && { host: part.host }),
    status,
    fault,
    startedAt,
    ...(part.beganNs !== undefined && { beganNs: part.beganNs }),
    wallNs,
    engine,
    window,
    latency,
    ...(phases !== undefined && { phases }),
    ...(training !== undefined && { training }),
    ...(part.replay !== undefined && { replay: part.replay }),
    ...(part.timeline !== undefined && { timeline: part.timeline }),
    ...(part.checkpoints !== undefined && { checkpoints: part.checkpoints }),
    ...(part.beside !== undefined && { beside: part.beside }),
    series,
    cache,
    ...(nfs !== undefined && { nfs }),
    client,
    ...(part.machine !== undefined && { machine: part.machine }),
    warnings: part.warnings,
  };
}

function worstStatus(parts: readonly RankPart[]): TrialRecord['status'] {
  const found = new Set(parts.map(({ status }) => status));
  return found.has('failed') ? 'failed' : found.has('aborted') ? 'aborted' : 'ok';
}

/** The fault of the lowest rank that failed by itself, or else of the lowest one. Its message names the rank. */
function firstFault(parts: readonly RankPart[]): TrialRecord['fault'] {
  const failed =
    parts.find(({ fault }) => fault !== null && fault.code !== PEER_FAULT) ?? parts.find(({ fault }) => fault !== null);
  if (failed === undefined || failed.fault === null) return null;
  return { ...failed.fault, message: `${failed.fault.message} (${ranksText([failed.rank])})` };
}

/** The engine of the lowest rank, with the workers and ring calls of all. `partsOf` returns each rank's own. */
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

/** Returns the latencies of several measurements together. */
export function mergeLatencies(parts: readonly Pick<RankPart, 'latency'>[]): TrialRecord['latency'] {
  const latency: Partial<Record<OperationKind, SparseCounts>> = {};
  for (const kind of OPERATION_KINDS) {
    const found = parts.flatMap((part) => (part.latency[kind] === undefined ? [] : [part.latency[kind]]));
    if (found.length === 0) continue;
    const sum = createHistogram();
    for (const counts of found) addCounts(sum, counts);
    latency[kind] = encodeHistogram(sum);
  }
  return latency;
}

/** Sums the operations of each phase. It lasts as long as on the slowest rank, because all ranks begin it together. */
function mergePhases(parts: readonly RankPart[]): Pick<RankPart, 'phases'> {
  const all = parts.map(({ phases }) => phases);
  const [first] = all;
  if (first === undefined) return {};
  const phases = first.map(({ operation }) => {
    const same = all.flatMap((each) => each?.find((phase) => phase.operation === operation) ?? []);
    return sumOfPhases(operation, Math.max(...same.map(({ durationNs }) => durationNs)), same);
  });
  return { phases };
}

/**
 * Sums the ranks second by second. The seconds of a rank that began later are shifted by whole seconds. Percentiles cannot
 * be merged: they are null unless only one rank was busy.
 */
function mergeSeries(parts: readonly RankPart[]): SeriesPoint[] {
  const bySecond = new Map<number, SeriesPoint[]>();
  const shifts = startShifts(parts);
  for (const [place, { series }] of parts.entries()) {
    const shiftNs = Math.round((shifts[place] as number) / SECOND_NS) * SECOND_NS;
    for (const point of series) {
      const startNs = point.startNs + shiftNs;
      const known = bySecond.get(startNs);
      if (known === undefined) bySecond.set(startNs, [point]);
      else known.push(point);
    }
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
    ...(clients.every(({ involuntarySwitches }) => involuntarySwitches !== undefined) && {
      involuntarySwitches: sumOrNull(({ involuntarySwitches }) => involuntarySwitches ?? null),
    }),
    gcNs: clients.reduce((sum, { gcNs }) => sum + gcNs, 0),
    gcCount: clients.reduce((sum, { gcCount }) => sum + gcCount, 0),
    eventLoopDelayMaxNs: Math.max(...clients.map(({ eventLoopDelayMaxNs }) => eventLoopDelayMaxNs)),
    eventLoopDelayP99Ns: Math.max(...clients.map(({ eventLoopDelayP99Ns }) => eventLoopDelayP99Ns)),
  };
}

/** Each code once, with the message of the lowest rank. Names the affected ranks, unless all of them are. */
function mergeWarnings(parts: readonly RankPart[]): Warning[] {
  const byCode = new Map<Warning['code'], { readonly warning: Warning; readonly ranks: Set<number> }>();
  for (const { rank, warnings } of parts) {
    for (const warning of warnings) {
      const known = byCode.get(warning.code);
      if (known === undefined) byCode.set(warning.code, { warning, ranks: new Set([rank]) });
      else known.ranks.add(rank);
    }
  }
  const merged = [...byCode.values()].map(({ warning, ranks }) =>
    ranks.size === parts.length ? warning : { ...warning, message: `${warning.message} (${ranksText([...ranks])})` },
  );
  return merged.sort(byWeight);
}
