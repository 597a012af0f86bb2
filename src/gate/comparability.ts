/** May two measurements be compared, or did something else change with what is asked about? */
import { formatBytes } from '../base/units.js';
import type { Arm } from '../plan/plan.js';
import { partsOf } from '../record/merge-ranks.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { labelsOf, targetOf } from './attributes.js';

/** An arm, and the machine and targets that it is for. */
interface Placed {
  readonly run: Pick<RunRecord, 'environment' | 'labels' | 'plan'>;
  readonly arm: Arm;
}

/** One arm as it was measured in one run. */
export interface Measured extends Placed {
  readonly run: RunRecord;
  /** Those that count. */
  readonly trials: readonly TrialRecord[];
}

/** Something other than the measure that differs between two sides. */
export interface Mismatch {
  /** The word for `--ignore`: `kernel`, `mount-options`, `runtime` … */
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

/** Words of a job that may differ without another load: the seed of the content, and what only `simulated` reads. */
const FREE_WORDS = new Set(['randseed', 'simulated_latency', 'simulated_bandwidth']);

/** An attribute that is compared under one name and is a mismatch under another: who compares engines will use several. */
const NAMES_OF_AXES: ReadonlyMap<string, string> = new Map([
  ['engine', 'ioengine'],
  ['filesystem', 'fs'],
]);

/**
 * What differs between the sides besides `overlooked`: the attributes that are being compared, and what a user wants to
 * be ignored. Sides of the same run share their environment, and their jobs differ where the workload says so; what
 * differs then is whether a claim about the cache held on one side alone.
 */
export function mismatchesBetween(base: Measured, candidate: Measured, overlooked: ReadonlySet<string>): Mismatch[] {
  const found =
    base.run === candidate.run
      ? cacheMismatch(base, candidate)
      : [
          ...loadMismatchesOf(base, candidate),
          ...cacheMismatch(base, candidate),
          ...environmentMismatches(base, candidate, overlooked),
        ];
  return found.filter(({ what }) => !overlooked.has(what) && !overlooked.has(NAMES_OF_AXES.get(what) ?? what));
}

function loadMismatchesOf(base: Measured, candidate: Measured): Mismatch[] {
  const [before, after] = [enginesOf(base), enginesOf(candidate)];
  return [
    ...loadMismatches(base.arm.words, candidate.arm.words),
    // A side without trials used no engine, which is told otherwise.
    ...(before === '' || after === '' ? [] : differing('engine', before, after, 'load')),
  ];
}

/** What was asked of the storage, and by which engine, as text. Where all are equal the load is the same. */
export function loadOf(measured: Measured): Map<string, string> {
  return new Map([
    ...loadWords(measured.arm.words),
    ['engine', enginesOf(measured)],
    ['cache-state', cacheStateOf(measured)],
  ]);
}

/** The words in which two jobs are another load. */
export function loadMismatches(before: Arm['words'], after: Arm['words']): Mismatch[] {
  return differingIn(loadWords(before), loadWords(after), 'load');
}

function loadWords(words: Arm['words']): Map<string, string> {
  return new Map(Object.entries(words).filter(([word]) => !FREE_WORDS.has(word)));
}

/** The engines that were really used: `auto` may have chosen another one. */
function enginesOf({ trials }: Measured): string {
  const names = trials.flatMap(partsOf).map(({ engine }) => `${engine.used}${engine.calls === 'fs' ? ' (fs)' : ''}`);
  return [...new Set(names)].sort().join(' and ');
}

/** What was warm is not compared with what was cold: whether what was claimed was contradicted. */
function cacheStateOf({ trials }: Measured): string {
  return trials.some(({ cache }) => cache.verdict === 'contradicted') ? 'contradicted' : 'as claimed';
}

function cacheMismatch(base: Measured, candidate: Measured): Mismatch[] {
  return differing('cache-state', cacheStateOf(base), cacheStateOf(candidate), 'load');
}

/** What differs between where two arms were measured: machine, kernel, mount, what labels say of volume and instance. */
export function environmentMismatches(
  base: Placed,
  candidate: Placed,
  overlooked: ReadonlySet<string> = new Set(),
): Mismatch[] {
  const [before, after] = [base, candidate].map(environmentOf) as [Map<string, string>, Map<string, string>];
  return [
    ...differingIn(before, after, 'environment'),
    ...mountMismatch(base, candidate, overlooked),
    ...nfsMismatches(base, candidate),
  ];
}

/**
 * What an NFS mount works with besides its options, where both sides know it: read-ahead is set behind the mount, and
 * connections are those of the first mount of a server. They are told where as many were asked for; else that is told.
 */
function nfsMismatches(base: Placed, candidate: Placed): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run, arm }) => targetOf(run, arm.target)?.nfs);
  if (before === undefined || after === undefined) return [];
  const apart = (what: string, one: number | null, other: number | null, text: (value: number) => string) =>
    one === null || other === null ? [] : differing(what, text(one), text(other), 'environment');
  return [
    ...apart('nfs.readahead', before.readAheadBytes, after.readAheadBytes, formatBytes),
    ...(before.options.connections === after.options.connections
      ? apart('nfs.connections', before.openTransports, after.openTransports, String)
      : []),
  ];
}

function environmentOf({ run, arm }: Placed): Map<string, string> {
  const { environment } = run;
  const target = targetOf(run, arm.target);
  const ofTarget = labelsOf(run, arm.target);
  const labels = CONFIGURATION_LABELS.flatMap((name): [string, string][] => {
    const value = ofTarget.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return new Map([
    ['feedrate', environment.feedrate.version],
    ['kernel', environment.kernel],
    ['cpu', `${environment.cpuCount} × ${environment.cpuModel}`],
    ['memory', formatBytes(environment.memoryBytes)],
    ['cpu-limit', String(environment.cgroup.cpuMax ?? 'none')],
    [
      'memory-limit',
      environment.cgroup.memoryMaxBytes === null ? 'none' : formatBytes(environment.cgroup.memoryMaxBytes),
    ],
    ['node', majorOf(environment.node)],
    ['filesystem', target?.fileSystem ?? 'unknown'],
    ['source', target?.source ?? 'unknown'],
    ['nfs.client', target?.nfs?.client ?? 'kernel'],
    ...labels,
  ]);
}

/** `v20.20.2` → `v20`: V8 changes with the major version. */
function majorOf(version: string): string {
  return version.split('.')[0] as string;
}

/** The options that only one side has, without those that are overlooked by their own names (`--cols nconnect`). */
function mountMismatch(base: Placed, candidate: Placed, overlooked: ReadonlySet<string>): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run, arm }) =>
    mountOptions(targetOf(run, arm.target)?.options ?? '', overlooked),
  );
  const only = (these: Set<string> = new Set(), those: Set<string> = new Set()) =>
    [...these].filter((option) => !those.has(option)).join(',') || '–';
  return differing('mount-options', only(before, after), only(after, before), 'environment');
}

/** Mount options that say how a mount works, without those whose names are overlooked. */
export function mountOptions(options: string, overlooked: ReadonlySet<string> = new Set()): Set<string> {
  const counts = (option: string) => {
    const name = option.split('=', 1)[0] as string;
    return !ADDRESS_OPTIONS.test(option) && !overlooked.has(name) && !overlooked.has(`nfs.${name}`);
  };
  return new Set(options.split(',').filter(counts));
}

function differing(what: string, base: string, candidate: string, kind: Mismatch['kind']): Mismatch[] {
  return base === candidate ? [] : [{ what, base, candidate, kind }];
}

function differingIn(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  kind: Mismatch['kind'],
): Mismatch[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
    differing(name, before.get(name) ?? 'absent', after.get(name) ?? 'absent', kind),
  );
}
