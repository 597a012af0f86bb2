/** OpenMetrics text, which GitLab's metrics reports and Prometheus read. */
import { unreachable } from '../../base/assert.js';
import type { Metric } from '../../base/metrics.js';
import type { Arm } from '../../plan/plan.js';
import type { CellValue, Column } from '../../record/csv-table.js';
import { factorColumns } from '../../record/trial-columns.js';
import { type Measurement, statisticWord } from '../../stats/measurements.js';
import type { ExportFile } from './export-file.js';

/** The unit's name in OpenMetrics, which ends the metric's name, and the factor from feedrate's base unit. */
interface MetricUnit {
  readonly name: string;
  readonly scale: number;
}

export function exportFiles(path: string): ExportFile[] {
  return [{ path, text: ({ measurements, digits }) => openMetricsText(measurements, digits) }];
}

/**
 * Returns one gauge per metric and one sample per arm and statistic. Units are seconds and bytes, because the
 * specification requires base units. Source: github.com/prometheus/OpenMetrics, specification 1.0.
 * @param digits significant digits of the values. GitLab compares values as texts, so that with all digits every run is a
 * change. Default: all
 */
export function openMetricsText(measurements: readonly Measurement[], digits: number | null = null): string {
  const factors = new Map(measurements.map(({ run }) => [run, factorColumns(run.plan.arms, (arm: Arm) => arm)]));
  const metrics = [...new Set(measurements.map(({ measure }) => measure.metric))];
  const lines = metrics.flatMap((metric) => {
    const ofMetric = measurements.filter(({ measure }) => measure.metric === metric);
    const unit = unitOf(metric);
    const name = `feedrate_${metric.key}_session_median_${unit.name}`;
    return [
      `# TYPE ${name} gauge`,
      `# UNIT ${name} ${unit.name}`,
      `# HELP ${name} ${escaped(metric.label)}: median over the sessions of a run.`,
      ...ofMetric.map(
        (measurement) =>
          `${name}${labelsOf(measurement, factors.get(measurement.run) ?? [])} ${scaled(measurement, unit, digits)}`,
      ),
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

function scaled({ spread }: Measurement, { scale }: MetricUnit, digits: number | null): string {
  if (spread.median === Infinity) return '+Inf';
  const value = spread.median * scale;
  return String(digits === null ? value : Number(value.toPrecision(digits)));
}

/** Returns the labels of a sample: its arm, the arm's factors in base units, the user's labels and the statistic. */
function labelsOf({ run, arm: id, measure }: Measurement, factors: readonly Column<Arm>[]): string {
  const arm = run.plan.arms.find((each) => each.id === id) as Arm;
  const statistic = statisticWord(measure);
  const labels: [string, CellValue][] = [
    ['workload', run.plan.workload],
    ['arm', id],
    ['job', arm.job],
    ['target', arm.target],
    ...(statistic === null ? [] : [['statistic', statistic] as [string, CellValue]]),
    ...factors.map(({ name, value }): [string, CellValue] => [name, value(arm)]),
    ...Object.entries(run.labels).map(([name, value]): [string, CellValue] => [`label_${name}`, value]),
  ];
  const taken = new Set<string>();
  const texts = labels.map(([name, value]) => {
    const label = freeName(name.replaceAll(/[^A-Za-z0-9_]/g, '_'), taken);
    taken.add(label);
    return value === null ? null : `${label}="${escaped(String(value))}"`;
  });
  return `{${texts.filter((text) => text !== null).join(',')}}`;
}

/** Returns a name, with a number if another name became the same in letters that OpenMetrics allows for a label. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
  return free;
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
