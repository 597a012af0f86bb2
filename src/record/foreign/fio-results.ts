/** Results of fio (`--output-format=json` and `json+`) as a foreign run. */
import { FeedrateError } from '../../base/errors.js';
import type { OperationKind } from '../../base/latency-kinds.js';
import { quoted } from '../../base/units.js';
import { binOf, createHistogram, type Histogram } from '../../histogram/histogram.js';
import { encodeHistogram, type SparseCounts } from '../../histogram/sparse-counts.js';
import { fioJob } from '../../workload/fio/fio-job.js';
import type { FioOption } from '../../workload/fio/job-file.js';
import { IssueList } from '../../workload/issues.js';
import { foreignName, workloadName } from './foreign-names.js';
import type { ForeignJob, ForeignResults, ForeignTrial } from './foreign-results.js';

type FioJson = Readonly<Record<string, unknown>>;

/** One file of results. */
interface ResultFile {
  readonly text: string;
  readonly path: string;
}

/** Returns the JSON of a file of fio, which may have messages around it; null for another text. */
export function fioResultsIn(text: string): FioJson | null {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  if (from < 0 || !text.includes('"fio version"')) return null;
  try {
    const json: unknown = JSON.parse(text.slice(from, to + 1));
    return isObject(json) && 'fio version' in json ? json : null;
  } catch {
    return null;
  }
}

/** Returns the results of several files, each of which is one trial of its jobs. Throws `FeedrateError('workload')`. */
export function fioResults(files: readonly ResultFile[]): ForeignResults {
  const [first] = files;
  const notes: string[] = [];
  const byName = new Map<string, ForeignJob>();
  let program = 'fio';
  let directory: string | null = null;
  for (const { text, path } of files) {
    const json = fioResultsIn(text);
    if (json === null) throw new FeedrateError('workload', `${path}: expected JSON of fio (--output-format=json+)`);
    program = String(json['fio version']);
    for (const [name, clones] of jobsIn(json, path)) {
      const options = optionsOf(json, clones[0] as FioJson);
      directory ??= options['directory'] ?? null;
      const trial = trialOf(json, clones, `${path}: [${name}]`, notes);
      const known = byName.get(name);
      byName.set(name, {
        name:
          known?.name ??
          foreignName(
            name,
            [...byName.values()].map((job) => job.name),
          ),
        fields: known?.fields ?? fieldsOf(name, options, trial, clones.length),
        unsaid: null,
        engine: options['ioengine'] ?? 'psync',
        trials: [...(known?.trials ?? []), trial],
      });
    }
  }
  const workload = workloadName(first?.path ?? '', 'fio');
  return { program, workload, directory, hostname: null, jobs: [...byName.values()], notes };
}

/** Returns the jobs by name. Without `group_reporting`, each clone of a job has its own entry. */
function jobsIn(json: FioJson, path: string): Map<string, FioJson[]> {
  const listed = json['client_stats'] ?? json['jobs'];
  if (!Array.isArray(listed)) throw new FeedrateError('workload', `${path}: has no jobs`);
  const jobs = new Map<string, FioJson[]>();
  for (const job of listed.filter(isObject)) {
    const name = String(job['jobname'] ?? 'job');
    if (name === ALL_CLIENTS) continue;
    jobs.set(name, [...(jobs.get(name) ?? []), job]);
  }
  return jobs;
}

/** The entry that sums up those of all clients. */
const ALL_CLIENTS = 'All clients';

function optionsOf(json: FioJson, job: FioJson): Record<string, string> {
  const shared = json['global options'];
  const sharedOptions = Array.isArray(shared) ? shared[0] : shared;
  return { ...textsOf(sharedOptions), ...textsOf(job['job options']) };
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(isObject(value) ? value : {}).map(([key, each]) => [key, String(each)]));
}

/** The options that describe the load. What else a job had is not part of its result. */
const LOAD_OPTIONS = new Set(
  'rw readwrite bs blocksize bssplit bsrange rwmixread rwmixwrite size filesize io_size io_limit number_ios loops nrfiles numjobs iodepth direct buffered invalidate runtime timeout time_based ramp_time rate rate_iops thinktime fsync fdatasync end_fsync random_distribution norandommap ioengine'.split(
    ' ',
  ),
);

/** Returns the job in the words of a workload; only its pattern and its size if it has something that feedrate lacks. */
function fieldsOf(
  name: string,
  options: Readonly<Record<string, string>>,
  trial: ForeignTrial,
  clones: number,
): ForeignJob['fields'] {
  const moved = Math.max(4096, Math.ceil((trial.total.readBytes + trial.total.writeBytes) / clones));
  const full = { numjobs: String(clones), size: String(moved), ...options };
  const plain = { rw: options['rw'] ?? options['readwrite'] ?? 'read', size: String(moved) };
  for (const attempt of [full, plain, { ...plain, rw: patternFrom(trial) }]) {
    const issues = new IssueList();
    const location = { source: name, line: null, column: null };
    const section = Object.entries(attempt).flatMap(([option, value]): FioOption[] =>
      LOAD_OPTIONS.has(option) ? [{ name: option, value: value === '' ? null : value, location }] : [],
    );
    const { fields } = fioJob({ name, location, options: section }, issues);
    if (issues.isEmpty) return fields.map(({ word, value }) => [word, value] as const);
  }
  throw new Error(`no fields for ${quoted(name)}`);
}

function patternFrom({ total }: ForeignTrial): string {
  if (total.readOps > 0 && total.writeOps > 0) return 'rw';
  return total.writeOps > 0 ? 'write' : 'read';
}

function trialOf(json: FioJson, clones: readonly FioJson[], where: string, notes: string[]): ForeignTrial {
  const [reads, writes] = [clones.map((job) => part(job, 'read')), clones.map((job) => part(job, 'write'))];
  const windowNs = Math.max(...[...reads, ...writes].map((way) => numberIn(way, 'runtime'))) * 1e6;
  const total = {
    readBytes: sumOf(reads, 'io_bytes'),
    writeBytes: sumOf(writes, 'io_bytes'),
    readOps: sumOf(reads, 'total_ios'),
    writeOps: sumOf(writes, 'total_ios'),
  };
  const elapsedMs = Math.max(windowNs / 1e6, ...clones.map((job) => numberIn(job, 'elapsed') * 1000));
  const endedMs = numberIn(json, 'timestamp_ms') || numberIn(json, 'timestamp') * 1000;
  const cpu = (key: string): number =>
    clones.reduce((sum, job) => sum + (numberIn(job, key) / 100) * numberIn(job, 'job_runtime') * 1e6, 0);
  const error = clones.map((job) => numberIn(job, 'error')).find((code) => code !== 0);
  return {
    startedAt: new Date(Math.max(0, endedMs - elapsedMs)).toISOString(),
    windowNs,
    lastDoneNs: windowNs,
    ...total,
    total,
    latency: latenciesOf({ reads, writes, syncs: clones.map((job) => part(job, 'sync')) }, where, notes),
    userNs: cpu('usr_cpu'),
    systemNs: cpu('sys_cpu'),
    stated: null,
    fault: error === undefined ? null : `fio ended with error ${error}`,
  };
}

interface ResultParts {
  readonly reads: readonly FioJson[];
  readonly writes: readonly FioJson[];
  readonly syncs: readonly FioJson[];
}

/**
 * Returns the histograms that `json+` has. fio's `lat` is feedrate's latency. If only `clat` has bins, it is the same where
 * nothing waits to be submitted, and otherwise a kind of its own.
 */
function latenciesOf({ reads, writes, syncs }: ResultParts, where: string, notes: string[]): ForeignTrial['latency'] {
  const found: Partial<Record<OperationKind, SparseCounts>> = {};
  const set = (kind: OperationKind, counts: SparseCounts | null): void => {
    if (counts !== null) found[kind] = counts;
  };
  const hasSlat = [...reads, ...writes].some((way) => numberIn(part(way, 'slat_ns'), 'N') > 0);
  const clat = hasSlat ? null : 'clat_ns';
  for (const [kind, ways] of [
    ['read', reads],
    ['write', writes],
  ] as const) {
    const counts = binsOf(ways, 'lat_ns') ?? (clat === null ? null : binsOf(ways, clat));
    set(kind, counts);
    if (counts === null && sumOf(ways, 'total_ios') > 0) notes.push(`${where}: ${kind}: ${figuresOf(ways)}`);
  }
  if (hasSlat) {
    set('clat', binsOf([...reads, ...writes], 'clat_ns'));
    set('slat', binsOf([...reads, ...writes], 'slat_ns'));
  }
  set('fsync', binsOf(syncs, 'lat_ns'));
  return found;
}

function binsOf(ways: readonly FioJson[], key: string): SparseCounts | null {
  const histogram: Histogram = createHistogram();
  let isAny = false;
  for (const way of ways) {
    for (const [value, count] of Object.entries(part(part(way, key), 'bins'))) {
      const [valueNs, times] = [Number(value), Number(count)];
      if (!Number.isFinite(valueNs) || !Number.isSafeInteger(times) || times < 1) continue;
      const bin = binOf(valueNs);
      histogram.counts[bin] = (histogram.counts[bin] as number) + times;
      isAny = true;
    }
  }
  return isAny ? encodeHistogram(histogram) : null;
}

/** Returns what fio says about latencies without a histogram, as text: it cannot be merged or compared. */
function figuresOf(ways: readonly FioJson[]): string {
  const lat = ways.map((way) => numberIn(part(way, 'lat_ns'), 'mean'));
  const clat = part(ways[0] ?? {}, 'clat_ns');
  const percentiles = Object.entries(part(clat, 'percentile'))
    .filter(([percent]) => /^(?:50|99|99\.9)0*$/.test(percent.replace(/\.0+$/, '')))
    .map(([percent, ns]) => `p${Number(percent)}(clat) ${Number(ns)} ns`);
  const mean = `mean(lat) ${Math.round(lat.reduce((sum, value) => sum + value, 0) / lat.length)} ns`;
  const own = ways.length === 1 ? [mean, ...percentiles] : [mean];
  return `no histogram of the whole latency (json+ with lat_percentiles=1 has one); fio’s own figures: ${own.join(', ')}`;
}

function part(json: FioJson, key: string): FioJson {
  const value = json[key];
  return isObject(value) ? value : {};
}

function numberIn(json: FioJson, key: string): number {
  const value = Number(json[key] ?? 0);
  return Number.isFinite(value) && value > 0 ? value : 0;
}

function sumOf(ways: readonly FioJson[], key: string): number {
  return ways.reduce((sum, way) => sum + numberIn(way, key), 0);
}

function isObject(value: unknown): value is FioJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
