/** A calibration → the bytes that `calibrate` prints. */
import { metricOf } from '../../base/metrics.js';
import { formatDurationNs } from '../../base/units.js';
import { type CalibratedCell, type CalibrationRecord, encodeCalibration } from '../../record/calibration-record.js';
import { measureOf } from '../../stats/measure.js';
import { ABSENT, formatValue, oneLine, paragraphs, plural } from '../table/format.js';
import type { ShownColumn } from '../table/shown-column.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { formatChange } from './comparison-table.js';

/** The report, a line break at its end. JSON is the record as it is stored, with every number. */
export function renderCalibration(
  calibration: CalibrationRecord,
  format: 'table' | 'json',
  options: TerminalOptions,
): string {
  if (format === 'json') return encodeCalibration(calibration);
  const paint = painter(options.color);
  const { warnings } = calibration;
  return paragraphs([
    headerLines(calibration),
    [...terminalTable(calibration.cells, COLUMNS, options), ...LEGEND],
    falseAlarmLines(calibration),
    planLines(calibration),
    warnings.map(({ code, message, remedy }) => paint(oneLine(`${code}: ${message} → ${remedy}`), 'bad')),
  ]);
}

function headerLines({ path, target, run, plan, workload }: CalibrationRecord): string[] {
  const trials = `${plural(plan.sessions, 'session')} × ${plural(plan.rounds, 'round')}`;
  return [
    `${oneLine(path)} (${target.fileSystem} on ${oneLine(target.source)}) against itself: ${workload}, ${trials}`,
    `run ${run}`,
  ];
}

const COLUMNS: readonly ShownColumn<CalibratedCell>[] = [
  { head: 'arm', align: 'left', dropOrder: 0, text: ({ arm }) => oneLine(arm) },
  { head: 'measure', align: 'left', dropOrder: 4, text: ({ measure }) => measure },
  { head: 'median', align: 'right', dropOrder: 3, text: medianText },
  { head: 'trial CV', align: 'right', dropOrder: 2, text: ({ trialCv }) => percent(trialCv) },
  { head: 'session sd', align: 'right', dropOrder: 1, text: ({ sessionSd }) => percent(sessionSd) },
  { head: 'variance of', align: 'left', dropOrder: 6, text: sharesText },
  {
    head: 'repeat more',
    align: 'left',
    dropOrder: 5,
    text: ({ repeatMore }) => (repeatMore ? `${repeatMore}s` : ABSENT),
  },
  {
    head: 'B to A',
    align: 'right',
    dropOrder: 3,
    text: ({ ratio }) => (ratio === null ? ABSENT : formatChange(ratio.estimate)),
    tone: ({ pDiffers }) => (pDiffers <= 0.05 ? 'bad' : 'plain'),
  },
  { head: 'floor', align: 'right', dropOrder: 0, text: ({ floor }) => percent(floor) },
  { head: 'can see', align: 'right', dropOrder: 0, text: ({ detectable }) => percent(detectable) },
];

const LEGEND = [
  'trial CV: within a session; session sd: of B/A between sessions; floor: the least min-effect that gate and compare use here;',
  'can see: what this plan shows with 90 % power',
];

function medianText({ median, measure }: CalibratedCell): string {
  const metric = measureOf(measure)?.metric ?? metricOf(measure);
  return metric === undefined ? ABSENT : formatValue(median, metric.unit);
}

/** `session 12 % · round 3 % · trial 85 %`. */
function sharesText({ levels }: CalibratedCell): string {
  return levels.length === 0
    ? ABSENT
    : levels.map(({ level, share }) => `${level} ${(share * 100).toFixed(0)} %`).join(' · ');
}

function percent(part: number | null): string {
  return part === null ? ABSENT : `${(part * 100).toFixed(1)} %`;
}

function falseAlarmLines({ falseAlarms, alpha, minEffect, cells }: CalibrationRecord): string[] {
  const { families, alarms, high, sessionsNeeded } = falseAlarms;
  if (sessionsNeeded !== null) {
    return [
      `false alarms: none possible, nor any true one: below ${plural(sessionsNeeded, 'session')} no p is small enough`,
    ];
  }
  const rule = `family-wise ${alpha * 100} % over ${plural(cells.length, 'cell')}, min-effect ${minEffect * 100} %`;
  return [
    `false alarms of the gate (${rule}): ${alarms} of ${families} families, at most ${percent(high)} with 95 % confidence`,
    'families are these sessions with A and B exchanged at random: that checks the rule on this noise with its ties and its',
    'shape, not what another day brings; two runs on two days differ by more than two sides of one run',
  ];
}

function planLines({ wanted, power, recommended, alpha }: CalibrationRecord): string[] {
  const aim = `to show ${percent(wanted)} in every cell (power ${power * 100} %, family-wise ${alpha * 100} %)`;
  if (recommended === null) return [`${aim}: no plan of up to 200 sessions, with this noise`];
  const { sessions, rounds, durationNs } = recommended;
  const set = `--set trials.sessions=${sessions} --set trials.rounds=${rounds}`;
  return [
    `${aim}: ${plural(sessions, 'session')} × ${plural(rounds, 'round')}, about ${formatDurationNs(durationNs)} (${set})`,
  ];
}
