/** The arguments of `feedrate feed`: the model, its data, and how it is measured. */
import { FeedrateError } from '../../base/errors.js';
import { formatBytes, formatDurationLabel, type Parsed, parseDuration, parseSize } from '../../base/units.js';
import type { FeedRequest } from '../../run/feed-request.js';
import type { AcceleratorModel } from '../../training/accelerator-model.js';
import { acceleratorModel } from '../../training/models.js';
import { DATA_FORMAT_NAMES, DATA_FORMATS, type DataFormat } from '../../workload/data-formats.js';
import type { Override } from '../../workload/overrides.js';
import { didYouMean } from '../../workload/suggest.js';
import { fractionOf, parseTargets } from './arguments.js';

/** The options that say what is asked, as commander returns them. */
export interface RawFeedOptions {
  readonly target?: string;
  readonly model?: string;
  readonly record?: string;
  readonly batch?: string;
  readonly compute?: string;
  readonly dataFormat?: string;
  readonly samplesPerFile?: string;
  readonly au?: string;
  readonly data?: string;
  readonly workers?: string;
  readonly prefetch?: string;
  readonly preprocess?: string;
  readonly handOver?: string;
  readonly reader: FeedRequest['reader'];
  readonly whatIf?: readonly string[];
  readonly need?: string;
  readonly budget: string;
}

const NS_PER_S = 1e9;
/** Less time does not suffice for a ramp and a few emulations. */
const LEAST_BUDGET_NS = 20 * NS_PER_S;
const DEFAULT_AU = 0.9;
const TIB = 2 ** 40;
/** The samples of a batch, and the workers and batches of a loader, that a job may have. */
const MOST_BATCH = 10_000_000;
const MOST_WORKERS = 512;
const MOST_PREFETCH = 1024;

/** Returns what is asked. Throws `FeedrateError('usage')` that names the faulty option. */
export function feedRequestOf(raw: RawFeedOptions): FeedRequest {
  return {
    ...placeOf(raw),
    model: modelOf(raw),
    reader: raw.reader,
    workers: raw.workers === undefined ? null : wholeNumber('--workers', raw.workers, MOST_WORKERS),
    prefetchFactor: raw.prefetch === undefined ? null : wholeNumber('--prefetch', raw.prefetch, MOST_PREFETCH),
    preprocessNs: raw.preprocess === undefined ? 0 : valueIn('--preprocess', parseDuration(raw.preprocess)),
    handOverNs: raw.handOver === undefined ? 0 : valueIn('--hand-over', parseDuration(raw.handOver)),
    whatIf: (raw.whatIf ?? []).map(acceleratorModel),
    need: raw.need === undefined ? null : wholeNumber('--need', raw.need, Number.MAX_SAFE_INTEGER),
    budgetNs: budgetOf(raw.budget),
  };
}

function placeOf({ target, data }: RawFeedOptions): Pick<FeedRequest, 'target' | 'dataPath'> {
  if (target === undefined && data === undefined)
    throw usage('feed: name the directory to measure with -t, or your own files with --data');
  if (data === '') throw usage('--data: the path is missing; expected the directory of your files');
  const [named] = parseTargets([target ?? (data as string)]);
  const dataPath = data === undefined ? null : target === undefined ? '.' : data;
  return { target: named as FeedRequest['target'], dataPath };
}

/** Returns the named model with the numbers that other options give, or a model of such numbers alone. */
function modelOf(raw: RawFeedOptions): AcceleratorModel {
  const given = givenNumbers(raw);
  if (raw.model !== undefined) {
    const named = acceleratorModel(raw.model);
    return Object.keys(given).length === 0 ? named : changed(named, given);
  }
  const missing = [
    ...(given.recordBytes === undefined && raw.data === undefined ? ['--record'] : []),
    ...(given.batchSize === undefined ? ['--batch'] : []),
    ...(given.computeNs === undefined ? ['--compute'] : []),
  ];
  if (missing.length > 0 && Object.keys(given).length === 0) {
    const how = `describe one with ${raw.data === undefined ? '--record 150KiB ' : ''}--batch 256 --compute 90ms`;
    throw usage(`feed: name a model with --model, such as retinanet-b200, or ${how}`);
  }
  if (missing.length > 0) {
    const words = missing.length === 1 ? 'is missing; a model needs it' : 'are missing; a model needs them';
    throw usage(`feed: ${missing.join(' and ')} ${words}, or name one with --model`);
  }
  return changed(OWN_NUMBERS, given);
}

const OWN_NUMBERS: AcceleratorModel = {
  name: 'own-numbers',
  model: '',
  accelerator: '',
  round: '',
  source: '',
  format: 'npz',
  recordBytes: 1,
  recordStdevBytes: 0,
  readBytes: 1,
  files: 1,
  samplesPerFile: 1,
  batchSize: 1,
  computeNs: 1,
  readThreads: 4,
  prefetchSize: 0,
  leastAu: DEFAULT_AU,
  epochs: 1,
};

/** Numbers that were not published belong to no round. */
function changed(model: AcceleratorModel, given: Partial<AcceleratorModel>): AcceleratorModel {
  const name = model.model === '' ? model.name : `${model.name}-changed`;
  return { ...model, ...given, name, round: '', source: '' };
}

function givenNumbers(raw: RawFeedOptions): Partial<AcceleratorModel> {
  const { record, batch, compute, dataFormat, au, samplesPerFile } = raw;
  const recordBytes = record === undefined ? undefined : recordOf(record);
  const format = dataFormat === undefined ? undefined : formatOf(dataFormat);
  const perFile =
    samplesPerFile === undefined ? undefined : wholeNumber('--samples-per-file', samplesPerFile, MOST_BATCH);
  if (perFile !== undefined && perFile > 1 && !DATA_FORMATS[format ?? 'npz'].manySamples && raw.model === undefined)
    throw usage(`--samples-per-file ${perFile}: a file of the format ${format ?? 'npz'} has one sample`);
  return {
    ...(recordBytes !== undefined && { recordBytes, readBytes: recordBytes, recordStdevBytes: 0 }),
    ...(batch !== undefined && { batchSize: wholeNumber('--batch', batch, MOST_BATCH) }),
    ...(compute !== undefined && { computeNs: computeOf(compute) }),
    ...(format !== undefined && { format }),
    ...(perFile !== undefined && { samplesPerFile: perFile }),
    ...(au !== undefined && { leastAu: auOf(au) }),
  };
}

function recordOf(text: string): number {
  const bytes = valueIn('--record', parseSize(text));
  if (bytes >= 1 && bytes <= TIB) return Math.round(bytes);
  throw usage(`--record ${text}: expected a size from 1 byte to ${formatBytes(TIB)}, such as 150KiB`);
}

function computeOf(text: string): number {
  const ns = valueIn('--compute', parseDuration(text));
  if (ns > 0) return ns;
  throw usage(`--compute ${text}: expected the time of one step, above 0, such as 90ms`);
}

function auOf(text: string): number {
  const part = fractionOf('--au', text);
  if (part > 0) return part;
  throw usage(`--au ${text}: expected the least utilisation that passes, above 0, such as 90% or 0.9`);
}

function formatOf(text: string): DataFormat {
  if (Object.hasOwn(DATA_FORMATS, text)) return text as DataFormat;
  const meant = didYouMean(text, DATA_FORMAT_NAMES);
  throw usage(`--data-format ${text}: expected one of ${DATA_FORMAT_NAMES.join(', ')}${meant}`);
}

function budgetOf(text: string): number {
  const ns = valueIn('--budget', parseDuration(text));
  if (ns >= LEAST_BUDGET_NS) return ns;
  throw usage(`--budget ${text}: expected at least ${formatDurationLabel(LEAST_BUDGET_NS)}, such as 3m`);
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw usage(
    `${option} ${text}: expected a whole number from 1${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`,
  );
}

function valueIn(option: string, parsed: Parsed<number>): number {
  if (parsed.ok) return parsed.value;
  throw usage(`${option}: ${parsed.message}`);
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}

/** Fields that `feed` sets by itself, and the option for each that has one. */
const OWN_FIELDS: Readonly<Record<string, string | null>> = {
  kind: null,
  accelerators: null,
  total_training_steps: null,
  epochs: null,
  num_files_train: null,
  'dataset.path': '--data',
  format: '--data-format',
  reader: '--reader',
  batch_size: '--batch',
  computation_time: '--compute',
  preprocess_time: '--preprocess',
  hand_over_time: '--hand-over',
  read_threads: '--workers',
  prefetch_factor: '--prefetch',
  prefetch_size: '--prefetch',
  record_length_bytes: '--record',
  num_samples_per_file: '--samples-per-file',
};

/** Throws `FeedrateError('usage')` for a field that `feed` needs for itself. */
export function refuseOwnFields(overrides: readonly Override[]): void {
  for (const { option, text, key } of overrides) {
    const field = key.startsWith('dataset.') ? key : key.slice(key.lastIndexOf('.') + 1);
    if (key.startsWith('trials.'))
      throw usage(`${option} ${text}: feed chooses the trials; limit its time with --budget`);
    if (!Object.hasOwn(OWN_FIELDS, field)) continue;
    const instead = OWN_FIELDS[field];
    throw usage(`${option} ${text}: feed sets ${field} itself${instead === null ? '' : `; use ${instead}`}`);
  }
}
