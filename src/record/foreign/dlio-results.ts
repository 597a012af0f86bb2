/** Summaries of DLIO and MLPerf Storage (`summary.json`, written by `utils/statscounter.py`) as a foreign run. */
import { FeedrateError } from '../../base/errors.js';
import { foreignName, workloadName } from './foreign-names.js';
import type { ForeignJob, ForeignResults, ForeignTrial } from './foreign-results.js';

/** DLIO's `MB`. */
const MIB = 2 ** 20;

interface SummaryFile {
  readonly text: string;
  readonly path: string;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function summaryIn(text: string): Json | null {
  if (!text.includes('"num_accelerators"')) return null;
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && 'num_accelerators' in json && isObject(json['metric']) ? json : null;
  } catch {
    return null;
  }
}

/** Returns whether a text is a summary of DLIO. */
export function isDlioSummary(text: string): boolean {
  return summaryIn(text) !== null;
}

/**
 * Returns the training of each summary as a trial: AU, samples per second and the rate of their bytes, which DLIO states
 * without bytes, operations or latencies. Summaries of the same load are trials of one job. Throws
 * `FeedrateError('workload')` for another file, and for a summary without a training.
 */
export function dlioResults(files: readonly SummaryFile[]): ForeignResults {
  const notes: string[] = [];
  const jobs = new Map<string, ForeignJob>();
  const [first] = files;
  let hostname: string | null = null;
  for (const { text, path } of files) {
    const summary = summaryIn(text);
    if (summary === null) throw new FeedrateError('workload', `${path}: expected a summary.json of DLIO`);
    const metric = summary['metric'] as Json;
    const fields = fieldsOf(summary, metric);
    const key = JSON.stringify(fields);
    const known = jobs.get(key);
    const names = [...jobs.values()].map(({ name }) => name);
    notes.push(...notesOf(metric, path));
    hostname ??= typeof summary['hostname'] === 'string' ? summary['hostname'] : null;
    jobs.set(key, {
      name: known?.name ?? foreignName('train', names),
      fields,
      unsaid: unsaidOf(fields),
      engine: 'dlio',
      trials: [...(known?.trials ?? []), trialOf(summary, metric, path)],
    });
  }
  const workload = workloadName(first?.path ?? '', 'dlio');
  return { program: 'DLIO', workload, directory: null, hostname, jobs: [...jobs.values()], notes };
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

/** The summaries of 2023 have neither files nor samples. The length of a sample follows from the two rates. */
function fieldsOf(summary: Json, metric: Json): ForeignJob['fields'] {
  const [samples, mib] = [metric['train_throughput_mean_samples_per_second'], metric['train_io_mean_MB_per_second']];
  const recordBytes = Math.round(((positive(mib) ?? 0) * MIB) / (positive(samples) ?? 1));
  const counts = [
    ['num_files_train', positive(summary['num_files_train'])],
    ['num_samples_per_file', positive(summary['num_samples_per_file'])],
    ['record_length_bytes', positive(recordBytes)],
    ['accelerators', positive(summary['num_accelerators'])],
    ['epochs', positive(summary['epochs'])],
  ] as const;
  return [
    ['kind', 'training'],
    ...counts.flatMap(([word, value]) => (value === null ? [] : [[word, String(Math.round(value))] as const])),
  ];
}

/** The summary does not say how long a step computes, which a job of training must. */
function unsaidOf(fields: ForeignJob['fields']): NonNullable<ForeignJob['unsaid']> {
  const said = new Set(fields.map(([word]) => word));
  const all = [
    ['computation_time', '1'],
    ['num_files_train', '1'],
    ['record_length_bytes', '1'],
  ] as const;
  return all.filter(([word]) => !said.has(word));
}

function trialOf(summary: Json, metric: Json, path: string): ForeignTrial {
  const samplesRate = positive(metric['train_throughput_mean_samples_per_second']);
  if (samplesRate === null) {
    const why = 'is a summary of DLIO without a training; feedrate imports AU and samples per second of a training';
    throw new FeedrateError('workload', `${path}: ${why}`);
  }
  const [au, mib] = [positive(metric['train_au_mean_percentage']), positive(metric['train_io_mean_MB_per_second'])];
  const [startMs, endMs] = [timeOf(summary['start']), timeOf(summary['end'])];
  if (startMs === null || endMs === null || endMs <= startMs)
    throw new FeedrateError('workload', `${path}: expected start and end, as DLIO writes them`);
  const nothing = { readBytes: 0, writeBytes: 0, readOps: 0, writeOps: 0 };
  return {
    startedAt: new Date(startMs).toISOString(),
    windowNs: (endMs - startMs) * 1e6,
    lastDoneNs: (endMs - startMs) * 1e6,
    ...nothing,
    total: nothing,
    latency: {},
    userNs: null,
    systemNs: null,
    stated: {
      samples_rate: samplesRate,
      ...(au !== null && { au: au / 100 }),
      ...(mib !== null && { throughput: mib * MIB }),
    },
    fault: null,
  };
}

/** DLIO writes UTC without a zone, with microseconds. */
function timeOf(value: unknown): number | null {
  const text = typeof value === 'string' ? value : '';
  const ms = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** Figures that a run has no place for. */
function notesOf(metric: Json, path: string): string[] {
  const lines = [
    listOf('AU of each epoch, %', metric['train_au_percentage']),
    listOf('samples per second of each epoch', metric['train_throughput_samples_per_second']),
    ...Object.entries(metric).flatMap(([name, value]) =>
      /^(?:eval_.*_mean|save_checkpoint.*_mean|load_checkpoint.*_mean|checkpoint_size)/.test(name)
        ? [listOf(name.replaceAll('_', ' '), [value])]
        : [],
    ),
  ];
  return lines.filter((line) => line !== null).map((line) => `${path}: ${line}`);
}

const LISTED_MOST = 8;

function listOf(what: string, value: unknown): string | null {
  const numbers = (Array.isArray(value) ? value : []).filter((each) => typeof each === 'number');
  if (numbers.length === 0) return null;
  const more = numbers.length > LISTED_MOST ? ` … (${numbers.length} in all)` : '';
  const shown = numbers.slice(0, LISTED_MOST).map((number) => String(Number(number.toPrecision(4))));
  return `${what}: ${shown.join(', ')}${more}`;
}
