/** The report that `feedrate feed` prints. */
import { formatBytes, formatDurationNs, formatThroughput, formatWhole } from '../../base/units.js';
import type { EmulatedAu, FeedRecord, FeedWhatIf, RampStep } from '../../record/feed-record.js';
import type { LimiterEvidence } from '../../training/predict/prediction.js';
import { type Answered, nextLines } from '../table/answer-lines.js';
import { ABSENT, formatPercent, formatValue, plural } from '../table/format.js';
import { paragraphs, type ReportLine } from '../table/report-line.js';
import type { ShownColumn } from '../table/shown-column.js';
import { type TerminalOptions, terminalTable } from '../table/terminal.js';
import { auChart } from './au-chart.js';
import { capacityText, intervalText, ranksOnHosts } from './feed-answer.js';

/** Returns the report, ending with a line break. The JSON form has every number, and the answer. */
export function renderFeed(
  record: FeedRecord,
  answered: Answered,
  format: 'table' | 'json',
  options: TerminalOptions,
): string {
  if (format === 'json') return `${JSON.stringify(feedJson(record, answered), null, 2)}\n`;
  const { emulated, ramp, whatIf } = record;
  const table = <Row>(rows: readonly Row[], columns: readonly ShownColumn<Row>[]): ReportLine[] =>
    rows.length === 0 ? [] : terminalTable(rows, columns, options);
  return paragraphs(
    [
      [answered.answer],
      headerLines(record),
      chartLines(record, options.columns),
      table(emulated, EMULATED),
      table(ramp, RAMP),
      evidenceLines(record.limiter?.evidence ?? []),
      table(whatIf, WHAT_IF),
      whatIf.flatMap(({ model, refusal }) => (refusal === null ? [] : [`${model}: ${refusal}`])),
      noteLines(record),
      nextLines(answered.next),
    ],
    options,
  );
}

/** The JSON form: predicted and emulated AU are kept apart. */
export function feedJson({ predicted, emulated, ...rest }: FeedRecord, { answer, next }: Answered): object {
  return { answer, next, ...rest, au: { predicted, measured: emulated } };
}

export function headerLines({ model, data, reader, target, run, loader, group }: FeedRecord): string[] {
  const from = model.round === '' ? '' : ` (${model.round})`;
  const sizes = `samples of ${formatBytes(model.recordBytes)}, batches of ${formatWhole(model.batchSize)}`;
  const read = reader === 'format' ? `read as a ${model.format} loader reads` : `read as the client of ${reader} reads`;
  const owner = data.kind === 'generated' ? 'generated' : 'of yours';
  return [
    `${model.name}${from}: ${sizes}, ${formatDurationNs(model.computeNs)} a step; ${read}`,
    `data: ${formatWhole(data.files)} files ${owner}, ${formatBytes(data.bytes)}, on ${target.path} (${target.fileSystem})`,
    `loaders: ${plural(loader.numWorkers, 'worker')} each, prefetch factor ${loader.prefetchFactor}`,
    ...(group === undefined
      ? []
      : [`${ranksOnHosts(group)} ran together; each had the same number of readers and of accelerators`]),
    `run ${run}`,
  ];
}

function chartLines({ predicted, emulated, threshold }: FeedRecord, columns: number): string[] {
  const pointsOf = (each: readonly { readonly accelerators: number; readonly au: { readonly estimate: number } }[]) =>
    each.map(({ accelerators, au }) => ({ accelerators, au: au.estimate }));
  return auChart({ predicted: pointsOf(predicted), measured: pointsOf(emulated), threshold }, columns);
}

const SIDES: Readonly<Record<EmulatedAu['side'], string>> = {
  above: 'enough',
  below: 'too low',
  edge: 'at the edge',
  open: 'not decided',
};

export const EMULATED: readonly ShownColumn<EmulatedAu>[] = [
  { head: 'accelerators', align: 'right', dropOrder: 0, text: ({ accelerators }) => formatWhole(accelerators) },
  { head: 'AU', align: 'right', dropOrder: 0, text: ({ au }) => formatValue(au.estimate, 'ratio') },
  { head: '95 % interval', align: 'right', dropOrder: 1, text: ({ au }) => auIntervalText(au) },
  { head: 'trials', align: 'right', dropOrder: 2, text: ({ trials }) => String(trials) },
  { head: 'steps', align: 'right', dropOrder: 3, text: ({ steps }) => formatWhole(steps) },
  {
    head: 'result',
    align: 'left',
    dropOrder: 0,
    text: ({ side }) => SIDES[side],
    tone: ({ side }) => (side === 'above' ? 'good' : side === 'below' ? 'bad' : 'plain'),
  },
];

function auIntervalText({ low, high }: EmulatedAu['au']): string {
  if (low === null || high === null) return ABSENT;
  return `${(low * 100).toFixed(1)} to ${formatValue(high, 'ratio')}`;
}

export const RAMP: readonly ShownColumn<RampStep>[] = [
  { head: 'readers', align: 'right', dropOrder: 0, text: ({ readers }) => formatWhole(readers) },
  {
    head: 'samples/s',
    align: 'right',
    dropOrder: 0,
    text: ({ samplesPerSecond }) => formatValue(samplesPerSecond, 'count'),
  },
  { head: 'throughput', align: 'right', dropOrder: 0, text: ({ bytesPerSecond }) => formatThroughput(bytesPerSecond) },
  { head: 'median of a sample', align: 'right', dropOrder: 1, text: ({ medianNs }) => formatDurationNs(medianNs) },
  { head: 'p99', align: 'right', dropOrder: 1, text: ({ p99Ns }) => formatDurationNs(p99Ns) },
];

const UNITS = { count: 'count', ns: 'ns', 'bytes/s': 'bytes/s' } as const;

/** The figures that name the limiter. */
export function evidenceLines(evidence: readonly LimiterEvidence[]): string[] {
  const shown = evidence.map(({ what, value, unit }) => {
    if (unit === 'share') return `${what}: ${formatValue(value, 'ratio')}`;
    return `${what}: ${unit === 'samples/s' ? `${formatValue(value, 'count')}/s` : formatValue(value, UNITS[unit])}`;
  });
  return shown.length === 0 ? [] : ['evidence for the limit:', ...shown.map((line) => `  ${line}`)];
}

export const WHAT_IF: readonly ShownColumn<FeedWhatIf>[] = [
  { head: 'what if', align: 'left', dropOrder: 0, text: ({ model }) => model },
  {
    head: 'kept busy',
    align: 'right',
    dropOrder: 0,
    text: ({ accelerators }) => (accelerators === null ? ABSENT : capacityText(accelerators.estimate)),
  },
  {
    head: '95 % interval',
    align: 'right',
    dropOrder: 1,
    text: ({ accelerators }) => (accelerators === null ? ABSENT : intervalText(accelerators)),
  },
  {
    head: 'reach the AU',
    align: 'right',
    dropOrder: 0,
    text: ({ whole, threshold }) => (whole === null ? ABSENT : `${formatWhole(whole)} (${formatPercent(threshold)})`),
  },
  {
    head: 'loader',
    align: 'left',
    dropOrder: 2,
    text: ({ recommended }) =>
      recommended === null
        ? ABSENT
        : `${plural(recommended.numWorkers, 'worker')}, prefetch factor ${recommended.prefetchFactor}`,
  },
];

export function noteLines({ client, doubts, notes }: FeedRecord): string[] {
  const { perSampleNs, perReadNs, perBatchNs, perHandOverNs, source } = client;
  const costs = [
    ...(perReadNs === undefined ? [] : [`${formatDurationNs(perReadNs)} of CPU to read a sample`]),
    ...(perSampleNs === 0 ? [] : [`${formatDurationNs(perSampleNs)} to preprocess it`]),
    `${formatDurationNs(perBatchNs)} for a batch`,
    `${formatDurationNs(perHandOverNs)} to hand it over`,
  ];
  return [`the client itself takes ${costs.join(', ')} (${source})`, ...notes, ...doubts.map(({ message }) => message)];
}
