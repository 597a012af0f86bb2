/** Sums over the phases of trials. */
import { ENTRY_OPERATIONS, type EntryOperation } from '../workload/entry-operations.js';
import type { JsonReader } from './json-reader.js';
import type { Phase, RankPart } from './trial-record.js';

/** Returns a phase of this length with the operations and entries of all these parts. */
export function sumOfPhases(
  operation: EntryOperation,
  durationNs: number,
  parts: readonly Pick<Phase, 'operations' | 'entries'>[],
): Phase {
  const phase = { operation, durationNs, operations: parts.reduce((sum, { operations }) => sum + operations, 0) };
  if (!parts.some(({ entries }) => entries !== undefined)) return phase;
  return { ...phase, entries: parts.reduce((sum, { entries = 0 }) => sum + entries, 0) };
}

/**
 * Returns what these trials did per second while all workers did this operation: Σ count / Σ time. NaN if none did it.
 */
export function phaseRate(
  records: readonly Pick<RankPart, 'phases'>[],
  operation: EntryOperation,
  count: 'operations' | 'entries' = 'operations',
): number {
  let done = 0;
  let timeNs = 0;
  for (const phase of records.flatMap(({ phases = [] }) => phases)) {
    if (phase.operation !== operation) continue;
    done += phase[count] ?? 0;
    timeNs += phase.durationNs;
  }
  return timeNs > 0 ? done / (timeNs / 1e9) : Number.NaN;
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkPhases(phases: JsonReader): void {
  for (const phase of phases.list()) {
    phase.at('operation').oneOf(ENTRY_OPERATIONS);
    for (const key of ['durationNs', 'operations']) phase.at(key).number();
    if (phase.at('entries').value !== undefined) phase.at('entries').number();
  }
}
