/** Whether volumes can show what their tiering policies do: they must differ in the policy, and in nothing else. */
import { FeedrateError } from '../base/errors.js';
import type { TieringSetting } from '../record/tiering-journal.js';
import { formatSetting } from '../record/tiering-words.js';
import type { VolumeRecord } from '../record/volume-record.js';

/** The settings that change what is measured, besides the policy. */
const SETTINGS: readonly (readonly [string, (record: VolumeRecord) => string | number | boolean | null])[] = [
  ['file system', ({ fileSystem }) => fileSystem.id],
  ['throughput per HA pair', ({ fileSystem }) => fileSystem.throughputCapacityPerHaPairMBps],
  ['style', ({ volume }) => volume.style],
  ['storage efficiency', ({ volume }) => volume.storageEfficiency],
  ['FlexCache', ({ volume }) => volume.flexCache],
  ['type', ({ volume }) => volume.type],
  ['snapshot policy', ({ volume }) => volume.snapshotPolicy],
  ['aggregates', ({ volume }) => volume.aggregates.join('+')],
];

/** Returns the policy with its cooling period; null: AWS did not say. */
export function settingOf({ volume }: VolumeRecord): TieringSetting | null {
  const { tieringPolicy: name, coolingDays } = volume;
  return name === null ? null : { name, coolingDays };
}

/**
 * Returns a line for each setting besides the policy in which the volumes differ. Throws `FeedrateError('usage')` when two
 * targets are on one volume, or when all volumes have the same policy.
 */
export function volumeDifferences(volumes: ReadonlyMap<string, VolumeRecord>): string[] {
  const targets = [...volumes];
  const owners = new Map<string, string>();
  for (const [name, { volume }] of targets) {
    const other = owners.get(volume.id);
    if (other !== undefined)
      throw new FeedrateError(
        'usage',
        `targets ${other} and ${name} are on the same volume ${volume.id}; name a volume for each policy`,
      );
    owners.set(volume.id, name);
  }
  const policies = targets.map(([, record]) => settingOf(record));
  const texts = new Set(policies.map((setting) => (setting === null ? 'unknown' : formatSetting(setting))));
  if (texts.size === 1) {
    const [only] = texts;
    throw new FeedrateError(
      'usage',
      `all volumes have the tiering policy ${only}; name volumes with different policies`,
    );
  }
  return SETTINGS.flatMap(([what, read]) => {
    const values = targets.map(([name, record]): [string, string] => [name, String(read(record) ?? 'unknown')]);
    if (new Set(values.map(([, value]) => value)).size === 1) return [];
    const found = values.map(([name, value]) => `${value} (${name})`).join(', ');
    return [`the volumes differ not only in their policy: ${what}: ${found}`];
  });
}
