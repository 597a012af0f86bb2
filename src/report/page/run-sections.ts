/** The sections of a run, in the order of a page. A section is a function and a row; empty ones are left out. */
import type { PagePart, PageSection } from '../../page/page.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { type ChartSubject, runCharts } from '../charts/run-charts.js';
import { armTables, captionOf } from '../run/arm-table.js';
import { ceilingLines } from '../run/ceiling-lines.js';
import { checkpointLines } from '../run/checkpoint-lines.js';
import { nfsLines } from '../run/nfs-lines.js';
import { noteArms } from '../run/notes.js';
import { ontapLines } from '../run/ontap-lines.js';
import { replayLines } from '../run/replay-lines.js';
import { cacheLines, problemLines, thresholdLines } from '../run/run-lines.js';
import type { RunView } from '../run/run-view.js';
import { trainingLines } from '../run/training-lines.js';
import { METHOD_LINE } from '../table/method-line.js';
import { chartParts, sectionOf, shownTable, textPart } from '../table/page-parts.js';
import type { ShownColumn } from '../table/shown-column.js';
import { environmentParts } from './environment-parts.js';
import { keyFigures } from './key-figures.js';
import { fileParts, reproduceParts } from './reproduce.js';

interface RunSectionRow {
  readonly id: string;
  readonly heading: string;
  /** Charts about these come first. */
  readonly charts?: readonly ChartSubject[];
  readonly parts: (view: RunView, cloudWatch: readonly PagePart[]) => readonly PagePart[];
}

const NOTHING = (): readonly PagePart[] => [];

const SECTIONS: readonly RunSectionRow[] = [
  { id: 'figures', heading: 'Key figures', parts: (view) => [{ kind: 'figures', figures: keyFigures(view) }] },
  { id: 'results', heading: 'Results', charts: ['results'], parts: resultParts },
  { id: 'warnings', heading: 'Warnings and remedies', parts: noteParts },
  { id: 'thresholds', heading: 'Thresholds', parts: ({ thresholds }) => textPart(thresholdLines(thresholds)) },
  { id: 'latency', heading: 'Latency', charts: ['latency'], parts: NOTHING },
  { id: 'time', heading: 'Over time', charts: ['time'], parts: NOTHING },
  { id: 'cache', heading: 'Where the bytes came from', parts: ({ summaries }) => textPart(cacheLines(summaries)) },
  { id: 'training', heading: 'Training', charts: ['training'], parts: trainingParts },
  {
    id: 'checkpoints',
    heading: 'Checkpoints',
    charts: ['checkpoints'],
    parts: (view) => textPart(checkpointLines(view)),
  },
  { id: 'replay', heading: 'Replay', charts: ['replay'], parts: (view) => textPart(replayLines(view)) },
  { id: 'nfs', heading: 'NFS', charts: ['nfs'], parts: ({ summaries }) => textPart(nfsLines(summaries)) },
  { id: 'volume', heading: 'Volume and ceilings', parts: volumeParts },
  { id: 'cloudwatch', heading: 'CloudWatch', parts: (_, cloudWatch) => cloudWatch },
  { id: 'failures', heading: 'Failed trials', parts: failureParts },
  { id: 'problems', heading: 'Problems', parts: ({ problems }) => textPart(problemLines(problems)) },
  { id: 'environment', heading: 'Environment', parts: environmentParts },
  { id: 'reproduce', heading: 'Repeat this run', parts: reproduceParts },
  { id: 'files', heading: 'Files', parts: fileParts },
];

/**
 * Returns the sections that have something to show.
 * @param cloudWatch what CloudWatch had of the run, as `metricsParts` returns it
 * @param prefix makes their ids unique on a page with several runs
 */
export function runSections(view: RunView, cloudWatch: readonly PagePart[] = [], prefix = ''): PageSection[] {
  const charts = runCharts(view);
  const placed = (part: PagePart): PagePart =>
    part.kind === 'chart' ? { kind: 'chart', chart: { ...part.chart, id: `${prefix}${part.chart.id}` } } : part;
  return SECTIONS.flatMap(({ id, heading, charts: subjects = [], parts }) => {
    const own = charts.filter(({ subject }) => subjects.includes(subject)).map(({ chart }) => chart);
    return sectionOf(`${prefix}${id}`, heading, [...chartParts(own), ...parts(view, cloudWatch)].map(placed));
  });
}

function resultParts(view: RunView): PagePart[] {
  const { arms } = noteArms(view);
  if (arms.length === 0) return [];
  const caption = captionOf(view.summaries);
  const tables = armTables(arms).map((table, index) =>
    shownTable(
      index === 0 ? caption : 'the same for other jobs',
      table.arms,
      table.columns,
      ({ summary }) => summary.arm.id,
    ),
  );
  return [...tables, ...textPart([METHOD_LINE])];
}

function trainingParts({ summaries }: RunView): PagePart[] {
  return textPart(trainingLines(summaries));
}

function noteParts(view: RunView): PagePart[] {
  const { notes } = noteArms(view);
  return textPart(notes.map((note, index) => ({ text: `${index + 1}) ${note}`, tone: 'warning' })));
}

function volumeParts(view: RunView): PagePart[] {
  return textPart([...ceilingLines(view, true), ...ontapLines(view.run, view.summaries, view.serverLatencies)]);
}

/** More failed trials than this are counted instead of listed. */
const FAILURES_MAX = 100;

const FAILURES: readonly ShownColumn<TrialRecord>[] = [
  { head: 'trial', align: 'left', dropOrder: 0, text: ({ id }) => id },
  { head: 'arm', align: 'left', dropOrder: 0, text: ({ arm }) => arm },
  { head: 'fault', align: 'left', dropOrder: 0, text: faultText, tone: () => 'bad' },
];

function failureParts({ trials }: RunView): PagePart[] {
  const failed = trials.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [];
  const shown = failed.slice(0, FAILURES_MAX);
  const more = failed.length > shown.length ? ` The first ${FAILURES_MAX} of ${failed.length}.` : '';
  return [shownTable(`Trials that failed, with the first fault of each.${more}`, shown, FAILURES, ({ arm }) => arm)];
}

function faultText({ fault }: TrialRecord): string {
  if (fault === null) return 'no reason was recorded';
  const { code, syscall, path, offsetBytes, worker, message } = fault;
  const where = path === null ? '' : ` ${path}`;
  const offset = offsetBytes === null ? '' : ` at offset ${offsetBytes}`;
  return `${code} in ${syscall}${where}${offset}, worker ${worker}: ${message}`;
}
