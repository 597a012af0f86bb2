/** Measures how many samples per second a target delivers to 1, 2, 4, … readers. */
import { FeedrateError } from '../base/errors.js';
import { formatCount, formatThroughput } from '../base/units.js';
import { type RampJob, rampJobName, stockOf } from '../plan/feed-workload.js';
import { rampPointOf } from '../stats/feed-trials.js';
import type { AcceleratorModel } from '../training/accelerator-model.js';
import { byteRate, type RampPoint, sampleRate } from '../training/predict/ramp.js';
import type { FeedStages } from './feed-stages.js';

/** What bounds a ramp. */
export interface RampLimits {
  readonly model: AcceleratorModel;
  /** Samples of the data for each rank; null if not known. A trial reads none of them twice. */
  readonly samples: number | null;
  /** Of each rank. */
  readonly mostReaders: number;
  /** Workers of each loader, if the user chose them; null: the prediction looks for the least that suffices. */
  readonly workers: number | null;
  /** Time of one trial, ns. */
  readonly trialNs: number;
  /** Returns the time that is left for more, ns; below 0 if there is none. */
  readonly leftNs: () => number;
  /** Ranks that measure the ramp at the same time. */
  readonly ranks: number;
}

/** The first trial tells how long the others must be, and lays out the data. */
const PILOT_BYTES = 64 * 2 ** 20;
const PILOT_SAMPLES = { least: 4, most: 256 };
/** The ramp ends when twice the readers read less than this faster. */
const FLAT = 0.05;
/** Each reader reads at least so many batches in a trial. */
const LEAST_BATCHES = 4;
/** Batches of smaller samples take a reader so much data, so that handing them over does not count. */
const BATCH_BYTES = 64 * 2 ** 10;
/** The load that the prediction looks at, relative to what the target serves. */
const BEYOND = 1.25;
/** Workers of each loader that are tried, as long as that takes few readers. */
const WORKERS_EACH = 4;
const FEW_READERS = 32;
/** Passes over the ramp after the first one. Their differences are the uncertainty of the prediction. */
const FURTHER_PASSES = 2;
/** What a session takes besides its trials. */
const SESSION_NS = 0.8e9;

const PILOT = 'pilot';

/** The jobs of a ramp, and what is known of them so far. */
export interface MeasuredRamp {
  readonly jobs: readonly RampJob[];
  readonly points: readonly RampPoint[];
}

/**
 * Measures until twice the readers gain less than 5 %, and as many readers as the prediction looks at; then measures all of
 * them again. Throws as the stages do, and FeedrateError `measurement` if nothing could be read.
 */
export async function measureRamp(stages: FeedStages, limits: RampLimits, tell: (text: string) => void): Promise<void> {
  const { model, mostReaders, trialNs, leftNs } = limits;
  // The samples of files that exist may have any size.
  const readBytes = limits.samples === null ? PILOT_BYTES : model.readBytes;
  const batchSize = Math.max(1, Math.min(model.batchSize, Math.ceil(BATCH_BYTES / readBytes)));
  const pilotSamples = Math.floor(PILOT_BYTES / readBytes);
  const pilotSteps = Math.max(PILOT_SAMPLES.least, Math.min(PILOT_SAMPLES.most, pilotSamples));
  await stages.addReaders({
    name: PILOT,
    readers: 1,
    batchSize,
    steps: withinData(pilotSteps, { readers: 1, batchSize }, limits),
  });
  let before = rateOf(stages, { name: PILOT, readers: 1 });
  let growth = 1;
  for (let readers = 1; ; readers *= 2) {
    const wanted = Math.ceil((before * growth * trialNs) / 1e9 / batchSize);
    const steps = withinData(Math.max(LEAST_BATCHES * readers, wanted), { readers, batchSize }, limits);
    const job = { name: rampJobName(readers), readers, batchSize, steps };
    await stages.addReaders(job);
    const rate = rateOf(stages, job);
    tell(rampText(limits.ranks, stages, job));
    const isFlat = readers > 1 && rate < before * (1 + FLAT);
    const needed = neededReaders((rate * model.computeNs) / 1e9 / model.batchSize, limits.workers);
    if (2 * readers > mostReaders || leftNs() <= 0 || (isFlat && readers >= needed)) break;
    growth = readers === 1 ? 2 : Math.max(1, Math.min(2, rate / before));
    before = rate;
  }
  const passes = Math.min(FURTHER_PASSES, Math.floor((leftNs() - SESSION_NS) / passNs(stages)));
  if (passes > 0) await stages.repeatReaders(passes);
}

/** Returns how long the readers took that are measured again. */
function passNs(stages: FeedStages): number {
  const trials = stages.run?.trials ?? [];
  const jobs = stages.readers.filter(({ name }) => name !== PILOT).map(({ name }) => name);
  return trials.filter(({ job }) => jobs.includes(job)).reduce((sum, { wallNs }) => sum + wallNs, 0);
}

/** Returns how many readers the prediction looks at: those that the user chose, else one for each accelerator, or several if that is few. */
function neededReaders(accelerators: number, workers: number | null): number {
  const loaders = Math.ceil(accelerators * BEYOND) + 1;
  if (workers !== null) return loaders * workers;
  return Math.max(loaders, Math.min(loaders * WORKERS_EACH, FEW_READERS));
}

/** Returns the points of the ramp that were measured, in ascending order of readers. */
export function rampOf(stages: FeedStages): MeasuredRamp {
  const trials = stages.run?.trials ?? [];
  const measured = stages.readers
    .filter(({ name }) => name !== PILOT)
    .flatMap((job) => {
      const point = rampPointOf(trials, job.name, job.readers);
      return point === null ? [] : [{ job, point }];
    });
  return { jobs: measured.map(({ job }) => job), points: measured.map(({ point }) => point) };
}

function rateOf(stages: FeedStages, { name, readers }: Pick<RampJob, 'name' | 'readers'>): number {
  const point = rampPointOf(stages.run?.trials ?? [], name, readers);
  if (point !== null) return sampleRate(point);
  throw new FeedrateError('measurement', `${stages.run?.directory}: ${name} read no sample`);
}

function withinData(
  steps: number,
  { readers, batchSize }: Pick<RampJob, 'readers' | 'batchSize'>,
  { samples }: RampLimits,
): number {
  if (samples === null) return steps;
  const batches = Math.floor(samples / batchSize);
  // Better a few steps at whose end some readers have nothing to do than hardly any.
  return Math.max(2, Math.min(steps, Math.max(batches - stockOf(readers), Math.floor(batches / 2))));
}

function rampText(ranks: number, stages: FeedStages, job: RampJob): string {
  const point = rampPointOf(stages.run?.trials ?? [], job.name, job.readers) as RampPoint;
  const readers = job.readers * ranks;
  const who = readers === 1 ? '1 reader' : `${readers} readers`;
  return `${who}: ${formatCount(sampleRate(point) * ranks)} samples/s, ${formatThroughput(byteRate(point) * ranks)}`;
}
