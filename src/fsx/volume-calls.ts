/** The calls of the FSx API that change the tiering policy of one volume and show it. */
import type { Volume } from '@aws-sdk/client-fsx';
import { FeedrateError } from '../base/errors.js';
import type { TieringSetting } from '../record/tiering-journal.js';
import { TIERING_POLICIES } from '../record/volume-record.js';
import type { FsxApi } from './api.js';
import type { SeenVolume, VolumeCalls } from './tiering-change.js';

/** Returns the calls on a volume. They throw `FeedrateError('cloud')`. */
export function volumeCalls(api: FsxApi, volumeId: string): VolumeCalls {
  let resource = '*';
  return {
    volumeId,
    async describe() {
      const [volume] = await api.volumes({ id: volumeId });
      if (volume === undefined)
        throw new FeedrateError('cloud', `fsx:DescribeVolumes in ${api.region}: there is no volume ${volumeId}`);
      resource = volume.ResourceARN ?? resource;
      return seenVolume(volume);
    },
    async update({ name, coolingDays }) {
      const TieringPolicy = { Name: name, ...(coolingDays === null ? {} : { CoolingPeriod: coolingDays }) };
      const input = { VolumeId: volumeId, OntapConfiguration: { TieringPolicy } };
      const send = new api.sdk.UpdateVolumeCommand(input);
      await api.call('UpdateVolume', (client, options) => client.send(send, options), resource);
    },
  };
}

/** Returns what AWS shows of a volume. NONE and ALL have no cooling period, whatever is shown. */
export function seenVolume({ OntapConfiguration, Lifecycle, LifecycleTransitionReason }: Volume): SeenVolume {
  const { Name, CoolingPeriod } = OntapConfiguration?.TieringPolicy ?? {};
  const name = TIERING_POLICIES.find((each) => each === Name);
  const cools = name === 'AUTO' || name === 'SNAPSHOT_ONLY';
  const setting: TieringSetting | null =
    name === undefined ? null : { name, coolingDays: cools ? (CoolingPeriod ?? null) : null };
  return { setting, lifecycle: Lifecycle ?? null, reason: LifecycleTransitionReason?.Message ?? null };
}
