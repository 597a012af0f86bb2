/** The report that `feedrate calibrate` prints. */
import { metricOf } from '../../base/metrics.js';
import { formatDurationNs } from '../../base/units.js';
import { DIFFERS } from '../../gate/calibration-checks.js';
import type { CalibratedCell, CalibrationRecord } from '../../record/calibration-record.js';
import { measureOf } from '../../stats/measure.js';
import { type Answered, nextLines } from '../table/answer-lines.js';
import { ABSENT, formatValue, plural } from '../table/format.js';
import { METHOD_LINE } from '../table/method-line.js';
import { paragraphs } from '../table/report-line.js';
import type { ShownColumn } from '../table/shown-column.js';
import { painter, type TerminalOptions, terminalTable } from '../table/terminal.js';
import { formatChange } from './comparison-table.js';

/** Returns the report, ending with a line break. The JSON form is the stored record with every number, and the answer. */
export function renderCalibration(
  calibration: CalibrationRecord,
  { answer, next }: Answered,
  format: 'table' | 'json',
  options: TerminalOptions,
): string {
  if (format === 'json') return `${JSON.stringify({ answer, next, ...calibration }, null, 2)}\n`;
  const paint = painter(options.color);
  const { warnings } = calibration;
  return paragraphs(
    [
      [answer],
      headerLines(calibration),
      [...terminalTable(calibration.cells, columnsFor(calibration.cells), options), ...LEGEND],
      checkLines(calibration),
      planLines(calibration),
      warnings.map(({ code, message, remedy }) => paint(`${code}: ${message} → ${remedy}`, 'bad')),
      [METHOD_LINE],
      nextLines(next),
    ],
    options,
  );
}

function headerLines({ path, target, run, plan, workload }: CalibrationRecord): string[] {
  const trials = `${plural(plan.sessions, 'session')} × ${plural(plan.rounds, 'round')}`;
  return [
    `${path} (${target.fileSystem} on ${target.source}) measured against itself: ${workload}, ${trials}`,
    `run ${run}`,
  ];
}

/** Of several metrics, each row needs its own. */
function columnsFor(cells: readonly CalibratedCell[]): readonly ShownColumn<CalibratedCell>[] {
  const areSeveral = new Set(cells.map(({ measure }) => measure)).size > 1;
  return COLUMNS.map((column) => (column.head === 'metric' && areSeveral ? { ...column, dropOrder: 0 } : column));
}

const COLUMNS: readonly ShownColumn<CalibratedCell>[] = [
  { head: 'arm', align: 'left', dropOrder: 0, text: ({ arm }) => arm },
  { head: 'metric', align: 'left', dropOrder: 4, text: ({ measure }) => measure },
  { head: 'median', align: 'right', dropOrder: 3, text: medianText },
  { head: 'trial CV', align: 'right', dropOrder: 2, text: ({ trialCv }) => percent(trialCv) },
  { head: 'session sd', align: 'right', dropOrder: 1, text: ({ sessionSd }) => percent(sessionSd) },
  { head: 'variance by', align: 'left', dropOrder: 6, text: sharesText },
  {
    head: 'repeat more',
    align: 'left',
    dropOrder: 5,
    text: ({ repeatMore }) => (repeatMore ? `${repeatMore}s` : ABSENT),
  },
  {
    head: 'B vs A',
    align: 'right',
    dropOrder: 3,
    text: ({ ratio }) => (ratio === null ? ABSENT : formatChange(ratio.estimate, 'percent')),
    tone: ({ pDiffers }) => (pDiffers <= DIFFERS ? 'bad' : 'plain'),
  },
  {
    head: 'late vs early',
    align: 'right',
    dropOrder: 7,
    text: ({ halves }) => (halves?.ratio ? formatChange(halves.ratio, 'percent') : ABSENT),
    tone: ({ halves }) => (halves !== null && halves.pDiffers <= DIFFERS ? 'bad' : 'plain'),
  },
  { head: 'noise floor', align: 'right', dropOrder: 0, text: ({ floor }) => percent(floor) },
  { head: 'could see', align: 'right', dropOrder: 0, text: ({ detectable }) => percent(detectable) },
];

const LEGEND = [
  'trial CV: variation within a session; session sd: variation of B/A between sessions',
  'noise floor: the smallest difference that compare and gate report here',
  'could see: the difference that this plan detects in 9 of 10 tries',
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

/** What the target shows against itself: the cell with the smallest p of each check. */
function checkLines({ cells, plan }: CalibrationRecord): string[] {
  const half = Math.floor(plan.sessions / 2);
  const sides = cells.map((cell) => ({ ...cell, ratio: cell.ratio?.estimate ?? null }));
  const halves = cells.flatMap((cell) => (cell.halves === null ? [] : [{ ...cell, ...cell.halves }]));
  return [
    `B compared with A: ${checkText(sides)}`,
    `the last ${plural(half, 'session')} compared with the first ${half}: ${checkText(halves)}`,
    'Both compare the target with itself, so a difference (p below 0.05) would be a false alarm of a gate. Two comparisons cannot show how often false alarms happen. Neither covers the noise between days.',
  ];
}

interface SelfComparison extends Pick<CalibratedCell, 'arm' | 'measure' | 'pDiffers' | 'couldDiffer'> {
  readonly ratio: number | null;
}

function checkText(checks: readonly SelfComparison[]): string {
  const least = checks.reduce<SelfComparison | null>((a, b) => (a === null || b.pDiffers < a.pDiffers ? b : a), null);
  if (least === null || least.ratio === null) return 'not measured';
  const { arm, measure, pDiffers, couldDiffer, ratio } = least;
  const none = couldDiffer ? 'no difference' : 'too few sessions to show a difference';
  const p = pDiffers < 0.001 ? 'p < 0.001' : `p = ${pDiffers.toFixed(3)}`;
  return `${pDiffers <= DIFFERS ? 'it differs' : none}; ${formatChange(ratio)} in ${measure} of ${arm} (${p} over all cells)`;
}

function planLines({ wanted, power, recommended, alpha }: CalibrationRecord): string[] {
  const aim = `to detect ${percent(wanted)} in every cell (power ${power * 100} %, alpha ${alpha * 100} %)`;
  if (recommended === null) return [`${aim}: 200 sessions are not enough for this noise`];
  const { sessions, rounds, durationNs } = recommended;
  const set = `--set trials.sessions=${sessions} --set trials.rounds=${rounds}`;
  return [
    `${aim}: ${plural(sessions, 'session')} × ${plural(rounds, 'round')}, about ${formatDurationNs(durationNs)} (${set})`,
  ];
}
