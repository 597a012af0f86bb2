/** Writes the workload of `feedrate feed`: readers of a ramp, and emulated accelerators. */
import { formatDurationLabel } from '../base/units.js';
import type { AcceleratorModel } from '../training/accelerator-model.js';
import type { FeedData } from './feed-data.js';

/** Where samples come from: generated files, or those of the user. */
export type FeedSource =
  | { readonly kind: 'generated'; readonly data: FeedData }
  | { readonly kind: 'existing'; readonly path: string };

/** Readers that read without pause. */
export interface RampJob {
  readonly name: string;
  readonly readers: number;
  readonly batchSize: number;
  readonly steps: number;
}

/** Accelerators that are emulated. */
export interface EmulationJob {
  readonly accelerators: number;
  readonly workers: number;
  readonly prefetchFactor: number;
  readonly steps: number;
}

/** The client alone: the same loader on the engine that reads nothing. Its trials say what the client takes. */
export interface ClientJobs {
  /** Steps of a reader that makes batches without a pause, and of accelerators that compute. */
  readonly readerSteps: number;
  readonly acceleratorSteps: number;
  /** Workers of the accelerator's loader. */
  readonly workers: number;
}

/** All that was and will be measured. */
export interface FeedJobs {
  readonly model: AcceleratorModel;
  readonly reader: string;
  /** Of each sample after it was read, in emulations, ns. */
  readonly preprocessNs: number;
  /** Of each batch, in emulations, ns. */
  readonly handOverNs: number;
  readonly source: FeedSource;
  readonly cache: 'cold' | 'as-is';
  /** Null: the engine has a virtual clock, on which a client takes no time. */
  readonly client: ClientJobs | null;
  readonly ramp: readonly RampJob[];
  readonly emulations: readonly EmulationJob[];
  /** Trials of each arm in the present stage. */
  readonly rounds: number;
  /** Ranks that each measure these jobs at the same time, and to which samples are dealt out. */
  readonly ranks: number;
}

/** Batches that a reader of the ramp makes ahead: enough that none of them waits for the hand-over. */
const RAMP_PREFETCH = 4;
/** The shortest step: accelerators take a batch as soon as it is there. */
const NO_TIME = '1ns';

/** The names of the client's jobs. */
export const CLIENT_READER = 'client-reader';
export const CLIENT_ACCELERATOR = 'client-accelerator';

/** Returns the names of jobs. */
export const rampJobName = (readers: number): string => `readers-${readers}`;
export const emulationJobName = (accelerators: number): string => `accelerators-${accelerators}`;

/**
 * Returns the batches that readers of a ramp have begun or may begin when its last step ends. Files for them keep every reader
 * busy until then.
 */
export const stockOf = (readers: number): number => readers * RAMP_PREFETCH;

/** Returns the workload as text, with a comment for each part. */
export function feedWorkload(jobs: FeedJobs): string {
  const { model, reader, source, cache, ramp, emulations, rounds, preprocessNs, handOverNs, ranks } = jobs;
  const timeOf = (field: string, ns: number) => (ns === 0 ? '' : `${field}: ${formatDurationLabel(ns)}, `);
  // Computed, because the prediction too counts it as time on the processors that workers share.
  const computes = preprocessNs === 0 ? '' : 'preprocess_by: compute, ';
  const ownTimes = timeOf('preprocess_time', preprocessNs) + computes + timeOf('hand_over_time', handOverNs);
  return [
    `# How many ${model.name} does a target feed?`,
    ...(ranks === 1 ? [] : [`# Each of ${ranks} ranks has the readers and accelerators of these jobs.`]),
    `name: feed-${model.name}`,
    `description: Measures how many accelerators a target feeds`,
    `trials: {rounds: ${rounds}}`,
    ...(source.kind === 'existing' ? ['', `dataset: {path: ${JSON.stringify(source.path)}}`] : []),
    '',
    'defaults:',
    `  cache: ${cache}`,
    `  format: ${model.format}`,
    `  reader: ${reader}`,
    ...generatedFields(model, source),
    '',
    'jobs:',
    ...clientLines(jobs),
    '  # Readers that read one sample after another, without any computation.',
    ...ramp.map(
      ({ name, readers, batchSize, steps }) =>
        `  ${name}: {kind: training, ${filesOf((steps + stockOf(readers)) * batchSize, jobs)}read_threads: ${readers}, ` +
        `prefetch_factor: ${RAMP_PREFETCH}, ${readers === 1 ? '' : 'in_order: false, '}` +
        `batch_size: ${batchSize}, computation_time: ${NO_TIME}, total_training_steps: ${steps}}`,
    ),
    ...(emulations.length === 0 ? [] : ['', '  # Accelerators that compute, and loaders that feed them.']),
    ...emulations.map(
      ({ accelerators, workers, prefetchFactor, steps }) =>
        `  ${emulationJobName(accelerators)}: {kind: training, ${filesOf(accelerators * steps * model.batchSize, jobs)}accelerators: ${accelerators}, read_threads: ${workers}, ` +
        `prefetch_factor: ${prefetchFactor}, batch_size: ${model.batchSize}, ` +
        `${ownTimes}computation_time: ${formatDurationLabel(model.computeNs)}, total_training_steps: ${steps}}`,
    ),
    '',
  ].join('\n');
}

function clientLines(jobs: FeedJobs): string[] {
  const { client, model } = jobs;
  if (client === null) return [];
  const { readerSteps, acceleratorSteps, workers } = client;
  const job = (name: string, steps: number, fields: string) =>
    `  ${name}: {kind: training, ioengine: 'null', cache: as-is, ${filesOf(steps * model.batchSize, jobs)}${fields}, ` +
    `batch_size: ${model.batchSize}, total_training_steps: ${steps}}`;
  const readers = `read_threads: 1, prefetch_factor: ${RAMP_PREFETCH}, computation_time: ${NO_TIME}`;
  const time = formatDurationLabel(model.computeNs);
  return [
    '  # The client alone, on an engine that reads nothing.',
    job(CLIENT_READER, readerSteps, readers),
    job(CLIENT_ACCELERATOR, acceleratorSteps, `read_threads: ${workers}, computation_time: ${time}`),
    '',
  ];
}

function generatedFields({ recordBytes, recordStdevBytes }: AcceleratorModel, source: FeedSource): string[] {
  if (source.kind === 'existing') return [];
  const { samplesPerFile } = source.data;
  return [
    `  num_samples_per_file: ${samplesPerFile}`,
    `  record_length_bytes: ${recordBytes}`,
    `  record_length_bytes_stdev: ${recordStdevBytes}`,
  ];
}

/** Returns the field for the files with so many samples of each rank: a trial has no more than it reads, each sample once. */
function filesOf(samples: number, { source, ranks }: FeedJobs): string {
  if (source.kind === 'existing') return '';
  return `num_files_train: ${filesFor(samples, source.data, ranks)}, `;
}

/** Returns the files that a trial with so many samples of each rank needs. */
export function filesFor(samples: number, { files, samplesPerFile }: FeedData, ranks: number): number {
  return Math.min(files, ranks * Math.ceil(samples / samplesPerFile));
}
