/** How the accelerators of an arm were fed: its trials together, epoch by epoch. */

import type { EpochRecord, TrainingRecord } from '../record/training-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { samplesPerSecond, steadyUtilisation, utilisation } from '../training/utilisation.js';
import { medianOf } from './extended.js';

/** One epoch, or several that are alike. Times are means per step. */
export interface EpochUse {
  /** The first and the last one, from 1. */
  readonly from: number;
  readonly to: number;
  /** By the reference's formula; null with a single step. */
  readonly au: number | null;
  /** Null with too few steps. */
  readonly steadyAu: number | null;
  readonly samplesPerSecond: number | null;
  /** Of each epoch. */
  readonly steps: number;
  readonly durationNs: number;
  readonly computeNs: number;
  readonly waitNs: number;
  readonly barrierNs: number;
  /** In all trials, of all steps. */
  readonly stalls: number;
  readonly ofSteps: number;
  readonly longestStallNs: number;
  readonly longestStallStep: number | null;
}

export interface TrainingUse extends Pick<TrainingRecord, 'format' | 'reader' | 'accelerators' | 'computeNs'> {
  /** The AU on an engine that reads nothing, its median; null when it was not measured. */
  readonly nullAu: number | null;
  /** The first epoch apart: later ones may find their data in a cache. */
  readonly epochs: readonly EpochUse[];
  /** Bytes of the samples that accelerators were given, those that reads returned, and those from device or server. */
  readonly sampleBytes: number;
  readonly readBytes: number;
  readonly fetchedBytes: number | null;
  /** Of the last trial. */
  readonly ready: TrainingRecord['ready'];
  /** How machines waited for one another after each step; null: there is one, or each trains alone. */
  readonly commonBarrier: 'computed' | 'none' | null;
}

/** Returns how the accelerators of counted trials were fed; null for other jobs. */
export function trainingUse(trials: readonly TrialRecord[]): TrainingUse | null {
  const records = trials.map(({ training }) => training).filter((each) => each !== undefined);
  const last = records.at(-1);
  const epochs = records.flatMap((record) => record.epochs);
  if (last === undefined || epochs.length === 0) return null;
  const nullAus = records.map(({ nullAu }) => nullAu ?? null).filter((au) => au !== null);
  return {
    format: last.format,
    reader: last.reader,
    accelerators: last.accelerators,
    computeNs: last.computeNs,
    nullAu: knownMedian(nullAus),
    epochs: [epochs.filter(({ epoch }) => epoch === 1), epochs.filter(({ epoch }) => epoch > 1)]
      .filter((group) => group.length > 0)
      .map(useOf),
    sampleBytes: sum(epochs, ({ sampleBytes }) => sampleBytes),
    readBytes: sum(epochs, ({ readBytes }) => readBytes),
    fetchedBytes: fetchedBytes(trials),
    ready: last.ready,
    commonBarrier: last.commonBarrier ?? null,
  };
}

function useOf(epochs: readonly EpochRecord[]): EpochUse {
  const steps = sum(epochs, (epoch) => epoch.steps);
  const longest = epochs.reduce((a, b) => (b.longestStallNs > a.longestStallNs ? b : a));
  return {
    from: Math.min(...epochs.map(({ epoch }) => epoch)),
    to: Math.max(...epochs.map(({ epoch }) => epoch)),
    au: knownMedian(epochs.map(utilisation)),
    steadyAu: knownMedian(epochs.map((epoch) => steadyUtilisation([epoch]))),
    samplesPerSecond: knownMedian(epochs.map((epoch) => samplesPerSecond([epoch]))),
    steps: Math.round(steps / epochs.length),
    durationNs: sum(epochs, ({ startNs, endNs }) => endNs - startNs) / epochs.length,
    computeNs: sum(epochs, ({ computeNs }) => computeNs) / steps,
    waitNs: sum(epochs, ({ waitNs }) => waitNs) / steps,
    barrierNs: sum(epochs, ({ barrierNs }) => barrierNs) / steps,
    stalls: sum(epochs, ({ stalls }) => stalls),
    ofSteps: steps,
    longestStallNs: longest.longestStallNs,
    longestStallStep: longest.longestStallStep,
  };
}

function fetchedBytes(trials: readonly TrialRecord[]): number | null {
  const each = trials.map(
    ({ cache, nfs }) =>
      nfs?.bytes?.serverReadBytes ??
      cache.wireReceivedBytes ??
      // Where a device is known, a process that read nothing from it got all from memory.
      (cache.blockDevice === null ? null : cache.processDeviceReadBytes),
  );
  return each.includes(null) ? null : each.reduce((total: number, bytes) => total + (bytes ?? 0), 0);
}

function sum(epochs: readonly EpochRecord[], pick: (epoch: EpochRecord) => number): number {
  return epochs.reduce((total, epoch) => total + pick(epoch), 0);
}

function knownMedian(values: readonly number[]): number | null {
  const known = values.filter((value) => Number.isFinite(value));
  return known.length === 0 ? null : medianOf(known);
}
