/** Parses the negotiated options of an NFS mount in mountinfo. See nfs_show_mount_options in fs/nfs/super.c. */
import type { NfsOptions, NfsService } from '../../record/nfs-mount.js';
import type { Mount } from '../system/mountinfo.js';

const SECOND_NS = 1e9;
/** `timeo` is in tenths of a second. */
const TIMEO_NS = 1e8;
/** NFS_DEF_ACREGMIN … in include/linux/nfs_fs.h, in seconds. mountinfo shows only values that differ from these. */
const DEFAULT_SECONDS = { acregmin: 3, acregmax: 60, acdirmin: 30, acdirmax: 60 } as const;

/** The kernel's names of the NFS file systems. */
const NFS_FILE_SYSTEMS: ReadonlySet<string> = new Set(['nfs', 'nfs4']);

/** Returns whether a mount is NFS of any version. */
export function isNfs(mount: Pick<Mount, 'fileSystem'>): boolean {
  return NFS_FILE_SYSTEMS.has(mount.fileSystem);
}

/** Returns the options by name. An option without a value has an empty one. Values may contain `=`. */
function optionMap(options: readonly string[]): Map<string, string> {
  return new Map(
    options.map((option): [string, string] => {
      const equals = option.indexOf('=');
      return equals < 0 ? [option, ''] : [option.slice(0, equals), option.slice(equals + 1)];
    }),
  );
}

/** Returns a whole number as the kernel prints it, or null for anything else. */
function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** Returns the NFS version. Before Linux 2.6.38, nfs4 shows the minor version separately: `vers=4,minorversion=1`. */
function versionOf(options: ReadonlyMap<string, string>): string | null {
  const version = options.get('vers') ?? options.get('nfsvers');
  if (version === undefined || version === '') return null;
  return version === '4' ? `4.${options.get('minorversion') ?? '0'}` : version;
}

function recoveryOf(options: ReadonlyMap<string, string>): NfsOptions['recovery'] {
  return (['softerr', 'soft', 'hard'] as const).find((name) => options.has(name)) ?? null;
}

function lookupCacheOf(value: string | undefined): NfsOptions['lookupCache'] {
  if (value === 'none') return 'none';
  return value?.startsWith('pos') ? 'positive' : 'all';
}

/** Returns the typed options of an NFS superblock. An option that the kernel leaves out has its default or is null. */
export function parseNfsOptions(superOptions: readonly string[]): NfsOptions {
  const options = optionMap(superOptions);
  const number = (name: string): number | null => wholeNumber(options.get(name));
  const scaled = (name: string, ns: number): number | null => {
    const value = number(name);
    return value === null ? null : value * ns;
  };
  const cached = (name: keyof typeof DEFAULT_SECONDS): number =>
    (number(name) ?? number('actimeo') ?? DEFAULT_SECONDS[name]) * SECOND_NS;
  return {
    version: versionOf(options),
    readBytes: number('rsize'),
    writeBytes: number('wsize'),
    connections: number('nconnect') ?? 1,
    transport: options.get('proto') ?? null,
    port: number('port'),
    security: options.get('sec') ?? null,
    recovery: recoveryOf(options),
    timeoutNs: scaled('timeo', TIMEO_NS),
    retransmissions: number('retrans'),
    attributeCache: {
      fileMinNs: cached('acregmin'),
      fileMaxNs: cached('acregmax'),
      directoryMinNs: cached('acdirmin'),
      directoryMaxNs: cached('acdirmax'),
    },
    attributeCaching: !options.has('noac'),
    closeToOpen: !options.has('nocto'),
    lookupCache: lookupCacheOf(options.get('lookupcache')),
    localLock: options.get('local_lock') ?? null,
    serverAddress: options.get('addr') ?? null,
    clientAddress: options.get('clientaddr') ?? null,
    localDiskCache: options.has('fsc'),
  };
}

/** Returns the ONTAP release (`9.14.1P3` from `NetApp Release 9.14.1P3…`), or null for other servers. */
export function ontapReleaseOf(serverImplementation: string | null): string | null {
  return /\bNetApp Release (\d+(?:\.\d+)*(?:P\d+)?)/.exec(serverImplementation ?? '')?.[1] ?? null;
}

/**
 * Returns whether a mount uses a tunnel of Amazon EFS's mount helper. The source of such a mount is this machine, so
 * only the helper's state files identify it (FILESYSTEM.MOUNT.POINT.PORT, `get_mount_specific_filename` in
 * efs-utils).
 */
export function isEfsTunnel(mount: Pick<Mount, 'source' | 'mountPoint'>, stateFiles: readonly string[]): boolean {
  if (!/^(?:127\.0\.0\.1|localhost):/.test(mount.source)) return false;
  const place = mount.mountPoint.replace(/^\/+/, '').replaceAll('/', '.');
  return stateFiles.some((name) => /^fs-[0-9a-f]+\.(.*)\.\d+$/.exec(name)?.[1] === place);
}

/** Returns the service that exports a source, from AWS host names and from the name that the server reports. */
export function nfsServiceOf(source: string, serverImplementation: string | null): NfsService {
  const host = source.replace(/:\/.*$/, '').toLowerCase();
  if (/^svm-[0-9a-f]+\.fs-[0-9a-f]+\.fsx\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) return 'fsx-ontap';
  if (/\.efs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) return 'efs';
  if (/\.fsx\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) return 'fsx';
  return ontapReleaseOf(serverImplementation) === null ? 'other' : 'ontap';
}
