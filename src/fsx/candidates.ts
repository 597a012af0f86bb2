/** Decides which targets may be volumes of FSx for ONTAP, from this machine's knowledge alone. */
import { realpathSync } from 'node:fs';
import { regionOfEnvironment } from '../aws/region.js';
import { isNfsUrl, parseNfsUrl } from '../host/libnfs/nfs-url.js';
import { isNfs, nfsServiceOf } from '../host/nfs/nfs-options.js';
import { nfsMountOf } from '../host/nfs/read-nfs.js';
import { mountOf } from '../host/system/mountinfo.js';
import type { TargetPath } from '../host/target.js';
import type { NfsMount } from '../record/nfs-mount.js';
import { type ExportPlace, exportPlaceOf, parseFsxHostName } from './export-place.js';

/** A target on NFS that AWS can be asked about. */
export interface Candidate {
  readonly name: string;
  /** A directory on a server, or a volume by its id, `fsvol-…`. */
  readonly place: ExportPlace | { readonly volumeId: string };
  /**
   * `fsx`: the server has a name of FSx, or says that it is ONTAP. `unclear`: the server says nothing of itself, as with NFS 3
   * by address or alias. `other`: another server.
   */
  readonly likeness: 'fsx' | 'unclear' | 'other';
}

/** Returns the targets on NFS. Does not touch a target, but resolves symbolic links in its path. */
export function nfsCandidates(targets: readonly TargetPath[]): Candidate[] {
  return targets.flatMap(({ name, path }) => {
    if (isNfsUrl(path)) {
      const { server, directory } = parseNfsUrl(path);
      const source = `${server}:${directory}`;
      return candidateOf(
        name,
        exportPlaceOf({ source, mountPoint: path, path }, null),
        nfsServiceOf(source, null),
        null,
      );
    }
    const mount = mountOf(path);
    const nfs = nfsMountOf(mount);
    if (mount === null || nfs === null || !isNfs(mount)) return [];
    const { source, mountPoint } = mount;
    const place = exportPlaceOf({ source, mountPoint, path: realpathSync(path) }, nfs.options.serverAddress);
    return candidateOf(name, place, nfs.service, nfs.serverImplementation);
  });
}

function candidateOf(
  name: string,
  place: ExportPlace | null,
  service: NfsMount['service'],
  implementation: string | null,
): Candidate[] {
  if (place === null) return [];
  const isNamed = (parseFsxHostName(place.host)?.svmId ?? null) !== null;
  if (isNamed || service === 'ontap') return [{ name, place, likeness: 'fsx' }];
  const isLocal = /^(?:localhost$|127\.|::1$)/.test(place.address ?? place.host);
  return [{ name, place, likeness: service === 'other' && implementation === null && !isLocal ? 'unclear' : 'other' }];
}

/**
 * Returns the candidates that a run asks about without being told to. A server that says nothing of itself is asked about
 * only where the environment names a region: elsewhere, AWS is unlikely to be in use.
 */
export function likelyCandidates(candidates: readonly Candidate[]): Candidate[] {
  const hasRegion = regionOfEnvironment() !== null;
  return candidates.filter(({ likeness }) => likeness === 'fsx' || (likeness === 'unclear' && hasRegion));
}
