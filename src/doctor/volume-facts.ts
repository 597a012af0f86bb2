/** The facts that the AWS API knows about the volume behind a mount. */
import { Fact } from './facts.js';

/** A volume of Amazon FSx for NetApp ONTAP, as `DescribeVolumes` describes it. */
export const VOLUME = new Fact<{
  readonly tieringPolicy: 'NONE' | 'SNAPSHOT_ONLY' | 'AUTO' | 'ALL';
  readonly storageEfficiency: boolean;
  readonly snapshotPolicy: string;
}>('volume', 'burst credits, tiering, efficiency and snapshots are only visible in the AWS API');
