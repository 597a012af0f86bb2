/** The machine, the mounts and the engines of a run. */
import { formatBytes } from '../../base/units.js';
import type { PageFact, PagePart } from '../../page/page.js';
import type { RunRecord, TargetEnvironment } from '../../record/run-record.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { dataLines } from '../run/data-lines.js';
import { busyLines, overheadLines, startWords } from '../run/machine-lines.js';
import { limits, nfsWords } from '../run/run-lines.js';
import type { RunView } from '../run/run-view.js';
import { volumeLines } from '../run/volume-lines.js';
import { plural } from '../table/format.js';
import { shownTable, textPart } from '../table/page-parts.js';
import type { ShownColumn } from '../table/shown-column.js';

/** Returns what was measured where: facts, then a table of targets and what is known of their data and volumes. */
export function environmentParts({ run, trials }: RunView): PagePart[] {
  if (run === null) return [];
  const { targets } = run.environment;
  return [
    { kind: 'facts', facts: [...runFacts(run), ...machineFacts(run), ...engineFacts(run, trials)] },
    ...textPart([...overheadLines(run.ownCost, trials), ...busyLines(trials)]),
    shownTable('Targets and their mounts', targets, TARGETS),
    ...textPart(targets.flatMap((target) => [...dataLines(target), ...volumeLines(target)])),
  ];
}

function runFacts({ plan, labels, startedAt, endedAt }: RunRecord): PageFact[] {
  const named = Object.entries(labels).map(([key, label]) => `${key}=${label}`);
  const order = `${plural(plan.sessions, 'session')} × ${plural(plan.rounds, 'round')}, ${plan.order}, seed ${plan.seed}`;
  const until = endedAt === null ? '' : ` to ${timeText(endedAt)}`;
  return [
    { label: 'Measured', text: `${timeText(startedAt)}${until}` },
    { label: 'Plan', text: `${plural(plan.arms.length, 'arm')}, ${order}` },
    ...(named.length === 0 ? [] : [{ label: 'Labels', text: named.join(', ') }]),
  ];
}

/** Another person's record may hold any text. */
function timeText(iso: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(iso) ? `${iso.slice(0, 19).replace('T', ' ')} UTC` : iso;
}

function machineFacts({ environment, hostname }: RunRecord): PageFact[] {
  const { kernel, architecture, instanceType, cpuCount, cpuModel, memoryBytes, load } = environment;
  const atStart = startWords(load).replace('; at the start: ', '');
  return [
    { label: 'Machine', text: instanceType === undefined ? hostname : `${hostname}, ${instanceType}` },
    { label: 'System', text: `Linux ${kernel}, ${architecture}` },
    { label: 'CPUs', text: `${cpuCount} × ${cpuModel}` },
    { label: 'Memory', text: `${formatBytes(memoryBytes)}${limits(environment)}` },
    ...(atStart === '' ? [] : [{ label: 'Load at the start', text: atStart }]),
  ];
}

function engineFacts({ environment }: RunRecord, trials: readonly TrialRecord[]): PageFact[] {
  const { feedrate, node, versions } = environment;
  const commit = feedrate.commit === null ? '' : ` (${feedrate.commit.slice(0, 12)})`;
  const engines = [
    ...new Set(
      trials.map(({ engine }) => (engine.calls === null ? engine.used : `${engine.used} (calls: ${engine.calls})`)),
    ),
  ];
  const installed = Object.entries(versions).flatMap(([name, version]) =>
    version === null ? [] : [`${name} ${version}`],
  );
  return [
    { label: 'feedrate', text: `${feedrate.version}${commit}` },
    { label: 'Node', text: node },
    ...(engines.length === 0 ? [] : [{ label: 'Engines', text: engines.join('; ') }]),
    ...(installed.length === 0 ? [] : [{ label: 'Packages', text: installed.join(', ') }]),
  ];
}

const TARGETS: readonly ShownColumn<TargetEnvironment>[] = [
  { head: 'target', align: 'left', dropOrder: 0, text: ({ name }) => name },
  { head: 'path', align: 'left', dropOrder: 0, text: ({ path }) => path },
  { head: 'file system', align: 'left', dropOrder: 0, text: ({ fileSystem }) => fileSystem },
  { head: 'source', align: 'left', dropOrder: 0, text: ({ source }) => source },
  {
    head: 'options',
    align: 'left',
    dropOrder: 0,
    text: ({ options, nfs }) => `${options.replaceAll(',', ', ')}${nfsWords(nfs)}`,
  },
  {
    head: 'free',
    align: 'right',
    dropOrder: 0,
    text: ({ freeBytes, totalBytes }) => `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)}`,
  },
];
