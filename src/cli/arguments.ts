/** What the words on the command line mean: targets, overrides, labels, numbers. No files are touched here. */
import { basename, resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { formatNfsUrl, isNfsUrl, parseNfsUrl } from '../host/libnfs/nfs-url.js';
import { EXPORT_NAMES } from '../report/exports.js';
import type { ReportFormat } from '../report/render.js';
import type { Override } from '../workload/overrides.js';
import type { OutputFiles } from './output-files.js';

/** A target as the user named it; `openTarget` checks that it can be used. */
export interface NamedPath {
  readonly name: string;
  /** Absolute, or `nfs://server/export?version=…`. */
  readonly path: string;
}

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
export function parseRunOptions(workloadPath: string, raw: RawRunOptions): RunOptions {
  return {
    workloadPath,
    targets: parseTargets(raw.target ?? []),
    overrides: parseOverrides(raw),
    labels: parseLabels(raw.label ?? []),
    outputDirectory: raw.output,
    seed: raw.seed === undefined ? null : parseSeed(raw.seed),
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

function engineOverride(name: string): Override {
  return { option: '--engine', key: 'ioengine', values: [name], text: name };
}

/** `key=value` for `--set`, `key=a,b` for `-P`. Throws a `FeedrateError` (usage) when a part is missing. */
export function parseOverride(option: '--set' | '-P', text: string): Override {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(equals, 0)).trim();
  const value = text.slice(equals + 1).trim();
  const values = option === '-P' ? value.split(',').map((part) => part.trim()) : [value];
  if (key === '' || values.includes('')) {
    const example = option === '-P' ? 'field=value,value such as -P bs=4k,1m' : 'field=value such as --set runtime=5s';
    throw usage(`${option} '${text}': expected ${example}`);
  }
  return { option, key, values, text };
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

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
