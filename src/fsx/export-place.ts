/** The server and the directory on it that a target shows, from what the machine knows of its mount. */

/** A directory on an NFS server. */
export interface ExportPlace {
  /** As mounted: a name, or an address without brackets. */
  readonly host: string;
  /** The address that the client uses; null if the mount does not show it. */
  readonly address: string | null;
  /** The directory, from the root of the server's namespace. */
  readonly path: string;
}

/** What a host name of Amazon FSx says. */
export interface FsxHostName {
  readonly fileSystemId: string;
  /** null for the names of a file system: `management.fs-….fsx.…` */
  readonly svmId: string | null;
  readonly region: string;
}

const BRACKETED = /^\[([^\]]+)\]:(\/.*)$/s;
const NAMED = /^([^/]*?):(\/.*)$/s;

/** A directory on an NFS mount. */
interface OnMount {
  /** As mountinfo shows it: `server:/export`, `[2001:db8::1]:/export`. */
  readonly source: string;
  readonly mountPoint: string;
  /** Without symbolic links. */
  readonly path: string;
}

/**
 * Returns the server and the directory on it, or null if the source is not `server:/path`. The path continues below the mount
 * point, because a volume can be mounted inside another one (a junction). For a bind mount of a subdirectory, Linux already
 * shows that subdirectory in the source.
 */
export function exportPlaceOf({ source, mountPoint, path }: OnMount, address: string | null): ExportPlace | null {
  const [, host, exported] = BRACKETED.exec(source) ?? NAMED.exec(source) ?? [];
  if (host === undefined || exported === undefined) return null;
  const below = segmentsOf(path);
  const point = segmentsOf(mountPoint);
  const isInside = point.every((segment, index) => segment === below[index]);
  const inside = isInside ? below.slice(point.length) : [];
  return { host, address, path: `/${[...segmentsOf(exported), ...inside].join('/')}` };
}

const HOST_NAME =
  /^(?:(?!svm-)[a-z0-9-]+\.)?(?:(svm-[0-9a-f]{8,})\.)?(fs-[0-9a-f]{8,})\.fsx\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\.?$/;

/** Returns what a name such as `svm-….fs-….fsx.us-east-1.amazonaws.com` says, or null for other names. */
export function parseFsxHostName(host: string): FsxHostName | null {
  const [, svmId = null, fileSystemId, region] = HOST_NAME.exec(host.toLowerCase()) ?? [];
  return fileSystemId === undefined || region === undefined ? null : { fileSystemId, svmId, region };
}

/** Returns the names in a path. Repeated and trailing slashes do not count. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.');
}

/** Something at a junction path: a volume. */
interface Joined {
  readonly junctionPath: string | null;
  readonly lifecycle: string | null;
}

/** Returns the volume with the longest junction path that contains the directory, or null. */
export function volumeAt<Volume extends Joined>(volumes: readonly Volume[], path: string): Volume | null {
  let best: { readonly volume: Volume; readonly rank: number } | null = null;
  for (const volume of volumes) {
    const rank = rankOf(volume, segmentsOf(path));
    if (rank !== null && (best === null || rank > best.rank)) best = { volume, rank };
  }
  return best?.volume ?? null;
}

/** Junction paths are unique regardless of case (ONTAP command reference, `volume mount`). */
function isSame(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

/** Returns null for a volume that does not contain the directory, and more for a deeper junction. */
function rankOf({ junctionPath, lifecycle }: Joined, path: readonly string[]): number | null {
  if (!junctionPath) return null;
  const junction = segmentsOf(junctionPath);
  if (!junction.every((segment, index) => isSame(segment, path[index]))) return null;
  const isExact = junction.every((segment, index) => segment === path[index]);
  // A volume that is being deleted may still name the junction of its successor.
  return 4 * junction.length + (isExact ? 2 : 0) + (lifecycle === 'DELETING' ? 0 : 1);
}

/** Returns the volumes whose junction is below the directory: data there belongs to them. */
export function volumesBelow<Volume extends Joined>(volumes: readonly Volume[], path: string): Volume[] {
  const above = segmentsOf(path);
  return volumes.filter(({ junctionPath }) => {
    const junction = segmentsOf(junctionPath ?? '');
    return junction.length > above.length && above.every((segment, index) => isSame(segment, junction[index]));
  });
}
