/** The parts of a report for people around its table, each as lines of plain text. */
import { metricOf } from '../../base/metrics.js';
import { formatBytes, formatDurationNs } from '../../base/units.js';
import type { ThresholdResult } from '../../gate/thresholds.js';
import type { Environment, RunRecord, TargetEnvironment } from '../../record/run-record.js';
import type { ArmSummary } from '../../stats/summary.js';
import { formatPercent, formatValue, oneLine, plural } from '../table/format.js';
import type { Tone } from '../table/shown-column.js';
import { VERDICT_MARKS } from './arm-table.js';
import type { RunView } from './run-view.js';

/** A line with the colour it may have. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** What was run, how it ended, and on what machine. */
export function headerLines(view: RunView): Line[] {
  const { run, status } = view;
  if (run === null) return [{ text: `${view.directory ?? 'run'}: ${status}, run.json is lost`, tone: 'bad' }];
  const tone: Tone = status === 'complete' ? 'good' : status === 'running' ? 'plain' : 'bad';
  const text = `${run.id}  ${status}, ${view.trials.length} of ${plural(run.plan.trials.length, 'trial')}`;
  return [{ text, tone }, ...injectedLines(run), ...[planLine(run), ...environmentLines(run)].map(plain)];
}

/** A run that says nothing of its storage must say that. */
function injectedLines({ injected = [] }: RunRecord): Line[] {
  return injected.map(({ target, part, delayNs }) => {
    const slowdowns: string[] = [];
    if (part > 0) slowdowns.push(`everything took ${formatPercent(part)} longer`);
    if (delayNs > 0) slowdowns.push(`each operation took ${formatDurationNs(delayNs)} longer`);
    return { text: oneLine(`${target} was slowed down on purpose: ${slowdowns.join(', ')}`), tone: 'bad' };
  });
}

function planLine({ plan, labels }: RunRecord): string {
  const named = Object.entries(labels).map(([key, label]) => `, ${key}=${label}`);
  const order = `${plural(plan.sessions, 'session')} × ${plural(plan.rounds, 'round')}`;
  return oneLine(`${plan.workload}: ${plural(plan.arms.length, 'arm')}, ${order}, seed ${plan.seed}${named.join('')}`);
}

function environmentLines({ environment, hostname, ownCost }: RunRecord): string[] {
  const { feedrate } = environment;
  const commit = feedrate.commit === null ? '' : ` (${feedrate.commit.slice(0, 12)})`;
  return [
    `host ${hostname}, Linux ${environment.kernel}, ${environment.architecture}`,
    `${environment.cpuCount} × ${environment.cpuModel}, ${formatBytes(environment.memoryBytes)} memory${limits(environment)}`,
    `feedrate ${feedrate.version}${commit}, node ${environment.node}${systemCalls(environment)}${ceiling(ownCost)}`,
    ...environment.targets.map(targetLine),
  ].map(oneLine);
}

function limits({ cgroup }: Environment): string {
  const memory = cgroup.memoryMaxBytes === null ? [] : [formatBytes(cgroup.memoryMaxBytes)];
  const cpu = cgroup.cpuMax === null ? [] : [`${cgroup.cpuMax} CPU`];
  const set = [...memory, ...cpu];
  return set.length === 0 ? '' : `, limited to ${set.join(' and ')}`;
}

/** Of what feedrate runs with, only koffi changes how it measures; `run.json` has them all. */
function systemCalls({ versions }: Environment): string {
  const koffi = versions['koffi'] ?? null;
  return koffi === null ? ', no koffi' : `, koffi ${koffi}`;
}

/** What no storage can exceed, because the measuring itself takes as long. */
function ceiling(ownCost: RunRecord['ownCost']): string {
  if (ownCost === undefined) return '';
  const { nullNsPerOperation } = ownCost;
  const millionsPerSecond = (1e3 / nullNsPerOperation).toFixed(1);
  return `, ${nullNsPerOperation.toFixed(0)} ns an operation for itself: at most ${millionsPerSecond} M IOPS a worker`;
}

function targetLine(target: TargetEnvironment): string {
  const mount = `${target.fileSystem} on ${target.source} (${target.options})`;
  return `target ${target.name}: ${target.path}, ${mount}, ${formatBytes(target.freeBytes)} free${nfsWords(target.nfs)}`;
}

/** What the options do not say: read-ahead, connections that are really open, pNFS, and whose server it is. */
function nfsWords(nfs: TargetEnvironment['nfs']): string {
  if (nfs === undefined) return '';
  const { client, readAheadBytes, openTransports, pnfs, service, ontapRelease } = nfs;
  return [
    ...(client === undefined
      ? []
      : [`, no mount: ${client} in user space, without page cache, read-ahead or nconnect`]),
    ...(client !== undefined || readAheadBytes === null ? [] : [`, read-ahead ${formatBytes(readAheadBytes)}`]),
    ...(openTransports === null ? [] : [`, ${plural(openTransports, 'connection')}`]),
    ...(pnfs === null ? [] : [`, pNFS ${pnfs}`]),
    ...(service === 'other' ? [] : [`, ${SERVICES[service]}`]),
    ...(ontapRelease === null ? [] : [`, ONTAP ${ontapRelease}`]),
  ].join('');
}

const SERVICES = { 'fsx-ontap': 'FSx for ONTAP', ontap: 'ONTAP', efs: 'Amazon EFS', fsx: 'Amazon FSx' } as const;

/** Where the bytes came from: a line per claim and verdict, with the first arm's evidence. */
export function cacheLines(summaries: readonly ArmSummary[]): Line[] {
  const groups = new Map<string, ArmSummary[]>();
  for (const summary of summaries) {
    const { cache } = summary;
    if (cache === null || cache.verdict === 'none') continue;
    const key = `${VERDICT_MARKS[cache.verdict]} cache ${cache.claim} ${cache.verdict}`;
    groups.set(key, [...(groups.get(key) ?? []), summary]);
  }
  return [...groups].map(([key, arms]) => {
    const first = arms[0] as ArmSummary;
    const where = arms.length === summaries.length ? '' : ` in ${plural(arms.length, 'arm')}`;
    const verdict = first.cache?.verdict;
    const tone: Tone = verdict === 'proven' ? 'good' : verdict === 'contradicted' ? 'bad' : 'plain';
    return { text: oneLine(`${key}${where}: ${first.cache?.detail}`), tone };
  });
}

/** `✓ p99(latency) < 20ms` once where all arms keep it, `✗ …` with value and arm for each that does not. */
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

/** `12.3 ms in read/bs=4KiB`, or why there is no value. */
export function outcomeOf({ threshold, arm, value, reason }: ThresholdResult): string {
  const unit = metricOf(threshold.metric)?.unit ?? 'count';
  return oneLine(`${reason ?? formatValue(value, unit)} in ${arm}`);
}

/** What could not be read, or went wrong outside the trials. */
export function problemLines(problems: readonly string[]): Line[] {
  return problems.map((problem) => ({ text: `! ${oneLine(problem)}`, tone: 'bad' }));
}

/** Where the files are, and the lines that read them in a notebook. */
export function fileLines(directory: string | null): Line[] {
  if (directory === null) return [];
  const file = (name: string): string => JSON.stringify(`${directory}/${name}`);
  return [
    `saved ${directory}`,
    `  pd.read_csv(${file('summary.csv')})     # a row per trial`,
    `  pd.read_csv(${file('timeseries.csv')})  # a row per second`,
  ].map(plain);
}

function plain(text: string): Line {
  return { text, tone: 'plain' };
}
