/** The lines about jobs that ran beside each other: alone, together, and the loss. */
import { visibleText } from '../../base/visible-text.js';
import { type BesideLoss, besideLosses } from '../../stats/beside-loss.js';
import { formatValue, plural } from '../table/format.js';
import { levelsMislead } from '../table/misleading-levels.js';
import type { Line } from './run-lines.js';
import type { RunView } from './run-view.js';

/** Below this part of the time, a load was missing for too long. */
const LEAST_ACTIVE_SHARE = 0.9;
/** Sessions for a 95 % interval of the signed-rank test. */
const LEAST_UNITS = 6;
/** A loss and two medians may differ by this part of the value alone before a reader would ask why. */
const LEAST_EFFECT = 0.01;

/** Returns a line for each direction of each pair. */
export function besideLines({ run, trials }: RunView): Line[] {
  return besideLosses(run?.plan.arms ?? [], trials).map((loss): Line => {
    const isAway = loss.activeShare !== null && loss.activeShare < LEAST_ACTIVE_SHARE;
    return { text: besideText(loss), tone: isAway ? 'bad' : 'plain' };
  });
}

function besideText(loss: BesideLoss): string {
  const { alone, beside, measure, aloneLevel, besideLevel, ratio } = loss;
  const who = `${visibleText(shortOf(alone))} beside ${visibleText(shortOf(beside))}`;
  const { unit, label } = measure.metric;
  const named = `${formatValue(besideLevel, unit)} instead of ${formatValue(aloneLevel, unit)} alone`;
  const change = ratio === null ? 'not measured in both ways' : `${changeText(loss)} (${intervalText(loss)})`;
  return `${who}: ${label} ${named}, ${change}${medianText(loss)}${activeText(loss)}`;
}

/** Says why two medians do not show a loss that was found pair by pair. */
function medianText({ ratio, aloneLevel, besideLevel, measure, unit }: BesideLoss): string {
  if (ratio === null || aloneLevel === null || besideLevel === null) return '';
  const shown = { ratio: ratio.estimate, base: aloneLevel, candidate: besideLevel };
  if (!levelsMislead(shown, measure.metric.unit, LEAST_EFFECT)) return '';
  return ` within each ${unit} (the rates are medians over ${unit}s of different speed)`;
}

/** Returns the name of an arm without the level that says that it runs alone. */
function shortOf(arm: string): string {
  return arm.replace(/\/beside=none(?=@|$)/, '').replace(/,beside=none|beside=none,/, '');
}

function lossOf(ratio: number, { measure }: BesideLoss): number {
  return measure.metric.better === 'higher' ? 1 - ratio : ratio - 1;
}

function changeText(loss: BesideLoss): string {
  const share = lossOf(loss.ratio?.estimate as number, loss);
  return `a ${share < 0 ? 'gain' : 'loss'} of ${formatValue(Math.abs(share), 'ratio')}`;
}

function intervalText(loss: BesideLoss): string {
  const { ratio, units, unit } = loss;
  const [a, b] = [ratio?.low ?? Number.NaN, ratio?.high ?? Number.NaN].map((end) => lossOf(end, loss));
  const of = `${plural(units, unit)}`;
  if (!Number.isFinite(a) || !Number.isFinite(b) || units < LEAST_UNITS)
    return `${of}; a 95 % interval takes ${LEAST_UNITS} ${unit}s`;
  const [low, high] = [Math.min(a as number, b as number), Math.max(a as number, b as number)];
  return `95 % interval ${formatValue(low, 'ratio')} to ${formatValue(high, 'ratio')}, ${of}`;
}

function activeText({ activeShare, arm }: BesideLoss): string {
  if (activeShare === null) return '';
  const where = `in the trials of ${visibleText(arm)}, running for ${formatValue(activeShare, 'ratio')} of their time`;
  return `, ${where}${activeShare < LEAST_ACTIVE_SHARE ? ' (make this job longer, so that it need not start over)' : ''}`;
}

/** Returns the pairs for the JSON report. Losses are shares of the value alone; null where they are unknown. */
export function besideJson({ run, trials }: RunView): object[] {
  return besideLosses(run?.plan.arms ?? [], trials).map((loss) => {
    const { alone, beside, arm, role, measure, aloneLevel, besideLevel, ratio, unit, units, activeShare } = loss;
    const ends = ratio === null ? [] : [ratio.low, ratio.high].map((end) => lossOf(end, loss)).sort((a, b) => a - b);
    const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
    const isBounded = units >= LEAST_UNITS;
    return {
      alone,
      beside,
      arm,
      role,
      metric: measure.key,
      unit: measure.metric.unit,
      value_alone: aloneLevel,
      value_beside: besideLevel,
      loss: ratio === null ? null : finite(lossOf(ratio.estimate, loss)),
      loss_low: isBounded ? finite(ends[0]) : null,
      loss_high: isBounded ? finite(ends[1]) : null,
      paired_by: unit,
      pairs: units,
      active_share: activeShare,
    };
  });
}
