/** The sections of a run, in the order of a page. A section is a function and a row; empty ones are left out. */
import type { PagePart, PageSection } from '../../page/page.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { armTables, captionOf } from '../run/arm-table.js';
import { ceilingLines } from '../run/ceiling-lines.js';
import { checkpointLines } from '../run/checkpoint-lines.js';
import { busyLines } from '../run/machine-lines.js';
import { nfsLines } from '../run/nfs-lines.js';
import { noteArms } from '../run/notes.js';
import { ontapLines } from '../run/ontap-lines.js';
import { replayLines } from '../run/replay-lines.js';
import { cacheLines, fileLines, headerLines, problemLines, thresholdLines } from '../run/run-lines.js';
import type { RunView } from '../run/run-view.js';
import { trainingLines } from '../run/training-lines.js';
import { METHOD_LINE } from '../table/method-line.js';
import type { ShownColumn } from '../table/shown-column.js';
import { keyFigures } from './key-figures.js';
import { sectionOf, shownTable, textPart } from './page-parts.js';
import { reproduceParts } from './reproduce.js';

interface RunSectionRow {
  readonly id: string;
  readonly heading: string;
  readonly parts: (view: RunView) => readonly PagePart[];
  readonly isFolded?: boolean;
}

const SECTIONS: readonly RunSectionRow[] = [
  { id: 'figures', heading: 'Key figures', parts: (view) => [{ kind: 'figures', figures: keyFigures(view) }] },
  { id: 'results', heading: 'Results', parts: resultParts },
  { id: 'warnings', heading: 'Warnings and what to do', parts: noteParts },
  { id: 'thresholds', heading: 'Thresholds', parts: ({ thresholds }) => textPart(thresholdLines(thresholds)) },
  { id: 'cache', heading: 'Where the bytes came from', parts: ({ summaries }) => textPart(cacheLines(summaries)) },
  { id: 'training', heading: 'Training', parts: ({ summaries }) => textPart(trainingLines(summaries)) },
  { id: 'checkpoints', heading: 'Checkpoints', parts: (view) => textPart(checkpointLines(view)) },
  { id: 'replay', heading: 'Replay', parts: (view) => textPart(replayLines(view)) },
  { id: 'nfs', heading: 'NFS', parts: ({ summaries }) => textPart(nfsLines(summaries)) },
  { id: 'volume', heading: 'Volume and ceilings', parts: volumeParts },
  { id: 'failures', heading: 'Failed trials', parts: failureParts },
  { id: 'problems', heading: 'Problems', parts: ({ problems }) => textPart(problemLines(problems)) },
  { id: 'environment', heading: 'Environment', parts: environmentParts },
  { id: 'reproduce', heading: 'Repeat this run', parts: reproduceParts },
];

/** Returns the sections that have something to show. `prefix` makes their ids unique on a page with several runs. */
export function runSections(view: RunView, prefix = ''): PageSection[] {
  return SECTIONS.flatMap(({ id, heading, parts, isFolded }) =>
    sectionOf(`${prefix}${id}`, heading, parts(view), isFolded),
  );
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

function environmentParts(view: RunView): PagePart[] {
  if (view.run === null) return [];
  const [, ...lines] = headerLines(view);
  return textPart([
    ...lines.filter(({ tone }) => tone !== 'bad'),
    ...busyLines(view.trials),
    ...fileLines(view.directory),
  ]);
}
