/** The answer of a calibration: which differences cannot be told from noise, and what it takes to detect the wanted one. */
import { DIFFERS } from '../../gate/calibration-checks.js';
import type { CalibratedCell, CalibrationRecord } from '../../record/calibration-record.js';
import type { NextStep } from '../table/answer-lines.js';
import { formatPercent, plural } from '../table/format.js';
import { answerOf, nextSteps } from './answer.js';
import { feedrateCommand, valuesOf } from './commands.js';
import { loadNames } from './load-words.js';

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;

/** Returns the answer, a few sentences. */
export function calibrationAnswer(calibration: CalibrationRecord): string {
  return answerOf([floorText(calibration), differsText(calibration), planText(calibration)]);
}

/** Returns the words of each cell. */
function cellNames(cells: readonly CalibratedCell[]): ReadonlyMap<CalibratedCell, string> {
  const loads = loadNames(cells.map(({ arm, words }) => ({ id: arm, job: arm, factors: [], words })));
  return new Map(
    cells.map((cell) => {
      const load = loads.get(cell.arm) as string;
      return [cell, cell.measure === 'throughput' ? load : `${cell.measure} of ${load}`];
    }),
  );
}

function floorText({ cells, path, plan }: CalibrationRecord): string {
  const names = cellNames(cells);
  const known = cells.flatMap((cell) => (cell.floor === null ? [] : [{ cell, floor: cell.floor }]));
  const [first, ...others] = known.toSorted((a, b) => b.floor - a.floor);
  if (first === undefined)
    return `the noise of ${path} is not known: ${plural(plan.sessions, 'session')} gave no noise floor`;
  const last = others.at(-1);
  const ofBest =
    last === undefined || percent(last.floor) === percent(first.floor)
      ? ''
      : `, and below ${percent(last.floor)} for ${names.get(last.cell)}`;
  const missing = cells.length - known.length;
  const rest = missing === 0 ? '' : `; no noise floor for ${missing} of ${plural(cells.length, 'cell')}`;
  return `on ${path}, differences below ${percent(first.floor)} cannot be told from noise for ${names.get(first.cell)}${ofBest}${rest}`;
}

/** A target that differs from itself makes its noise floor an understatement. */
function differsText({ cells }: CalibrationRecord): string {
  const differ = cells.filter(({ pDiffers }) => pDiffers <= DIFFERS);
  const drift = cells.filter(({ halves }) => halves !== null && halves.pDiffers <= DIFFERS);
  const parts = [
    ...(differ.length === 0
      ? []
      : [`the target differs from itself in ${differ.length} of ${plural(cells.length, 'cell')}`]),
    ...(drift.length === 0
      ? []
      : [`later sessions differ from earlier ones in ${drift.length} of ${plural(cells.length, 'cell')}`]),
  ];
  return parts.length === 0 ? '' : `${parts.join('; ')}, so gates on it may raise false alarms`;
}

function planText({ wanted, recommended, cells, plan }: CalibrationRecord): string {
  const aim = `a difference of ${formatPercent(wanted)}`;
  if (recommended === null) return `not even 200 sessions would detect ${aim}`;
  const { sessions, rounds } = recommended;
  const seen = cells.map(({ detectable }) => detectable);
  const isEnough = seen.every((detectable) => detectable !== null && detectable <= wanted);
  const asPlan = `${plural(sessions, 'session')} × ${plural(rounds, 'round')}`;
  return isEnough
    ? `the ${plan.sessions} sessions that were measured detect ${aim}, and ${asPlan} would be enough`
    : `to detect ${aim}, measure ${asPlan}`;
}

/** What the command line knows and the record does not. */
export interface CalibrationContext {
  /** The workload as it can be named in another command; null if it has no name. */
  readonly workload: string | null;
  /** The arguments after `feedrate`, as typed. */
  readonly command: readonly string[];
}

/** Returns the next step: more sessions where they were too few, else the recommended plan. */
export function calibrationNext(
  { warnings, path, recommended, plan, sessionsNeeded }: CalibrationRecord,
  { workload, command }: CalibrationContext,
): NextStep[] {
  if (warnings.some(({ code }) => code === 'too-few-sessions')) {
    const sessions = Math.max(sessionsNeeded ?? 0, LEAST_FOR_FLOOR);
    if (sessions <= plan.sessions) return [];
    return nextSteps([
      {
        what: `calibrate again in ${sessions} sessions`,
        command: feedrateCommand([...command, '--sessions', String(sessions)]),
      },
    ]);
  }
  if (recommended === null || workload === null) return [];
  const { sessions, rounds } = recommended;
  const fields = ['--set', `trials.sessions=${sessions}`, '--set', `trials.rounds=${rounds}`];
  return nextSteps([
    {
      what: 'measure the target with this plan, as a baseline or beside another target (-t)',
      command: feedrateCommand(['run', workload, '-t', path, ...variantWords(command), ...fields]),
    },
  ]);
}

/** The options that change the workload, as typed. The plan is not one of them. */
function variantWords(command: readonly string[]): string[] {
  return VARIANT_OPTIONS.flatMap(([option, long, short]) =>
    valuesOf(command, long, short).flatMap((value) => (value.startsWith('trials.') ? [] : [option, value])),
  );
}

const VARIANT_OPTIONS = [
  ['--set', '--set', undefined],
  ['-P', '--param', '-P'],
  ['--engine', '--engine', undefined],
] as const;

/** The fewest sessions for an interval at 95 %. */
const LEAST_FOR_FLOOR = 6;
