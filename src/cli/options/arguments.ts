/** What the words on the command line mean: targets, overrides, labels, numbers. No files are touched here. */
import { basename, resolve } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { parsePercent } from '../../base/units.js';
import { formatNfsUrl, isNfsUrl, parseNfsUrl } from '../../host/libnfs/nfs-url.js';
import { EXPORT_NAMES } from '../../report/exports.js';
import type { ReportFormat } from '../../report/render.js';
import type { NamedPath } from '../../run/request.js';
import { engineOverride, parseOverride } from '../../workload/override-text.js';
import type { Override } from '../../workload/overrides.js';
import type { OutputFiles } from './output-files.js';

/** Where runs are kept unless `-o` says otherwise. */
export const DEFAULT_RESULTS = './results';

/** The shells that `feedrate completion` writes a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const PROGRESS_MODES = ['auto', 'line', 'json', 'none'] as const;
export type ProgressMode = (typeof PROGRESS_MODES)[number];

/** Everything that `feedrate run` was asked for. */
export interface RunOptions {
  readonly workloadPath: string;
  /** Empty: a fresh directory below the system's temporary directory. */
  readonly targets: readonly NamedPath[];
  /** In the order typed, all `--set` before all `-P`, and `--engine` last. */
  readonly overrides: readonly Override[];
  readonly labels: Readonly<Record<string, string>>;
  /** Where run directories are kept, as typed. */
  readonly outputDirectory: string;
  /** null: the workload's seed. */
  readonly seed: number | null;
  readonly dryRun: boolean;
  readonly format: ReportFormat;
  readonly progress: ProgressMode;
  /** Also write to /proc/sys/vm/drop_caches before a cold trial. */
  readonly dropCaches: boolean;
  /** Mount NFS targets anew before a cold trial. */
  readonly remount: boolean;
  /** Also to be written when the run has ended. */
  readonly files: OutputFiles;
}

/** The options that `run` and `prepare` share, as commander hands them over. */
export interface RawPlanOptions {
  readonly target?: readonly string[];
  readonly set?: readonly string[];
  readonly param?: readonly string[];
  readonly engine?: string;
  readonly seed?: string;
}

/** The options of `run` as commander hands them over. */
export interface RawRunOptions extends RawPlanOptions, OutputFiles {
  readonly label?: readonly string[];
  readonly output: string;
  readonly dryRun?: boolean;
  readonly format: ReportFormat;
  readonly progress: ProgressMode;
  readonly dropCaches?: boolean;
  readonly remount?: boolean;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Throws a `FeedrateError` (usage) that names the faulty option. */
export function parsePlanOptions(raw: RawPlanOptions): Pick<RunOptions, 'targets' | 'overrides' | 'seed'> {
  return {
    targets: parseTargets(raw.target ?? []),
    overrides: parseOverrides(raw),
    seed: raw.seed === undefined ? null : parseSeed(raw.seed),
  };
}

/** Throws a `FeedrateError` (usage) that names the faulty option. */
export function parseRunOptions(workloadPath: string, raw: RawRunOptions): RunOptions {
  return {
    ...parsePlanOptions(raw),
    workloadPath,
    labels: parseLabels(raw.label ?? []),
    outputDirectory: raw.output,
    dryRun: raw.dryRun ?? false,
    format: raw.format,
    progress: raw.progress,
    dropCaches: raw.dropCaches ?? false,
    remount: raw.remount ?? false,
    files: outputFilesOf(raw),
  };
}

/** The files for other programs that are asked for, without the other options. */
function outputFilesOf(raw: OutputFiles): OutputFiles {
  const asked = EXPORT_NAMES.filter((name) => raw[name] !== undefined);
  return Object.fromEntries(asked.map((name) => [name, raw[name]]));
}

/**
 * Targets from `path` or `name=path`; the path may be an `nfs://` URL. What stands before the first `=` is a name when it looks like
 * one (letters, digits, `._-`), so a path with a `=` in it is written `./a=b`, absolute, or with a
 * name before it. Throws a `FeedrateError` (usage) on an empty path and on a name given twice.
 */
export function parseTargets(texts: readonly string[]): NamedPath[] {
  const targets = texts.map(parseTarget);
  const seen = new Map<string, NamedPath>();
  for (const target of targets) {
    const other = seen.get(target.name);
    if (other) {
      const mend = `give them different names: -t first=${other.path} -t second=${target.path}`;
      throw usage(`-t: two targets are called '${target.name}'; ${mend}`);
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

/** The last part of the path, with what a name cannot hold replaced by `-`. */
function nameOfPath(path: string): string {
  const name = basename(path)
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'root' : name;
}

/**
 * All `--set` before all `-P`; `--engine` last, so that it wins over an `ioengine` of theirs. Throws a `FeedrateError`
 * (usage) on a word that is no `field=value`. That there is such an engine is checked with the workload's other values.
 */
export function parseOverrides({ set = [], param = [], engine }: Omit<RawPlanOptions, 'target' | 'seed'>): Override[] {
  return [
    ...set.map((text) => parseOverride('--set', text)),
    ...param.map((text) => parseOverride('-P', text)),
    ...(engine === undefined ? [] : [engineOverride(engine)]),
  ];
}

/** Labels from `key=value`; a key given twice is an error, as one of the values would be lost. */
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

/** A whole number from 0 to 2^53-1. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw usage(`--seed ${text}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return seed;
}

/** `3%` or `0.03`, at least 0 and below 1. */
export function fractionOf(option: string, text: string): number {
  const trimmed = text.trim().replace(/^(?=\.)/, '0');
  const percent = parsePercent(trimmed);
  const value = percent.ok ? percent.value : Number(/^\d+(?:\.\d+)?$/.exec(trimmed)?.[0]);
  if (!(value >= 0 && value < 1)) {
    throw usage(`${option} ${text}: a part from 0 to below 1, such as 3% or 0.03`);
  }
  return value;
}

/** `name=value` in its parts. Throws `FeedrateError('usage')`. */
export function pairOf(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw usage(`${option} ${text}: name=value, such as bs=4KiB`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
