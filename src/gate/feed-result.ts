/** Puts the answer of `feedrate feed` together from what was predicted and what was emulated. */
import { wantedSteps } from '../plan/feed-data.js';
import { type EmulationJob, emulationJobName, type FeedSource, filesFor, type RampJob } from '../plan/feed-workload.js';
import {
  type EmulatedAu,
  FEED_VERSION,
  type FeedInterval,
  type FeedRecord,
  type FeedWhatIf,
} from '../record/feed-record.js';
import { BUSY_SHARE, takenShare } from '../record/machine-use.js';
import type { RunRecord, TargetEnvironment } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { medianOf } from '../stats/extended.js';
import { emulatedTrialsOf, rampStepOf } from '../stats/feed-trials.js';
import type { AcceleratorModel } from '../training/accelerator-model.js';
import type { FeedPrediction } from '../training/predict/prediction.js';
import type { RampPoint } from '../training/predict/ramp.js';
import { feedOfRanks, unevenNotes } from './feed-group.js';
import { limiterWithEmulation } from './feed-limiter.js';
import { auInterval, emulatedCapacity, type FeedSearch } from './feed-search.js';

const CONFIDENCE = 0.95;

/** All that an answer is made from. */
export interface FeedMeasurement {
  readonly run: RunRecord;
  readonly trials: readonly TrialRecord[];
  readonly target: TargetEnvironment;
  readonly model: AcceleratorModel;
  readonly reader: string;
  readonly source: FeedSource;
  readonly ramp: readonly { readonly job: RampJob; readonly point: RampPoint }[];
  readonly emulations: readonly EmulationJob[];
  /** Null when nothing was emulated. */
  readonly search: FeedSearch | null;
  /** Why the search did not decide; null if it did. */
  readonly undecided: string | null;
  readonly predicted: { readonly prediction: FeedPrediction; readonly whatIf: readonly FeedWhatIf[] };
  /** Ranks of a group and their hosts: 1 for one process. Everything else is what each rank has. */
  readonly ranks: number;
  readonly hosts: number;
}

/** Returns the answer, with what all ranks have together. */
export function feedRecordOf(measurement: FeedMeasurement): FeedRecord {
  return feedOfRanks(recordOfRank(measurement), measurement.ranks, measurement.hosts);
}

function recordOfRank(measurement: FeedMeasurement): FeedRecord {
  const { run, trials, target, model, reader, ramp, search, undecided, predicted } = measurement;
  const { prediction, whatIf } = predicted;
  const { numWorkers, prefetchFactor } = {
    numWorkers: prediction.loader.workers,
    prefetchFactor: prediction.loader.prefetchFactor,
  };
  const emulated = emulatedOf(measurement);
  const capacity = capacityOf(measurement, emulated);
  return {
    feedVersion: FEED_VERSION,
    run: run.id,
    target: { name: target.name, path: target.path, fileSystem: target.fileSystem },
    model,
    reader,
    data: dataOf(measurement),
    threshold: model.leastAu,
    ...capacity,
    whole: emulated.length === 0 ? prediction.whole : (search as FeedSearch).whole,
    verdict: emulated.length === 0 ? 'predicted' : undecided !== null ? 'open' : verdictOf(emulated),
    undecided: emulated.length === 0 ? (undecided ?? 'nothing was emulated') : undecided,
    nonMonotone: search?.isNonMonotone ?? false,
    ramp: ramp.map(({ job, point }) => rampStepOf(trials, job.name, point)),
    predicted: prediction.au,
    emulated,
    limiter: limiterWithEmulation(prediction.limiter, emulated, trials, measurement.ranks),
    loader: { numWorkers, prefetchFactor },
    recommended: prediction.recommended,
    client: prediction.client,
    doubts: prediction.doubts,
    whatIf,
    notes: notesOf(measurement),
  };
}

function emulatedOf({ trials, emulations, search }: FeedMeasurement): EmulatedAu[] {
  return emulations
    .map(({ accelerators }) => ({ accelerators, ...emulatedTrialsOf(trials, emulationJobName(accelerators)) }))
    .filter(({ au }) => au.length > 0)
    .map(({ accelerators, au, steps }) => ({
      accelerators,
      trials: au.length,
      steps,
      au: finite(auInterval(au, (1 - CONFIDENCE) / 2)),
      side: search?.sides.get(accelerators) ?? ('open' as const),
    }))
    .sort((a, b) => a.accelerators - b.accelerators);
}

/** With one trial, there is no interval. An AU is at most 1. */
function finite({ low, estimate, high }: ReturnType<typeof auInterval>): FeedInterval {
  return Number.isFinite(high) ? { low, estimate, high: Math.min(1, high) } : { low: null, estimate, high: null };
}

function verdictOf(emulated: readonly EmulatedAu[]): FeedRecord['verdict'] {
  return emulated.some(({ side }) => side === 'edge') ? 'edge' : 'decided';
}

function capacityOf(
  { trials, model, predicted }: FeedMeasurement,
  emulated: readonly EmulatedAu[],
): Pick<FeedRecord, 'accelerators' | 'acceleratorsFrom'> {
  const each = emulated.map(
    ({ accelerators }) => [accelerators, emulatedTrialsOf(trials, emulationJobName(accelerators)).au] as const,
  );
  const measured = emulatedCapacity(new Map(each), model.leastAu, CONFIDENCE);
  if (measured !== null) return { accelerators: measured, acceleratorsFrom: 'emulation' };
  const { accelerators, isLowerBound } = predicted.prediction;
  // What was fed is a lower bound of what can be fed.
  const fed = Math.max(0, ...emulated.map(({ accelerators: n, au }) => n * au.estimate));
  const estimate = Math.max(fed, accelerators.estimate);
  const low = isLowerBound ? estimate : accelerators.low;
  return {
    accelerators: { low, estimate, high: isLowerBound ? null : accelerators.high },
    acceleratorsFrom: 'prediction',
  };
}

function dataOf({ source, trials, target, run, ramp, emulations, model, ranks }: FeedMeasurement): FeedRecord['data'] {
  if (source.kind === 'generated') {
    const most = Math.max(
      ...ramp.map(({ job }) => job.steps * job.batchSize),
      ...emulations.map(({ accelerators, steps }) => accelerators * steps * model.batchSize),
    );
    const files = filesFor(most, source.data, ranks);
    return { kind: 'generated', files, bytes: files * source.data.samplesPerFile * model.recordBytes };
  }
  const found = run.environment.targets.find(({ name }) => name === target.name)?.userData;
  return { kind: 'existing', files: found?.files ?? 0, bytes: found?.bytes ?? trials[0]?.cache.fileBytes ?? 0 };
}

function notesOf({ source, emulations, trials, model, ranks, hosts }: FeedMeasurement): string[] {
  const short = emulations.some(({ accelerators }) => emulatedTrialsOf(trials, emulationJobName(accelerators)).isShort);
  const limited = emulations.some(
    ({ steps, workers, prefetchFactor }) => steps < wantedSteps(model.computeNs, workers * prefetchFactor),
  );
  const limit = source.kind === 'generated' && limited ? source.data.limitedBy : null;
  // Ranks of one host are other programs for each other.
  const taken = ranks > hosts ? 0 : medianOf(trials.flatMap(({ machine }) => takenShare(machine) ?? []));
  const machine = ranks === 1 ? "this machine's" : "the busiest machine's";
  const fromMemory = trials.filter(({ cache }) => cache.verdict === 'contradicted').length;
  const fromServer = trials.some(({ cache }) => cache.serverCache === 'unknown');
  return [
    ...(short
      ? ['some trials are too short for a steady AU, so it is that of the reference, which short epochs make too high']
      : []),
    ...(limit === null ? [] : [`${limit} limits the data; with more of it, emulations would be longer`]),
    ...(taken >= BUSY_SHARE
      ? [
          `other programs used ${Math.round(taken * 100)} % of ${machine} processors, so it may feed more when they rest`,
        ]
      : []),
    ...(fromMemory === 0
      ? []
      : [`${fromMemory} of ${trials.length} trials read from memory in part, so the target may be slower`]),
    ...(fromServer
      ? ['the server may have answered from its own memory; more data than that would show its disks']
      : []),
    ...unevenNotes(trials, Math.max(0, ...emulations.map(({ accelerators }) => accelerators))),
  ];
}
