/** OpenMetrics text, which GitLab's metrics reports and Prometheus read. */
import { unreachable } from '../../base/assert.js';
import type { Metric } from '../../base/metrics.js';
import type { ExportFile } from './export-file.js';
import { type Measurement, statisticWord } from './measurements.js';

/** GitLab compares values as strings: with more digits, every run would be a change. */
const DIGITS = 3;

/** The unit's name in OpenMetrics, which ends the metric's name, and the factor from feedrate's base unit. */
interface MetricUnit {
  readonly name: string;
  readonly scale: number;
}

export function exportFiles(path: string): ExportFile[] {
  return [{ path, text: ({ measurements }) => openMetricsText(measurements) }];
}

/**
 * Returns one gauge per metric and one sample per arm and statistic, rounded to three digits. Units are seconds and
 * bytes, because the specification requires base units. Source: github.com/prometheus/OpenMetrics, specification 1.0.
 */
export function openMetricsText(measurements: readonly Measurement[]): string {
  const metrics = [...new Set(measurements.map(({ measure }) => measure.metric))];
  const lines = metrics.flatMap((metric) => {
    const ofMetric = measurements.filter(({ measure }) => measure.metric === metric);
    const unit = unitOf(metric);
    const name = `feedrate_${metric.key}_${unit.name}`;
    return [
      `# TYPE ${name} gauge`,
      `# UNIT ${name} ${unit.name}`,
      `# HELP ${name} ${escaped(metric.label)}: median over the sessions of a run.`,
      ...ofMetric.map((measurement) => `${name}${labelsOf(measurement)} ${rounded(measurement, unit)}`),
    ];
  });
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

function unitOf({ unit }: Metric): MetricUnit {
  switch (unit) {
    case 'bytes/s':
      return { name: 'bytes_per_second', scale: 1 };
    case 'ops/s':
      return { name: 'operations_per_second', scale: 1 };
    case 'ns':
      return { name: 'seconds', scale: 1e-9 };
    case 'ns/op':
      return { name: 'seconds_per_operation', scale: 1e-9 };
    case 'bytes':
      return { name: 'bytes', scale: 1 };
    case 'ratio':
    case 'count':
      return { name: unit, scale: 1 };
    default:
      return unreachable(unit);
  }
}

function rounded({ spread }: Measurement, { scale }: MetricUnit): string {
  if (spread.median === Infinity) return '+Inf';
  return String(Number((spread.median * scale).toPrecision(DIGITS)));
}

function labelsOf({ run, arm, measure }: Measurement): string {
  const statistic = statisticWord(measure);
  const labels = [
    ['workload', run.plan.workload],
    ['arm', arm],
    ...(statistic === null ? [] : [['statistic', statistic]]),
  ] as [string, string][];
  return `{${labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

/**
 * Escapes backslash, quote and line feed. Other control characters are legal, but most readers treat them as the end of
 * a line, so they become spaces. GitLab treats # as a comment even in quotes (`line.gsub(/#.*$/, '').shellsplit`), so
 * it becomes a full-width ＃.
 */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll('#', '＃');
}
