/** The checks of a volume of Amazon FSx for NetApp ONTAP, whose settings only the AWS API shows. */
import { type Check, check } from './check.js';
import { NFS } from './host-facts.js';
import { VOLUME } from './volume-facts.js';

export const VOLUME_CHECKS: readonly Check[] = [
  check('volume', { nfs: NFS, volume: VOLUME }, ({ volume }) => {
    const { tieringPolicy, storageEfficiency, snapshotPolicy } = volume;
    const value = `tiering ${tieringPolicy}, efficiency ${storageEfficiency ? 'on' : 'off'}, snapshots ${snapshotPolicy}`;
    if (tieringPolicy !== 'AUTO' && tieringPolicy !== 'ALL') return ['good', value];
    const severity = tieringPolicy === 'ALL' ? 'bad' : 'note';
    return [severity, value, 'reads from the capacity pool are much slower than reads from SSD'];
  }),
];
