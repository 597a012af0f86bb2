/** The parts of a run's report before and after its table, as lines of plain text. */
import { metricOf } from '../../base/metrics.js';
import { formatBytes, formatDurationNs } from '../../base/units.js';
import type { ThresholdResult } from '../../gate/thresholds.js';
import type { Environment, RunRecord, TargetEnvironment } from '../../record/run-record.js';
import type { ArmCache, ArmSummary } from '../../stats/summary.js';
import { formatPercent, formatValue, plural } from '../table/format.js';
import type { Tone } from '../table/shown-column.js';
import { VERDICT_MARKS } from './arm-table.js';
import { dataLines } from './data-lines.js';
import { groupHeader } from './group-lines.js';
import { overheadLines, startWords } from './machine-lines.js';
import type { RunView } from './run-view.js';
import { volumeLines } from './volume-lines.js';

/** A line of text and its colour. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** Returns the header: what was run, how it ended, and on which machine. */
export function headerLines(view: RunView): Line[] {
  const { run, status } = view;
  if (run === null)
    return [{ text: `${view.directory ?? 'run'}: ${status}, run.json is missing or damaged`, tone: 'bad' }];
  const tone: Tone = status === 'complete' ? 'good' : status === 'running' ? 'plain' : 'bad';
  const early = run.endedBy === 'time' ? ', its time was up' : '';
  const text = `${run.id}  ${status}, ${view.trials.length} of ${plural(run.plan.trials.length, 'trial')}${early}`;
  return [
    { text, tone },
    ...injectedLines(run),
    ...foreignLines(run),
    ...[planLine(run), ...groupHeader(run.group), ...environmentLines(run, view.trials)].map(plain),
  ];
}

/** A warning for runs that were slowed down on purpose: they do not measure the storage. */
function injectedLines({ injected = [] }: RunRecord): Line[] {
  return injected.map(({ target, part, delayNs }) => {
    const slowdowns: string[] = [];
    if (part > 0) slowdowns.push(`everything took ${formatPercent(part)} longer (throughput ÷ ${1 + part})`);
    if (delayNs > 0) slowdowns.push(`each operation took ${formatDurationNs(delayNs)} longer`);
    return {
      text: `target ${target} was slowed down on purpose (--inject): ${slowdowns.join(', ')}`,
      tone: 'bad',
    };
  });
}

/** Names the program that measured the run, and what its files lack. */
function foreignLines({ foreign }: RunRecord): Line[] {
  if (foreign === undefined) return [];
  const { program, files, importedAt, notes } = foreign;
  const from = files.length > 2 ? `${files[0]} and ${files.length - 1} more files` : files.join(' and ');
  const more = notes.length - NOTES_MOST;
  return [
    {
      text: `measured by ${program}, not by feedrate: imported from ${from} on ${importedAt.slice(0, 10)}`,
      tone: 'bad',
    },
    ...notes.slice(0, NOTES_MOST).map((note) => plain(`  ${note}`)),
    ...(more > 0 ? [plain(`  … and ${more} more such lines in run.json`)] : []),
  ];
}

/** Notes of an import that the header shows. */
const NOTES_MOST = 5;

function planLine({ plan, labels }: RunRecord): string {
  const named = Object.entries(labels).map(([key, label]) => `, ${key}=${label}`);
  const order = `${plural(plan.sessions, 'session')} × ${plural(plan.rounds, 'round')}`;
  return `${plan.workload}: ${plural(plan.arms.length, 'arm')}, ${order}, seed ${plan.seed}${named.join('')}`;
}

function environmentLines({ environment, hostname, ownCost, foreign }: RunRecord, trials: RunView['trials']): string[] {
  if (foreign !== undefined)
    return environment.targets.map(({ name, path }) => `target ${name}: ${path}; the machine is not recorded`);
  const { feedrate } = environment;
  const commit = feedrate.commit === null ? '' : ` (${feedrate.commit.slice(0, 12)})`;
  return [
    `host ${hostname}, Linux ${environment.kernel}, ${environment.architecture}`,
    `${environment.cpuCount} × ${environment.cpuModel}, ${formatBytes(environment.memoryBytes)} memory${limits(environment)}${startWords(environment.load)}`,
    `feedrate ${feedrate.version}${commit}, node ${environment.node}${systemCalls(environment)}`,
    ...overheadLines(ownCost, trials),
    ...environment.targets.flatMap((target) => [targetLine(target), ...dataLines(target), ...volumeLines(target)]),
  ];
}

export function limits({ cgroup }: Environment): string {
  const { memoryMaxBytes, memoryHighBytes = null, cpuMax, cpusetCpus = null, unknown = [] } = cgroup;
  const set = [
    ...(memoryMaxBytes === null ? [] : [formatBytes(memoryMaxBytes)]),
    ...(memoryHighBytes === null ? [] : [`${formatBytes(memoryHighBytes)} without slowdown (memory.high)`]),
    ...(cpuMax === null ? [] : [`${cpuMax} CPU`]),
    ...(cpusetCpus === null ? [] : [`a cpuset of ${plural(cpusetCpus, 'CPU')}`]),
  ];
  const limited = set.length === 0 ? '' : `, limited to ${set.join(' and ')}`;
  const words = unknown.map((limit) => (limit === 'cpu' ? 'CPU' : limit)).join(' and ');
  return unknown.length === 0 ? limited : `${limited}, ${words} limit of the container unknown`;
}

/** Only koffi, because it changes how feedrate measures. `run.json` lists all versions. */
function systemCalls({ versions }: Environment): string {
  const koffi = versions['koffi'] ?? null;
  return koffi === null ? ', no koffi' : `, koffi ${koffi}`;
}

function targetLine(target: TargetEnvironment): string {
  const mount = `${target.fileSystem} on ${target.source} (${target.options})`;
  return `target ${target.name}: ${target.path}, ${mount}, ${formatBytes(target.freeBytes)} free${nfsWords(target.nfs)}`;
}

/** NFS properties that are not mount options: read-ahead, open connections, pNFS and the kind of server. */
export function nfsWords(nfs: TargetEnvironment['nfs']): string {
  if (nfs === undefined) return '';
  const { client, readAheadBytes, openTransports, pnfs, service, ontapRelease } = nfs;
  return [
    ...(client === undefined ? [] : [`, no mount: ${client} in user space (no page cache, read-ahead or nconnect)`]),
    ...(client !== undefined || readAheadBytes === null ? [] : [`, read-ahead ${formatBytes(readAheadBytes)}`]),
    ...(openTransports === null ? [] : [`, ${plural(openTransports, 'connection')}`]),
    ...(pnfs === null ? [] : [`, pNFS ${pnfs}`]),
    ...(service === 'other' ? [] : [`, ${SERVICES[service]}`]),
    ...(ontapRelease === null ? [] : [`, ONTAP ${ontapRelease}`]),
  ].join('');
}

const SERVICES = { 'fsx-ontap': 'FSx for ONTAP', ontap: 'ONTAP', efs: 'Amazon EFS', fsx: 'Amazon FSx' } as const;

const CLAIM_NAMES = { cold: 'Cold cache', warm: 'Warm cache', direct: 'Direct I/O', 'as-is': 'Cache state' } as const;
const VERDICT_WORDS = { proven: 'confirmed', contradicted: 'contradicted', unproven: 'unproven', none: '' } as const;

/** Returns one line per cache claim and verdict, with the first arm's evidence: where the bytes came from. */
export function cacheLines(summaries: readonly ArmSummary[]): Line[] {
  const groups = new Map<string, ArmSummary[]>();
  for (const summary of summaries) {
    const { cache } = summary;
    if (cache === null || cache.verdict === 'none') continue;
    const key = `${VERDICT_MARKS[cache.verdict]} ${claimWords(cache)}`;
    groups.set(key, [...(groups.get(key) ?? []), summary]);
  }
  return [...groups].map(([key, arms]) => {
    const first = arms[0] as ArmSummary;
    const where = arms.length === summaries.length ? '' : ` for ${plural(arms.length, 'arm')}`;
    const verdict = first.cache?.verdict;
    const tone: Tone = verdict === 'proven' ? 'good' : verdict === 'contradicted' ? 'bad' : 'plain';
    return { text: `${key}${where}: ${first.cache?.detail}`, tone };
  });
}

/** A claim is confirmed for this client only where the server may have had the bytes in its own memory. */
function claimWords({ claim, verdict, serverUnknown }: ArmCache): string {
  if (!serverUnknown) return `${CLAIM_NAMES[claim]} ${VERDICT_WORDS[verdict]}`;
  return `${claim === 'cold' ? 'Cold client' : CLAIM_NAMES[claim]} ${VERDICT_WORDS[verdict]}, server unknown`;
}

/** Returns `✓ p99(latency) < 20ms` once if all arms pass, otherwise `✗ …` for each arm that fails. */
export function thresholdLines(results: readonly ThresholdResult[]): Line[] {
  const texts = [...new Set(results.map(({ threshold }) => threshold.text))];
  return texts.flatMap((text) => {
    const same = results.filter(({ threshold }) => threshold.text === text);
    const broken = same.filter(({ passed }) => !passed);
    const only = same.length === 1 ? (same[0] as ThresholdResult) : null;
    if (broken.length > 0)
      return broken.map((result): Line => ({ text: `✗ ${text}: ${outcomeOf(result)}`, tone: 'bad' }));
    const kept = only === null ? `all ${same.length} arms` : outcomeOf(only);
    return [{ text: `✓ ${text}: ${kept}`, tone: 'good' as const }];
  });
}

/** Returns `12.3 ms in read/bs=4KiB`, or the reason why there is no value. */
export function outcomeOf({ threshold, arm, value, reason }: ThresholdResult): string {
  const unit = metricOf(threshold.metric)?.unit ?? 'count';
  return `${reason ?? formatValue(value, unit)} in ${arm}`;
}

/** Returns one line per problem outside the trials, such as a damaged file. */
export function problemLines(problems: readonly string[]): Line[] {
  return problems.map((problem) => ({ text: `! ${problem}`, tone: 'bad' }));
}

/** Returns the directory of the run, and the lines that read its files in a notebook. */
export function fileLines(directory: string | null): Line[] {
  if (directory === null) return [];
  const file = (name: string): string => JSON.stringify(`${directory}/${name}`);
  return [
    `saved ${directory}`,
    `  pd.read_csv(${file('summary.csv')})     # one row per trial`,
    `  pd.read_csv(${file('timeseries.csv')})  # one row per second`,
  ].map(plain);
}

function plain(text: string): Line {
  return { text, tone: 'plain' };
}
