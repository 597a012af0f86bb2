/** The numbers of a run that matter most. */
import { METRICS, type NumberKey, type NumberMetric } from '../../base/metrics.js';
import { formatDurationNs } from '../../base/units.js';
import type { PageFigure } from '../../page/page.js';
import type { ArmSummary } from '../../stats/summary.js';
import { headlinesOf } from '../answer/headlines.js';
import type { RunView } from '../run/run-view.js';
import { formatRange, formatValue, plural } from '../table/format.js';

/** Up to so many arms, each has its number. Of more, the least and the largest are shown. */
const EACH_MAX = 4;

/** Returns the numbers: results with their intervals, cache claims, thresholds, trials. */
export function keyFigures(view: RunView): PageFigure[] {
  return [...resultFigures(view), ...claimFigures(view), ...thresholdFigures(view), ...trialFigures(view)];
}

interface Result {
  readonly summary: ArmSummary;
  readonly key: NumberKey;
  readonly median: number;
}

function resultFigures({ run, summaries }: RunView): PageFigure[] {
  const arms = new Map(run?.plan.arms.map((arm) => [arm.id, arm]));
  const results = summaries.flatMap((summary): Result[] => {
    const [key] = headlinesOf({ arm: arms.get(summary.arm.id), summary });
    const median = summary.numbers[key]?.median;
    return median === undefined || !Number.isFinite(median) ? [] : [{ summary, key, median }];
  });
  if (results.length <= EACH_MAX) return results.map((result) => figureOf(result, metricOf(result.key).label));
  return [...new Set(results.map(({ key }) => key))].flatMap((key) => {
    const { label } = metricOf(key);
    const same = results.filter((result) => result.key === key);
    const sorted = same.toSorted((a, b) => a.median - b.median);
    const [least, most] = [sorted[0] as Result, sorted.at(-1) as Result];
    if (least === most) return [figureOf(most, label)];
    return [figureOf(most, `highest ${label}`), figureOf(least, `lowest ${label}`)];
  });
}

function metricOf(key: NumberKey): NumberMetric {
  return METRICS.find((metric) => metric.key === key) as NumberMetric;
}

function figureOf({ summary, key, median }: Result, label: string): PageFigure {
  const { unit } = metricOf(key);
  const spread = summary.numbers[key];
  const { n = 0, medianLow = 0, medianHigh = 0, min = 0, max = 0 } = spread ?? {};
  const interval = Number.isFinite(medianLow)
    ? `95 % interval ${formatRange(medianLow, medianHigh, unit)}`
    : n > 1
      ? `${formatRange(min, max, unit)} over the trials`
      : 'one trial';
  return { label, value: formatValue(median, unit), note: `${interval}, n = ${n}`, of: summary.arm.id };
}

function claimFigures({ summaries }: RunView): PageFigure[] {
  const claims = summaries.flatMap(({ cache }) => (cache === null || cache.verdict === 'none' ? [] : [cache]));
  if (claims.length === 0) return [];
  const count = (verdict: string) => claims.filter((claim) => claim.verdict === verdict).length;
  const [proven, contradicted] = [count('proven'), count('contradicted')];
  const note =
    contradicted > 0 ? `${contradicted} contradicted` : proven < claims.length ? 'the others are unproven' : '';
  return [{ label: 'cache claims confirmed', value: `${proven} of ${claims.length}`, note }];
}

function thresholdFigures({ thresholds }: RunView): PageFigure[] {
  if (thresholds.length === 0) return [];
  const met = thresholds.filter(({ passed }) => passed).length;
  return [{ label: 'thresholds met', value: `${met} of ${thresholds.length}`, note: '' }];
}

function trialFigures({ run, trials }: RunView): PageFigure[] {
  const failed = trials.filter(({ status }) => status === 'failed').length;
  const measuredNs = trials.reduce((sum, { wallNs }) => sum + wallNs, 0);
  const planned = run === null ? '' : ` of ${run.plan.trials.length}`;
  const note = `${failed === 0 ? '' : `${plural(failed, 'trial')} failed; `}${formatDurationNs(measuredNs)} together`;
  return [{ label: 'trials', value: `${trials.length}${planned}`, note }];
}
