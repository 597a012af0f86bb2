/** The reports that `feedrate run` and `feedrate show` print for people. */
import { type Answered, markdownNext, nextLines } from '../table/answer-lines.js';
import { markdownTable, markdownText } from '../table/markdown.js';
import { METHOD_LINE } from '../table/method-line.js';
import { type DrawnLine, paragraphs } from '../table/report-line.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { armTables, captionOf } from './arm-table.js';
import { besideLines } from './beside-lines.js';
import { ceilingLines } from './ceiling-lines.js';
import { checkpointLines } from './checkpoint-lines.js';
import { groupLines } from './group-lines.js';
import { busyLines } from './machine-lines.js';
import { nfsLines } from './nfs-lines.js';
import { noteArms } from './notes.js';
import { ontapLines } from './ontap-lines.js';
import { replayLines } from './replay-lines.js';
import { cacheLines, fileLines, headerLines, type Line, problemLines, thresholdLines } from './run-lines.js';
import type { RunView } from './run-view.js';
import { trainingLines } from './training-lines.js';

/** The lines after the table, the same in every format for people. */
function findingLines(view: RunView, { detail = false }: TerminalOptions): Line[] {
  const { run, summaries, thresholds, problems, trials, serverLatencies } = view;
  return [
    ...groupLines(view),
    ...replayLines(view),
    ...besideLines(view),
    ...cacheLines(summaries),
    ...checkpointLines(view),
    ...ceilingLines(view, detail),
    ...trainingLines(summaries),
    ...nfsLines(summaries),
    ...ontapLines(run, summaries, serverLatencies),
    ...busyLines(trials),
    ...thresholdLines(thresholds),
    ...problemLines(problems),
  ];
}

/** @param detail groups of lines that follow the tables */
export function terminalRun(
  view: RunView,
  { answer, next }: Answered,
  options: TerminalOptions,
  detail: readonly (readonly string[])[],
): string {
  const { arms, notes } = noteArms(view);
  const paint = painter(options.color);
  const painted = (lines: readonly Line[]): DrawnLine[] => lines.map(({ text, tone }) => paint(text, tone));
  return paragraphs(
    [
      [answer],
      painted(headerLines(view)),
      ...armTables(arms).map((table) => terminalTable(table.arms, table.columns, options)),
      arms.length === 0 ? [] : [captionOf(view.summaries), ...notes.map((note, index) => `${index + 1}) ${note}`)],
      ...detail,
      painted(findingLines(view, options)),
      [...painted(fileLines(view.directory)), METHOD_LINE],
      nextLines(next),
    ],
    options,
  );
}

export function markdownRun(view: RunView, { answer, next }: Answered, options: TerminalOptions): string {
  const { arms, notes } = noteArms(view);
  const listed = (lines: readonly Line[]): string[] => lines.map(({ text }) => `- ${markdownText(text)}`);
  const [title, ...header] = headerLines(view);
  return paragraphs([
    [`## ${markdownText(title?.text ?? 'run')}`],
    [markdownText(answer)],
    listed(header),
    ...armTables(arms).map((table) => markdownTable(table.arms, table.columns)),
    arms.length === 0 ? [] : [captionOf(view.summaries)],
    notes.map((note, index) => `${index + 1}. ${markdownText(note)}`),
    listed(findingLines(view, options)),
    [markdownText(METHOD_LINE)],
    markdownNext(next),
  ]);
}
