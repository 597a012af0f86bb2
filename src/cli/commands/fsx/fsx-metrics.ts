/** `feedrate fsx metrics`: what CloudWatch measured while a run was measured. */
import { EXIT, FeedrateError } from '../../../base/errors.js';
import { parseDuration } from '../../../base/units.js';
import type { RunMetricsRequest } from '../../../fsx/run-metrics.js';
import type { FsxMetricsRecord } from '../../../record/fsx-metrics-record.js';
import type { ReadableRun } from '../../../record/stored-run.js';
import { REPORT_FORMATS, type ReportFormat } from '../../../report/render.js';
import { formatOption, resultsOption } from '../../options/common-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { printReport, tell } from '../../output/print.js';
import { exits } from '../../terminal/exits.js';
import { stdoutOptions } from '../../terminal/output.js';

interface MetricsOptions {
  /** The results directory. */
  readonly output: string;
  readonly format: ReportFormat;
  readonly fileSystem?: string;
  readonly volume?: string;
  readonly region?: string;
  readonly refresh?: boolean;
  readonly wait?: string;
}

export const fsxMetrics: Subcommand = {
  name: 'metrics',
  description: 'show what CloudWatch measured during a run, joined to its trials',
  completes: 'runs',
  configure(command) {
    command
      .argument('[run]', 'directory or name of the run, or the beginning or end of its name', 'latest')
      .option('--file-system <id>', 'file system of targets for which the run does not record one (fs-…)')
      .option('--volume <id>', 'volume of these targets (fsvol-…)')
      .option('--region <name>', 'region of that file system (default: as configured for the AWS CLI)')
      .option('--wait <time>', 'wait until the metrics are complete, at most this long, such as 10m')
      .option('--refresh', 'fetch again, even if complete metrics are kept with the run')
      .addOption(resultsOption())
      .addOption(formatOption(REPORT_FORMATS))
      .action(exits(showMetrics));
  },
  examples: `
Examples:
  feedrate fsx metrics
  feedrate fsx metrics a1f3 --wait 10m
  feedrate fsx metrics --format csv > metrics.csv

Metrics arrive some minutes late. They are kept with the run, so a second call
needs no network. Requires cloudwatch:GetMetricData and cloudwatch:ListMetrics.
`,
};

/** How long the instance may take to say its region. */
const PLACE_MS = 1000;

/** Prints the metrics of a run. Throws `FeedrateError` when the run or its file system is not known, or CloudWatch refuses. */
async function showMetrics(spec: string, options: MetricsOptions): Promise<number> {
  const [{ resolveRun }, { readRun }, { runSpanMs }, { viewMetrics }, { renderFsxMetrics }] = await Promise.all([
    import('../../../store/find-runs.js'),
    import('../../../store/read-run.js'),
    import('../../../fsx/run-metrics.js'),
    import('../../../report/fsx/metrics-view.js'),
    import('../../../report/fsx/render-fsx-metrics.js'),
  ]);
  const waitMs = parseWait(options.wait);
  const stored = readRun(resolveRun(options.output, spec, tell), { omitted: ['latency', 'series'] });
  const { run } = stored;
  if (run === null) throw new FeedrateError('store', `${stored.directory}: run.json is missing or damaged`);
  const span = runSpanMs(run, stored.trials, Date.now());
  const record = await metricsOf({ ...stored, run }, span, waitMs, options);
  const view = viewMetrics(stored.id, record, stored.trials, span.endMs);
  printReport(renderFsxMetrics(view, options.format, stdoutOptions()), options.format);
  return EXIT.pass;
}

function parseWait(text: string | undefined): number {
  if (text === undefined) return 0;
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new FeedrateError('usage', `--wait: ${parsed.message}`);
  return parsed.value / 1e6;
}

/** Returns the metrics that are kept with the run if they are complete, otherwise what CloudWatch has. */
async function metricsOf(
  stored: ReadableRun,
  span: { readonly startMs: number; readonly endMs: number },
  waitMs: number,
  options: MetricsOptions,
): Promise<FsxMetricsRecord> {
  const [{ isCompleteFor }, { keepFsxMetrics }] = await Promise.all([
    import('../../../fsx/run-metrics.js'),
    import('../../../store/fsx-metrics-file.js'),
  ]);
  const kept = options.refresh ? null : await keptMetrics(stored.directory);
  if (kept !== null && isCompleteFor(kept, span.endMs)) return kept;
  let fetched: FsxMetricsRecord;
  try {
    fetched = await fetchFor(stored, { ...span, waitMs }, options);
  } catch (thrown) {
    if (kept === null || !(thrown instanceof FeedrateError)) throw thrown;
    tell(`feedrate: ${thrown.message}`);
    tell('feedrate: showing the incomplete metrics that are kept with the run');
    return kept;
  }
  try {
    keepFsxMetrics(stored.directory, fetched);
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    tell(`feedrate: ${thrown.message}`);
  }
  return fetched;
}

async function keptMetrics(directory: string): Promise<FsxMetricsRecord | null> {
  const { readFsxMetrics } = await import('../../../store/fsx-metrics-file.js');
  try {
    return readFsxMetrics(directory);
  } catch (thrown) {
    tell(`feedrate: ${(thrown as Error).message}; fetching the metrics again`);
    return null;
  }
}

async function fetchFor(
  { run }: ReadableRun,
  span: Omit<RunMetricsRequest, 'targets' | 'sources'>,
  { fileSystem, volume, region }: MetricsOptions,
): Promise<FsxMetricsRecord> {
  const [{ checkNamedVolume, metricSources, metricTargets }, { fetchRunMetrics }, { openCloudWatch }] =
    await Promise.all([
      import('../../../fsx/metric-targets.js'),
      import('../../../fsx/run-metrics.js'),
      import('../../../fsx/cloudwatch.js'),
    ]);
  const [{ configuredRegion }, { readInstancePlace }, { PATIENT }] = await Promise.all([
    import('../../../aws/region.js'),
    import('../../../aws/instance-metadata.js'),
    import('../../../aws/retry.js'),
  ]);
  const environments = run.environment.targets;
  const named = checkNamedVolume({
    fileSystemId: fileSystem ?? null,
    volumeId: volume ?? null,
    region: region ?? null,
  });
  const targets = await metricTargets(environments, named, () => configuredRegion(() => readInstancePlace(PLACE_MS)));
  const tools = { openApi: (name: string) => openCloudWatch(name, PATIENT), tell, now: Date.now };
  return fetchRunMetrics({ ...span, targets, sources: metricSources(targets, environments) }, tools);
}
