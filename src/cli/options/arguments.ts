/** Parses the arguments of the command line: targets, overrides, labels, numbers. Touches no files. */
import { basename, resolve } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { parsePercent } from '../../base/units.js';
import type { OntapOptions } from '../../fsx/ontap-access.js';
import { formatNfsUrl, isNfsUrl, parseNfsUrl } from '../../host/libnfs/nfs-url.js';
import { EXPORT_NAMES } from '../../report/exports.js';
import type { ReportFormat } from '../../report/render.js';
import type { NamedPath, WorkloadChoice, WorkloadText } from '../../run/request.js';
import { engineOverride, parseOverride } from '../../workload/override-text.js';
import type { Override } from '../../workload/overrides.js';
import type { OutputFiles } from './output-files.js';
import type { RequestedRanks } from './rank-options.js';

/** The shells that `feedrate completion` supports. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const PROGRESS_MODES = ['auto', 'line', 'json', 'none'] as const;
export type ProgressMode = (typeof PROGRESS_MODES)[number];

/** The parsed arguments of `feedrate run`. */
export interface RunOptions {
  readonly workload: WorkloadText | WorkloadChoice;
  /** Empty: a fresh directory below the system's temporary directory. */
  readonly targets: readonly NamedPath[];
  /** In the order typed, all `--set` before all `-P`, and `--engine` last. */
  readonly overrides: readonly Override[];
  readonly labels: Readonly<Record<string, string>>;
  /** Directory that runs are saved in, as typed. */
  readonly outputDirectory: string;
  /** null: the workload's seed. */
  readonly seed: number | null;
  /** null: the data files that all runs share. */
  readonly datasetId: string | null;
  readonly dryRun: boolean;
  /** Print the workload and do nothing else. */
  readonly printWorkload: boolean;
  readonly format: ReportFormat;
  readonly progress: ProgressMode;
  /** Also write to /proc/sys/vm/drop_caches before a cold trial. */
  readonly dropCaches: boolean;
  /** Mount NFS targets anew before a cold trial. */
  readonly remount: boolean;
  /** A file of ceilings; null for feedrate's own alone. */
  readonly ceilings: string | null;
  /** Ask AWS about volumes of FSx for ONTAP. */
  readonly aws: boolean;
  /** How to ask the ONTAP REST API. */
  readonly ontap: OntapOptions;
  /** Files to write when the run has ended. */
  readonly files: OutputFiles;
  /** Where to write a page; true: in the run's directory; null: nowhere. */
  readonly page: string | true | null;
  /** The machines that measure together. Default: this one alone. */
  readonly ranks?: RequestedRanks;
}

/** The options that `run` and `prepare` share, as commander returns them. */
export interface RawPlanOptions {
  readonly target?: readonly string[];
  readonly set?: readonly string[];
  readonly param?: readonly string[];
  readonly engine?: string;
  readonly data?: string;
  readonly seed?: string;
  readonly datasetId?: string;
}

/** The options of `run` as commander returns them. */
export interface RawRunOptions extends RawPlanOptions, OutputFiles, OntapOptions {
  readonly label?: readonly string[];
  readonly output: string;
  readonly dryRun?: boolean;
  readonly printWorkload?: boolean;
  readonly format: ReportFormat;
  readonly progress: ProgressMode;
  readonly dropCaches?: boolean;
  readonly remount?: boolean;
  readonly ceilings?: string;
  /** False with --no-aws. */
  readonly aws?: boolean;
  readonly report?: string | true;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Parses the options that `run` and `prepare` share. Throws a `FeedrateError` (usage) that names the faulty option. */
export function parsePlanOptions(
  raw: RawPlanOptions,
): Pick<RunOptions, 'targets' | 'overrides' | 'seed' | 'datasetId'> {
  return {
    targets: parseTargets(raw.target ?? []),
    overrides: parseOverrides(raw),
    seed: raw.seed === undefined ? null : parseSeed(raw.seed),
    datasetId: raw.datasetId ?? null,
  };
}

/**
 * Parses the options of `run`, before its workload is read. Throws a `FeedrateError` (usage) that names the faulty option.
 */
export function parseRunOptions(raw: RawRunOptions): Omit<RunOptions, 'workload'> {
  return {
    ...parsePlanOptions(raw),
    labels: parseLabels(raw.label ?? []),
    outputDirectory: raw.output,
    dryRun: raw.dryRun ?? false,
    printWorkload: raw.printWorkload ?? false,
    format: raw.format,
    progress: raw.progress,
    dropCaches: raw.dropCaches ?? false,
    remount: raw.remount ?? false,
    ceilings: raw.ceilings ?? null,
    aws: raw.aws ?? true,
    ontap: ontapOptionsOf(raw),
    files: outputFilesOf(raw),
    page: raw.report ?? null,
  };
}

/** Returns only the options that say how to ask ONTAP. */
function ontapOptionsOf(raw: OntapOptions): OntapOptions {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => name.startsWith('ontap')));
}

/** Returns only the options that name files to write. */
function outputFilesOf(raw: OutputFiles): OutputFiles {
  const asked = [...EXPORT_NAMES, 'openMetricsDigits' as const].filter((name) => raw[name] !== undefined);
  return Object.fromEntries(asked.map((name) => [name, raw[name]]));
}

/**
 * Parses targets of the form `path` or `name=path`. The path may be an `nfs://` URL. The text before the first `=` is a
 * name if it consists of letters, digits and `._-`. A path that contains `=` is therefore written as `./a=b`, absolute, or
 * with a name. Throws a `FeedrateError` (usage) for an empty path and for a name given twice.
 */
export function parseTargets(texts: readonly string[]): NamedPath[] {
  const targets = texts.map(parseTarget);
  const seen = new Map<string, NamedPath>();
  for (const target of targets) {
    const other = seen.get(target.name);
    if (other) {
      const mend = `give them different names: -t first=${other.path} -t second=${target.path}`;
      throw usage(`-t: two targets are named '${target.name}'; ${mend}`);
    }
    seen.set(target.name, target);
  }
  return targets;
}

function parseTarget(text: string): NamedPath {
  const equals = text.indexOf('=');
  const before = text.slice(0, Math.max(equals, 0));
  const named = equals > 0 && NAME.test(before);
  const path = named ? text.slice(equals + 1) : text;
  if (path === '') throw usage(`-t '${text}': the path is missing; expected a directory or name=directory`);
  if (isNfsUrl(path)) {
    const url = parseNfsUrl(path);
    return { name: named ? before : nameOfPath(url.directory), path: formatNfsUrl(url) };
  }
  const absolute = resolve(path);
  return { name: named ? before : nameOfPath(absolute), path: absolute };
}

/** Returns the last part of the path, with characters that a name cannot contain replaced by `-`. */
function nameOfPath(path: string): string {
  const name = basename(path)
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'root' : name;
}

/**
 * Returns all `--set`, `--data` as one of them, then all `-P`, then `--engine`, so that it overrides an `ioengine` set by the others. Throws a
 * `FeedrateError` (usage) for text that is not `field=value`. The workload's parser checks the engine's name.
 */
export function parseOverrides({
  set = [],
  data,
  param = [],
  engine,
}: Omit<RawPlanOptions, 'target' | 'seed'>): Override[] {
  return [
    ...set.map((text) => parseOverride('--set', text)),
    ...(data === undefined ? [] : [parseOverride('--set', `dataset.path=${data}`)]),
    ...param.map((text) => parseOverride('-P', text)),
    ...(engine === undefined ? [] : [engineOverride(engine)]),
  ];
}

/** Parses labels of the form `key=value`. Throws a `FeedrateError` (usage) for other text and for a key given twice. */
export function parseLabels(texts: readonly string[]): Record<string, string> {
  const labels = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals < 1) throw usage(`--label '${text}': expected key=value, such as --label volume=flexgroup`);
    const key = text.slice(0, equals).trim();
    if (labels.has(key)) throw usage(`--label ${text}: the label '${key}' is given twice`);
    labels.set(key, text.slice(equals + 1).trim());
  }
  return Object.fromEntries(labels);
}

/** Parses a whole number from 0 to 2^53-1. Throws a `FeedrateError` (usage) for other text. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw usage(`--seed ${text}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return seed;
}

/** Parses `3%` or `0.03`, from 0 to below 1. Throws a `FeedrateError` (usage) for other text. */
export function fractionOf(option: string, text: string): number {
  const trimmed = text.trim().replace(/^(?=\.)/, '0');
  const percent = parsePercent(trimmed);
  const value = percent.ok ? percent.value : Number(/^\d+(?:\.\d+)?$/.exec(trimmed)?.[0]);
  if (!(value >= 0 && value < 1)) {
    throw usage(`${option} ${text}: expected a value from 0 to below 1, such as 3% or 0.03`);
  }
  return value;
}

/** Splits `name=value`. Throws `FeedrateError('usage')` for other text. */
export function pairOf(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw usage(`${option} ${text}: expected name=value, such as bs=4KiB`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
