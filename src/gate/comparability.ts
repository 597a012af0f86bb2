/** May two measurements be compared, or did something else change with what is asked about? */
import { formatBytes } from '../base/units.js';
import type { Arm } from '../plan/plan.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { targetOf } from '../stats/attributes.js';

/** One arm as it was measured in one run. */
export interface Measured {
  readonly run: RunRecord;
  readonly arm: Arm;
  /** Those that count. */
  readonly trials: readonly TrialRecord[];
}

/** Something other than the measure that differs between two sides. */
export interface Mismatch {
  /** The word for `--ignore`: `kernel`, `mount-options`, `runtimeNs` … */
  readonly what: string;
  readonly base: string;
  readonly candidate: string;
  /** `load`: not the same work was measured. `environment`: the same work on something else. */
  readonly kind: 'load' | 'environment';
}

/** Labels that say what a volume or a client is, where the file system cannot say it. Other labels are notes. */
const CONFIGURATION_LABELS = ['instance', 'tiering', 'volume'] as const;

/** Mount options that change from mount to mount and say nothing of how it works. */
const ADDRESS_OPTIONS = /^(?:addr|clientaddr|mountaddr|mountport|port)=/;

/** Fields of a job that may differ without another load: the seed of the content, and what only `simulated` reads. */
const FREE_FIELDS = new Set(['randseed']);

/**
 * What differs between the sides besides `axes`, the attributes that are being compared. Sides of the same run share
 * their environment, and their jobs differ where the workload says so; what differs then is whether a claim about the
 * cache held on one side alone.
 */
export function mismatchesBetween(base: Measured, candidate: Measured, axes: readonly string[]): Mismatch[] {
  const found =
    base.run === candidate.run
      ? cacheMismatch(base, candidate)
      : [
          ...loadMismatches(base, candidate),
          ...cacheMismatch(base, candidate),
          ...environmentMismatches(base, candidate),
        ];
  return found.filter(({ what }) => !axes.includes(what));
}

function loadMismatches(base: Measured, candidate: Measured): Mismatch[] {
  return [
    ...specMismatches(base.arm.spec as unknown as Fields, candidate.arm.spec as unknown as Fields),
    ...differing('engine', engineOf(base), engineOf(candidate), 'load'),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields in which two jobs are another load. */
export function specMismatches(before: Fields, after: Fields): Mismatch[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !FREE_FIELDS.has(name));
  return fields.flatMap((name) => differing(name, text(before[name]), text(after[name]), 'load'));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent');
}

/** The engines that were really used: `auto` may have chosen another one. */
function engineOf({ trials }: Measured): string {
  return [...new Set(trials.map(({ engine }) => `${engine.used}${engine.calls === 'fs' ? ' (fs)' : ''}`))].join(
    ' and ',
  );
}

/** What was warm is not compared with what was cold: the claim, and whether it was contradicted. */
function cacheMismatch(base: Measured, candidate: Measured): Mismatch[] {
  const state = ({ trials }: Measured) =>
    trials.some(({ cache }) => cache.verdict === 'contradicted') ? 'contradicted' : 'as claimed';
  return differing('cache-state', state(base), state(candidate), 'load');
}

function environmentMismatches(base: Measured, candidate: Measured): Mismatch[] {
  const [before, after] = [base, candidate].map(environmentOf) as [Map<string, string>, Map<string, string>];
  const names = new Set([...before.keys(), ...after.keys()]);
  const plain = [...names].flatMap((name) =>
    differing(name, before.get(name) ?? 'absent', after.get(name) ?? 'absent', 'environment'),
  );
  return [...plain, ...mountMismatch(base, candidate)];
}

function environmentOf({ run, arm }: Measured): Map<string, string> {
  const { environment } = run;
  const target = targetOf(run, arm.target);
  const labels = CONFIGURATION_LABELS.flatMap((name): [string, string][] => {
    const value = run.labels[name];
    return value === undefined ? [] : [[name, value]];
  });
  return new Map([
    ['feedrate', environment.feedrate.version],
    ['kernel', environment.kernel],
    ['cpu', `${environment.cpuCount} × ${environment.cpuModel}`],
    ['memory', formatBytes(environment.memoryBytes)],
    ['node', majorOf(environment.node)],
    ['filesystem', target?.fileSystem ?? 'unknown'],
    ['source', target?.source ?? 'unknown'],
    ...labels,
  ]);
}

/** `v20.20.2` → `v20`: V8 changes with the major version. */
function majorOf(version: string): string {
  return version.split('.')[0] as string;
}

function mountMismatch(base: Measured, candidate: Measured): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run, arm }) =>
    mountOptions(targetOf(run, arm.target)?.options ?? ''),
  );
  const only = (these: Set<string> = new Set(), those: Set<string> = new Set()) =>
    [...these].filter((option) => !those.has(option)).join(',') || '–';
  return differing('mount-options', only(before, after), only(after, before), 'environment');
}

/** Mount options that say how a mount works. */
export function mountOptions(options: string): Set<string> {
  return new Set(options.split(',').filter((option) => !ADDRESS_OPTIONS.test(option)));
}

function differing(what: string, base: string, candidate: string, kind: Mismatch['kind']): Mismatch[] {
  return base === candidate ? [] : [{ what, base, candidate, kind }];
}
