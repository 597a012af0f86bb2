/** Decides whether two measurements are comparable: what differs between them besides the compared attributes. */
import { formatBytes } from '../base/units.js';
import { type Arm, besideOf } from '../plan/plan.js';
import { partsOf } from '../record/merge-ranks.js';
import type { GroupLimits, RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { tellingAttributes } from '../record/volume-attributes.js';
import { labelsOf, targetOf } from './attributes.js';
import { dataDifference, dataText, userDataOf } from './data-mismatch.js';

/** An arm with the machine and the targets of its run. */
interface Placed {
  readonly run: Pick<RunRecord, 'environment' | 'labels' | 'plan' | 'foreign'>;
  readonly arm: Arm;
}

/** One arm as it was measured in one run. */
export interface Measured extends Placed {
  readonly run: RunRecord;
  /** The counted trials. */
  readonly trials: readonly TrialRecord[];
}

/** A difference between two sides other than the measured value. */
export interface Mismatch {
  /** The name that `--ignore` accepts: `kernel`, `mount-options`, `runtime` … */
  readonly what: string;
  readonly base: string;
  readonly candidate: string;
  /** `load`: different work was measured. `environment`: the same work was measured on a different system. */
  readonly kind: 'load' | 'environment';
}

/** Labels that describe a volume or a client and count as mismatches. Other labels are notes. */
const CONFIGURATION_LABELS = ['instance', 'tiering', 'volume'] as const;

/** Mount options that differ between mounts without any effect on performance. */
const ADDRESS_OPTIONS = /^(?:addr|clientaddr|mountaddr|mountport|port)=/;

/** Fields of a job that do not change its load: the content's seed, fields only for the engine `simulated`, and those that only
 * the report uses. */
const FREE_WORDS = new Set(['randseed', 'simulated_latency', 'simulated_bandwidth', 'every', 'mtbf']);

/** Fields that older records do not have, with the value that holds for them. */
const LATER_WORDS: ReadonlyMap<string, string> = new Map([
  ['rate_ignore_thinktime', 'false'],
  ['min_filesize', 'none'],
  ['max_filesize', 'none'],
  ['bs_write', 'none'],
  ['writer', 'shards'],
  ['model', 'none'],
  ['params', 'none'],
  ['dtype', 'bf16'],
  ['optimizer', 'adam'],
  ['ranks', 'none'],
  ['scale', '100%'],
  ['chunk', '1MiB'],
  ['mode', 'sync'],
  ['staging_bandwidth', '25GB/s'],
  ['fsync_directories', 'true'],
  ['rename', 'closed'],
  ['publish', 'none'],
  ['reader', 'read'],
  ['beside', 'none'],
]);

/** A field or attribute that one side does not have. */
const ABSENT = 'absent';

/** Mismatches whose attribute has a different name: to compare engines is to compare `ioengine`. */
const NAMES_OF_AXES: ReadonlyMap<string, readonly string[]> = new Map([
  ['engine', ['ioengine']],
  ['filesystem', ['fs']],
  // A volume is a place of its own, with a policy that includes its cooling period.
  ['source', ['fsx.volume']],
  ['volume', ['fsx.volume']],
  ['fsx.volume', ['source']],
  ['tiering', ['fsx.tiering']],
  ['fsx.cooling', ['fsx.tiering']],
]);

/**
 * Returns the differences between two sides, without `overlooked`: the compared attributes and those of `--ignore`. Two
 * sides of one run share their environment, and their jobs differ on purpose. They mismatch only if their
 * targets hold different data, or if a cache claim was contradicted on one side and not on the other.
 */
export function mismatchesBetween(base: Measured, candidate: Measured, overlooked: ReadonlySet<string>): Mismatch[] {
  const found =
    base.run === candidate.run
      ? [...dataMismatch(base, candidate), ...cacheMismatch(base, candidate)]
      : [
          ...loadMismatchesOf(base, candidate),
          ...cacheMismatch(base, candidate),
          ...environmentMismatches(base, candidate, overlooked),
        ];
  const isOverlooked = (what: string) =>
    [what, ...(NAMES_OF_AXES.get(what) ?? [])].some((name) => overlooked.has(name));
  return found.filter(({ what }) => !isOverlooked(what));
}

function loadMismatchesOf(base: Measured, candidate: Measured): Mismatch[] {
  const [before, after] = [enginesOf(base), enginesOf(candidate)];
  return [
    ...unstatedAsOne(loadMismatches(base.arm.words, candidate.arm.words), base, candidate),
    ...besideMismatches(base, candidate),
    // A side without trials used no engine. It is reported as not measured.
    ...(before === '' || after === '' ? [] : differing('engine', before, after, 'load')),
    ...dataMismatch(base, candidate),
  ];
}

/** Returns one mismatch for all fields that the results of another program do not state. */
function unstatedAsOne(found: readonly Mismatch[], base: Placed, candidate: Placed): Mismatch[] {
  const isUnstated =
    (side: 'base' | 'candidate', { run }: Placed) =>
    (mismatch: Mismatch) =>
      run.foreign !== undefined && mismatch[side] === ABSENT;
  const [before, after] = [found.filter(isUnstated('base', base)), found.filter(isUnstated('candidate', candidate))];
  const rest = found.filter((mismatch) => !before.includes(mismatch) && !after.includes(mismatch));
  return [...rest, ...differing('unstated-fields', String(before.length), String(after.length), 'load')];
}

/** Returns the differences between the jobs beside both sides, which are part of their load: `beside.bs`. */
function besideMismatches(base: Placed, candidate: Placed): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run, arm }) => besideOf(run.plan, arm)?.words);
  if (before === undefined || after === undefined) return [];
  return loadMismatches(before, after).map((each) => ({ ...each, what: `beside.${each.what}` }));
}

/** Other files are another load, whatever the job does with them. */
function dataMismatch(base: Placed, candidate: Placed): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run, arm }) => userDataOf(run, arm));
  const found = dataDifference(before, after);
  return found === null ? [] : [{ what: 'data', ...found, kind: 'load' }];
}

/** Returns the load as text by name: the job's fields, the engine used, the cache state and the user's data. */
export function loadOf(measured: Measured): Map<string, string> {
  const data = userDataOf(measured.run, measured.arm);
  return new Map([
    ...(data === undefined ? [] : [['data', dataText(data)] as const]),
    ...loadWords(measured.arm.words),
    ['engine', enginesOf(measured)],
    ['cache-state', cacheStateOf(measured)],
  ]);
}

/** Returns the fields in which the loads of two jobs differ. */
export function loadMismatches(before: Arm['words'], after: Arm['words']): Mismatch[] {
  return differingIn(loadWords(before), loadWords(after), 'load');
}

function loadWords(words: Arm['words']): Map<string, string> {
  const counts = ([word, value]: [string, string]) => !FREE_WORDS.has(word) && LATER_WORDS.get(word) !== value;
  return new Map(Object.entries(words).filter(counts));
}

/** The engines that were used. `auto` may have chosen a different one. */
function enginesOf({ trials }: Measured): string {
  const names = trials.flatMap(partsOf).map(({ engine }) => `${engine.used}${engine.calls === 'fs' ? ' (fs)' : ''}`);
  return [...new Set(names)].sort().join(' and ');
}

/** Whether a cache claim was contradicted: warm reads must not be compared with cold ones. */
function cacheStateOf({ trials }: Measured): string {
  return trials.some(({ cache }) => cache.verdict === 'contradicted') ? 'contradicted' : 'as claimed';
}

function cacheMismatch(base: Measured, candidate: Measured): Mismatch[] {
  return differing('cache-state', cacheStateOf(base), cacheStateOf(candidate), 'load');
}

/** Returns the differences in machine, kernel, mount, and labels of volume and instance. */
export function environmentMismatches(
  base: Placed,
  candidate: Placed,
  overlooked: ReadonlySet<string> = new Set(),
): Mismatch[] {
  const programs = [base, candidate].map(({ run }) => run.foreign?.program ?? 'feedrate') as [string, string];
  // Nothing is known of the machine that another program measured on.
  if (programs.some((program) => program !== 'feedrate')) return differing('program', ...programs, 'environment');
  const [before, after] = [base, candidate].map(environmentOf) as [Map<string, string>, Map<string, string>];
  return [
    ...differingIn(before, after, 'environment'),
    ...limitMismatches(base, candidate),
    ...mountMismatch(base, candidate, overlooked),
    ...nfsMismatches(base, candidate),
    ...volumeMismatches(base, candidate),
  ];
}

/** Differences in the volume, if AWS described it for both sides. */
function volumeMismatches(base: Placed, candidate: Placed): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run, arm }) => targetOf(run, arm.target)?.volume);
  if (before === undefined || after === undefined) return [];
  return differingIn(tellingAttributes(before), tellingAttributes(after), 'environment');
}

/**
 * Differences in NFS properties that are not mount options, if both sides recorded them: read-ahead, and the
 * connections, which the first mount of a server determines. If nconnect already differs, the connections are not
 * reported as well.
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
    ['node', majorOf(environment.node)],
    ['filesystem', target?.fileSystem ?? 'unknown'],
    ['source', target?.source ?? 'unknown'],
    ['nfs.client', target?.nfs?.client ?? 'kernel'],
    ...labels,
  ]);
}

/** Differences in the limits of the control group. One that a side could not read, or did not record, is passed over. */
function limitMismatches(base: Placed, candidate: Placed): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run }) => run.environment.cgroup) as [GroupLimits, GroupLimits];
  const isUnknown = (limit: 'memory' | 'cpu') => [before, after].some(({ unknown }) => unknown?.includes(limit));
  const bytes = (limit: number | null) => (limit === null ? 'none' : formatBytes(limit));
  const highs = [before.memoryHighBytes, after.memoryHighBytes] as const;
  return [
    ...(isUnknown('cpu')
      ? []
      : differing('cpu-limit', String(before.cpuMax ?? 'none'), String(after.cpuMax ?? 'none'), 'environment')),
    ...(isUnknown('memory')
      ? []
      : differing('memory-limit', bytes(before.memoryMaxBytes), bytes(after.memoryMaxBytes), 'environment')),
    ...(isUnknown('memory') || highs[0] === undefined || highs[1] === undefined
      ? []
      : differing('memory-high', bytes(highs[0]), bytes(highs[1]), 'environment')),
  ];
}

/** `v20.20.2` → `v20`: V8 changes with the major version. */
function majorOf(version: string): string {
  return version.split('.')[0] as string;
}

/** The options that only one side has, except those overlooked by their own names (`--cols nconnect`). */
function mountMismatch(base: Placed, candidate: Placed, overlooked: ReadonlySet<string>): Mismatch[] {
  const [before, after] = [base, candidate].map(({ run, arm }) =>
    mountOptions(targetOf(run, arm.target)?.options ?? '', overlooked),
  );
  const only = (these: Set<string> = new Set(), those: Set<string> = new Set()) =>
    [...these].filter((option) => !those.has(option)).join(',') || '–';
  return differing('mount-options', only(before, after), only(after, before), 'environment');
}

/** Returns the mount options that affect how a mount works, except those whose names are overlooked. */
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
    differing(name, before.get(name) ?? ABSENT, after.get(name) ?? ABSENT, kind),
  );
}
