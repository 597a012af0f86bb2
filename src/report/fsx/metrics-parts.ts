/** What CloudWatch published around a run, as parts of its page. */
import type { PagePart } from '../../page/page.js';
import { chartParts, shownTable, textPart } from '../table/page-parts.js';
import { metricFindings } from './metric-findings.js';
import { metricsCharts } from './metrics-charts.js';
import { metricsColumns } from './metrics-columns.js';
import type { MetricsView } from './metrics-view.js';

/** Returns the metrics beside the trials, their means during the trials of each arm, and what follows from them. */
export function metricsParts(view: MetricsView): PagePart[] {
  const { arms, record } = view;
  const table = shownTable('CloudWatch’s metrics during the trials of each arm', arms, metricsColumns(arms));
  return [
    ...chartParts(metricsCharts(view)),
    ...(arms.length === 0 ? [] : [table]),
    ...textPart([...metricFindings(view), ...record.problems]),
  ];
}
