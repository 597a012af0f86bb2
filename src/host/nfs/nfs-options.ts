/** The options of an NFS mount, as negotiated, from mountinfo: see nfs_show_mount_options of the kernel's fs/nfs/super.c. */
import type { NfsOptions, NfsService } from '../../record/nfs-mount.js';
import type { Mount } from '../system/mountinfo.js';

const SECOND_NS = 1e9;
/** timeo is in tenths of a second. */
const TIMEO_NS = 1e8;
/** NFS_DEF_ACREGMIN … of include/linux/nfs_fs.h, seconds: mountinfo shows only values that differ. */
const DEFAULT_SECONDS = { acregmin: 3, acregmax: 60, acdirmin: 30, acdirmax: 60 } as const;

/** The kernel's names of the NFS file systems. */
const NFS_FILE_SYSTEMS: ReadonlySet<string> = new Set(['nfs', 'nfs4']);

export function isNfs(mount: Pick<Mount, 'fileSystem'>): boolean {
  return NFS_FILE_SYSTEMS.has(mount.fileSystem);
}

/** Options by name; those without a value have the empty one. Values may contain `=`. */
function optionMap(options: readonly string[]): Map<string, string> {
  return new Map(
    options.map((option): [string, string] => {
      const equals = option.indexOf('=');
      return equals < 0 ? [option, ''] : [option.slice(0, equals), option.slice(equals + 1)];
    }),
  );
}

/** A whole number as the kernel prints it, else null. */
function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** nfs4 of before Linux 2.6.38 shows `minorversion`, if anything, beside `vers=4`. */
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

/** The typed options of an NFS mount's superblock. What the kernel leaves out is its default or null. */
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

/** `9.14.1` from `NetApp Release 9.14.1P3…`; null for other servers. */
export function ontapReleaseOf(serverImplementation: string | null): string | null {
  return /\bNetApp Release (\d+(?:\.\d+)*(?:P\d+)?)/.exec(serverImplementation ?? '')?.[1] ?? null;
}

/**
 * Whether a mount goes through a tunnel of Amazon EFS's mount helper: its source is this machine, so only the helper's
 * state files tell (FILESYSTEM.MOUNT.POINT.PORT, `get_mount_specific_filename` of efs-utils).
 */
export function isEfsTunnel(mount: Pick<Mount, 'source' | 'mountPoint'>, stateFiles: readonly string[]): boolean {
  if (!/^(?:127\.0\.0\.1|localhost):/.test(mount.source)) return false;
  const place = mount.mountPoint.replace(/^\/+/, '').replaceAll('/', '.');
  return stateFiles.some((name) => /^fs-[0-9a-f]+\.(.*)\.\d+$/.exec(name)?.[1] === place);
}

/** Which service exports a source, by the names that AWS gives and by what the server says of itself. */
export function nfsServiceOf(source: string, serverImplementation: string | null): NfsService {
  const host = source.replace(/:\/.*$/, '').toLowerCase();
  if (/^svm-[0-9a-f]+\.fs-[0-9a-f]+\.fsx\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) return 'fsx-ontap';
  if (/\.efs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) return 'efs';
  if (/\.fsx\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) return 'fsx';
  return ontapReleaseOf(serverImplementation) === null ? 'other' : 'ontap';
}
