/** `feedrate fsx tiering` with several targets: a volume for each policy, measured in one run. */
import { FeedrateError } from '../../base/errors.js';
import { runSpanMs } from '../../fsx/run-metrics.js';
import { settingOf, volumeDifferences } from '../../fsx/tiering-differences.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { formatSetting } from '../../record/tiering-words.js';
import type { VolumeRecord } from '../../record/volume-record.js';
import { aligned, wrapped } from '../../report/table/columns.js';
import { touchableOf, untilTouched } from '../../run/first-touch.js';
import type { NamedPath, RunRequest, WorkloadText } from '../../run/request.js';
import { pairOf, parseRunOptions, type RunOptions } from '../options/arguments.js';
import type { TieringOptions } from '../options/tiering-options.js';
import { namedWorkload } from '../options/workload-input.js';
import { print, printLines, tell } from '../output/print.js';
import { printRequests } from './counted-requests.js';
import { stdoutOptions } from './output.js';

/** The workload that is measured by default. */
const DEFAULT_WORKLOAD = 'tiering';

/** Returns the workload to measure. */
export function workloadOrDefault(workload: string | undefined): Promise<WorkloadText> {
  return namedWorkload(workload, 'tiering', DEFAULT_WORKLOAD);
}

/** Runs a workload on targets whose volumes are known. The run is null if nothing was measured. */
type MeasureVolumes = (
  options: RunOptions,
  volumes: RunRequest['volumes'],
) => Promise<{ readonly status: number; readonly run: ReadableRun | null }>;

/**
 * Measures volumes of different policies, and prints the comparison and the residency of each. Returns the exit status.
 * Throws `FeedrateError('usage')` when they are not volumes of different policies.
 */
export async function compareVolumes(
  targets: readonly NamedPath[],
  workload: string | undefined,
  options: TieringOptions,
  measure: MeasureVolumes,
): Promise<number> {
  const volumes = await volumesOf(targets, options);
  for (const difference of volumeDifferences(volumes)) tell(difference);
  const { readPrices } = await import('../../fsx/prices.js');
  const prices = readPrices(options.prices ?? null);
  const parsed = {
    ...parseRunOptions({ ...options, format: 'table' }),
    workload: await workloadOrDefault(workload),
  };
  const known = new Map([...volumes].map(([name, volume]) => [name, { volume }]));
  const { status, run } = await measure(parsed, known);
  if (run === null) return status;
  await printComparison([run], 'target', options);
  printResidencies(run);
  const { startMs, endMs } = runSpanMs(run.run, run.trials, Date.now());
  const times = [...volumes].map(([name, volume]) => ({ name, volume, startMs, endMs, run: run.id }));
  await printRequests(times, prices);
  return status;
}

/**
 * Returns the volumes behind the targets. Throws `FeedrateError('cloud')` when AWS does not show one, and
 * `FeedrateError('usage')` when a target is on no volume, or for a `--volume` that names no target.
 */
export async function volumesOf(
  targets: readonly NamedPath[],
  { volume = [], region }: Pick<TieringOptions, 'volume' | 'region'>,
): Promise<ReadonlyMap<string, VolumeRecord>> {
  const [{ nfsCandidates }, { askAboutTargets, DESCRIBING, recordedVolume }] = await Promise.all([
    import('../../fsx/candidates.js'),
    import('../../fsx/target-volumes.js'),
  ]);
  const named = new Map(volume.map((text) => pairOf('--volume', text)));
  const stray = [...named.keys()].find((name) => targets.every((target) => target.name !== name));
  if (stray !== undefined) throw new FeedrateError('usage', `--volume ${stray}=…: there is no target ${stray}`);
  await untilTouched(touchableOf(targets), tell);
  const candidates = targets.map((target) => {
    const volumeId = named.get(target.name);
    if (volumeId !== undefined) return { name: target.name, place: { volumeId }, likeness: 'fsx' as const };
    const [candidate] = nfsCandidates([target]);
    if (candidate !== undefined) return { ...candidate, likeness: 'fsx' as const };
    const remedy = `name a directory on such a mount, or its volume with --volume ${target.name}=fsvol-…`;
    throw new FeedrateError('usage', `target ${target.name}: ${target.path} is not on an NFS mount; ${remedy}`);
  });
  const found = await askAboutTargets(candidates, { ...DESCRIBING, region: region ?? null })();
  return new Map(
    targets.map(({ name }) => {
      const answer = found.get(name);
      const recorded = answer === undefined ? {} : recordedVolume(answer);
      if (recorded.volume !== undefined) return [name, recorded.volume];
      const why = recorded.volumeUnknown ?? 'AWS shows no volume of FSx for ONTAP there';
      throw new FeedrateError('cloud', `target ${name}: ${why}`);
    }),
  );
}

/** Prints the comparison of the runs on stdout. */
export async function printComparison(
  runs: readonly ReadableRun[],
  cols: string,
  { output }: Pick<TieringOptions, 'output'>,
): Promise<void> {
  const [{ comparableRun, comparisonOf }, { renderComparison }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../report/render.js'),
  ]);
  const compared = { output, cols, alpha: '5%', minEffect: '1%' };
  const comparison = comparisonOf(
    runs.map((run) => comparableRun(run)),
    compared,
    'load',
  );
  print(`\n${await renderComparison(comparison, 'table', stdoutOptions())}\n`);
}

/** Prints the policy of each target and where its data was, with the reasons. */
export function printResidencies(...runs: readonly ReadableRun[]): void {
  const targets = runs.flatMap(({ run }) => run.environment.targets);
  printLines(aligned([['TARGET', 'POLICY', 'RESIDENCY'], ...targets.map(residencyRow)]));
  const { columns } = stdoutOptions();
  for (const { name, residency } of targets)
    for (const reason of residency?.evidence ?? []) printLines(wrapped(`${name}: ${reason}`, columns));
}

function residencyRow({ name, volume, residency }: TargetEnvironment): string[] {
  const setting = volume === undefined ? null : settingOf(volume);
  return [name, setting === null ? 'unknown' : formatSetting(setting), residency?.residency ?? 'unknown'];
}
