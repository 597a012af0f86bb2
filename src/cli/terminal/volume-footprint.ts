/** Where `fsx tiering` reads the footprint of a volume: ONTAP if it was named, otherwise CloudWatch. */
import { FeedrateError } from '../../base/errors.js';
import type { FootprintReading } from '../../fsx/tiering-footprint.js';
import type { TieringJournal } from '../../record/tiering-journal.js';
import { ontapFrom } from '../options/ontap-options.js';
import type { TieringOptions } from '../options/tiering-options.js';
import { tell } from '../output/print.js';
import { BESIDE } from './counted-requests.js';

/** Returns what reads the footprint. It names once what could not be asked, and then returns no reading. */
export function footprintReader(
  options: TieringOptions,
): (journal: TieringJournal) => Promise<readonly FootprintReading[]> {
  let told = '';
  return async (journal) => {
    try {
      return options.ontap === undefined ? await fromCloudWatch(journal) : await fromOntap(journal, options);
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError) || thrown.code === 'usage') throw thrown;
      if (thrown.message !== told) tell(`the footprint of volume ${journal.volumeId} is not known: ${thrown.message}`);
      told = thrown.message;
      return [];
    }
  };
}

async function fromCloudWatch(journal: TieringJournal): Promise<FootprintReading[]> {
  const [{ openCloudWatch }, { storageUsed }] = await Promise.all([
    import('../../fsx/cloudwatch.js'),
    import('../../fsx/count-pool-requests.js'),
  ]);
  const [ssd, pool] = await storageUsed(await openCloudWatch(journal.region, BESIDE), journal, Date.now());
  const inPool = new Map(pool?.points);
  return (ssd?.points ?? []).flatMap(([start, ssdBytes]) => {
    const poolBytes = inPool.get(start);
    const source = 'CloudWatch StorageUsed';
    return poolBytes === undefined ? [] : [{ source, atMs: start * 1000, ssdBytes, poolBytes }];
  });
}

async function fromOntap({ target, volumeId, region }: TieringJournal, options: TieringOptions) {
  const [{ ontapVolume }, { volumesOf }] = await Promise.all([
    import('../../fsx/ontap-volume.js'),
    import('./tiering-volumes.js'),
  ]);
  const connection = await ontapFrom(options);
  const volumes = await volumesOf([target], { volume: [`${target.name}=${volumeId}`], region });
  const uuid = volumes.get(target.name)?.volume.uuid ?? null;
  if (connection === null || uuid === null)
    throw new FeedrateError('cloud', `AWS shows no UUID of volume ${volumeId} in ONTAP`);
  const found = await ontapVolume(connection, { by: 'uuid', uuid });
  const { performanceTierBytes: ssdBytes, capacityTierBytes: poolBytes } = found;
  if (ssdBytes === null || poolBytes === null) throw new FeedrateError('cloud', 'ONTAP shows no footprint of it');
  return [{ source: 'ONTAP', atMs: Date.now(), ssdBytes, poolBytes }];
}
