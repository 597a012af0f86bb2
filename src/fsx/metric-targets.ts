/** Which file systems and volumes the targets of a run are on. */
import { FeedrateError } from '../base/errors.js';
import { quoted } from '../base/units.js';
import { generationOf } from '../record/fsx-metric-table.js';
import type { MetricsTarget } from '../record/fsx-metrics-record.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { exportPlaceOf, parseFsxHostName } from './export-place.js';
import type { MetricSource } from './metric-queries.js';

/** What the user says about targets whose volume is not recorded. */
export interface NamedVolume {
  readonly fileSystemId: string | null;
  readonly volumeId: string | null;
  readonly region: string | null;
}

/** Returns what the user says, checked. Throws `FeedrateError('usage')`. */
export function checkNamedVolume(named: NamedVolume): NamedVolume {
  const { fileSystemId, volumeId, region } = named;
  const expect = (option: string, value: string | null, pattern: RegExp, example: string) => {
    if (value !== null && !pattern.test(value))
      throw new FeedrateError('usage', `${option} ${quoted(value)}: expected an id such as ${example}`);
  };
  expect('--file-system', fileSystemId, /^fs-[0-9a-f]{8,}$/, 'fs-0123456789abcdef0');
  expect('--volume', volumeId, /^fsvol-[0-9a-f]{17,}$/, 'fsvol-0123456789abcdef0');
  expect('--region', region, /^[a-z]{2}(?:-[a-z]+)+-\d+$/, 'eu-west-1');
  return named;
}

/**
 * Returns the targets of a run whose file system is known: recorded, part of the mount's host name, or named by the user.
 * What is recorded wins, because it is what was measured.
 * @param defaultRegion asked for a file system that the user names without a region; null: none is configured
 * @throws FeedrateError `usage` when there is no such target, or no region
 */
export async function metricTargets(
  environments: readonly TargetEnvironment[],
  named: NamedVolume,
  defaultRegion: () => Promise<string | null>,
): Promise<MetricsTarget[]> {
  const targets: MetricsTarget[] = [];
  for (const environment of environments) {
    const { name, volume, storage } = environment;
    const place = volume ?? storage;
    const byName = parseFsxHostName(exportPlaceOf(environment, null)?.host ?? '');
    const fileSystemId = place?.fileSystem.id ?? byName?.fileSystemId ?? named.fileSystemId;
    if (fileSystemId === null) continue;
    const region = place?.region ?? byName?.region ?? named.region ?? (await defaultRegion());
    if (region === null) throw new FeedrateError('usage', `file system ${fileSystemId}: give its region with --region`);
    const deploymentType = place?.fileSystem.deploymentType ?? null;
    const generation = generationOf(deploymentType);
    const volumeId = volume?.volume.id ?? named.volumeId;
    targets.push({ name, region, fileSystemId, volumeId, deploymentType, generation });
  }
  if (targets.length > 0) return targets;
  throw new FeedrateError(
    'usage',
    'the run does not record a volume of FSx for ONTAP; name it with --file-system fs-…, --volume fsvol-… and --region',
  );
}

/** Returns the file systems of the targets, each once, with all of their volumes. */
export function metricSources(
  targets: readonly MetricsTarget[],
  environments: readonly TargetEnvironment[],
): MetricSource[] {
  const ids = [...new Set(targets.map(({ fileSystemId }) => fileSystemId))];
  return ids.map((fileSystemId) => {
    const own = targets.filter((target) => target.fileSystemId === fileSystemId);
    const [first] = own as [MetricsTarget];
    const recorded = environments
      .map(({ volume, storage }) => volume ?? storage)
      .find((place) => place?.fileSystem.id === fileSystemId);
    return {
      region: first.region,
      fileSystemId,
      generation: own.find(({ generation }) => generation !== null)?.generation ?? null,
      haPairs: recorded?.fileSystem.haPairs ?? null,
      volumeIds: [...new Set(own.flatMap(({ volumeId }) => volumeId ?? []))],
    };
  });
}
