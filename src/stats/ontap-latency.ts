/**
 * The mean latency of operations in the server, from two samples of ONTAP's counters. Two samples belong to a trial if the
 * trial was busy during nearly all of the time between them.
 */

import { spanOfTrial, type TrialSpan } from '../record/metric-periods.js';
import type { OntapOperations, OntapSample } from '../record/ontap-record.js';
import type { TrialRecord } from '../record/trial-record.js';

/** A trial lies between two samples that are taken just before and just after it. */
const BUSY_SHARE = 0.9;

export interface ServerLatency {
  /** By all clients of the volume. */
  readonly operations: number;
  readonly meanNs: number;
  readonly bytes: number;
}

/** The server's part in an arm. Null: no operation of that kind, or no samples that belong to its trials. */
export interface ArmServerLatency {
  readonly arm: string;
  readonly read: ServerLatency | null;
  readonly write: ServerLatency | null;
  /** The time between samples that belong to the trials. */
  readonly coveredNs: number;
}

export interface ServerLatencies {
  /** From the first to the last sample of each target, whatever happened between them. */
  readonly targets: readonly (Omit<ArmServerLatency, 'arm'> & { readonly target: string })[];
  /** Arms with samples that belong to their trials. */
  readonly arms: readonly ArmServerLatency[];
}

/** Returns the latencies in the server, of the whole run and of each arm. */
export function serverLatencies(samples: readonly OntapSample[], trials: readonly TrialRecord[]): ServerLatencies {
  const targets = [...new Set(samples.map(({ target }) => target))].map((target) => {
    return { target, ...latencyOver(pairsOf(samples.filter((sample) => sample.target === target))) };
  });
  return { targets, arms: armLatencies(samples, trials) };
}

function armLatencies(samples: readonly OntapSample[], trials: readonly TrialRecord[]): ArmServerLatency[] {
  if (samples.length === 0) return [];
  const spans = trials.flatMap((trial) => spanOfTrial(trial) ?? []);
  return [...new Set(spans.map(({ arm }) => arm))].flatMap((arm) => {
    const own = spans.filter((span) => span.arm === arm);
    const pairs = pairsOf(samples.filter(({ target }) => target === own[0]?.target)).filter((pair) =>
      own.some((span) => isBusy(pair, span)),
    );
    return pairs.length === 0 ? [] : [{ arm, ...latencyOver(pairs) }];
  });
}

/** Returns the latencies between the first and the last sample. */
export function latencyBetween(first: OntapSample, last: OntapSample): Omit<ArmServerLatency, 'arm'> {
  return latencyOver(pairsOf([first, last]));
}

function latencyOver(pairs: readonly SamplePair[]): Omit<ArmServerLatency, 'arm'> {
  const coveredNs = pairs.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) * 1e6, 0);
  return { read: latencyOf(pairs, 'read'), write: latencyOf(pairs, 'write'), coveredNs };
}

/** Two samples of a volume in succession, with different counters. */
interface SamplePair {
  readonly before: OntapSample;
  readonly after: OntapSample;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Leaves out samples that ONTAP had not refreshed, and pairs between which the counters began anew. */
function pairsOf(samples: readonly OntapSample[]): SamplePair[] {
  const pairs: SamplePair[] = [];
  let before: OntapSample | undefined;
  for (const after of samples) {
    const toMs = Date.parse(after.countedAt);
    const fromMs = before === undefined ? Number.NaN : Date.parse(before.countedAt);
    if (before !== undefined && toMs <= fromMs) continue;
    if (before !== undefined && grows(before.read, after.read) && grows(before.write, after.write))
      pairs.push({ before, after, fromMs, toMs });
    before = after;
  }
  return pairs;
}

function grows(before: OntapOperations, after: OntapOperations): boolean {
  return after.operations >= before.operations && after.latencyNs >= before.latencyNs && after.bytes >= before.bytes;
}

function isBusy({ fromMs, toMs }: SamplePair, { startMs, endMs }: TrialSpan): boolean {
  const busyMs = Math.min(toMs, endMs) - Math.max(fromMs, startMs);
  return busyMs >= BUSY_SHARE * (toMs - fromMs);
}

function latencyOf(pairs: readonly SamplePair[], kind: 'read' | 'write'): ServerLatency | null {
  const sum = (key: keyof OntapOperations) =>
    pairs.reduce((total, { before, after }) => total + after[kind][key] - before[kind][key], 0);
  const operations = sum('operations');
  return operations === 0 ? null : { operations, meanNs: sum('latencyNs') / operations, bytes: sum('bytes') };
}
