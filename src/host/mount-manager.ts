/** Finds the program that makes an NFS mount, and how that program's mount options are changed. */
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { splitMountOptions } from '../base/mount-command.js';
import { mountUnitOf } from '../base/mount-unit.js';
import { shellWord } from '../base/shell-word.js';
import type { Mounting } from '../doctor/host-facts.js';
import { isNfs } from './nfs/nfs-options.js';
import { remountObstacle } from './remountable.js';
import { type Mount, mountableOptions, unescapeOctal } from './system/mountinfo.js';

/** What the machine knows of its mounts, besides the mounts themselves. */
export interface MountSources {
  /** The text of /etc/fstab. */
  readonly fstab: string;
  /** The names of the files in systemd's directories of units. */
  readonly units: readonly string[];
  /** The addresses of this machine's network interfaces. */
  readonly addresses: readonly string[];
}

/** systemd.unit(5). Units that systemd generates from /etc/fstab are elsewhere. */
const UNIT_DIRECTORIES = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => `${root}/systemd/system`);

/** Reads what the machine knows of its mounts. A file that cannot be read counts as empty. */
export function readMountSources(): MountSources {
  const orEmpty = <Value>(read: () => Value, empty: Value): Value => {
    try {
      return read();
    } catch {
      return empty;
    }
  };
  const interfaces = Object.values(orEmpty(networkInterfaces, {}));
  return {
    fstab: orEmpty(() => readFileSync('/etc/fstab', 'utf8'), ''),
    units: UNIT_DIRECTORIES.flatMap((directory) => orEmpty(() => readdirSync(directory), [])),
    addresses: interfaces.flatMap((list) => list ?? []).map(({ address }) => address),
  };
}

/** Returns how an NFS mount can be mounted with other options. */
export function mountingOf(mount: Mount, mounts: readonly Mount[], sources: MountSources): Mounting {
  const { source, mountPoint } = mount;
  return { source, mountPoint, options: mountableOptions(mount), managed: managerOf(mount, mounts, sources) };
}

/** Programs that make mounts below directories of their own. */
const OWNERS: readonly (readonly [place: RegExp, how: string])[] = [
  [
    /\/kubelet\/(?:pods|plugins)\//,
    'change mountOptions in the PersistentVolume or its StorageClass, and start the pod again',
  ],
  [
    /^\/var\/lib\/(?:docker|containers\/storage)\/volumes\//,
    'remove the volume, create it with other options (-o o=…), and start the container again',
  ],
  [
    /^(?:\/opt\/ml|\/home\/sagemaker-user|\/mnt\/custom-file-systems)(?:\/|$)/,
    'SageMaker makes this mount and offers no options for it; mount the file system in a lifecycle configuration instead',
  ],
];

/** A container's runtime mounts these files for it. */
const CONTAINER_FILES: ReadonlySet<string> = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']);

/** Returns how the program that makes a mount changes its options, or null if nothing but a command made it. */
function managerOf(mount: Mount, mounts: readonly Mount[], sources: MountSources): string | null {
  const { mountPoint } = mount;
  const owner = OWNERS.find(([place]) => place.test(mountPoint));
  if (owner !== undefined) return owner[1];
  const unit = shellWord(mountUnitOf(mountPoint));
  const restart = `systemctl daemon-reload && systemctl restart ${unit}`;
  const parent = mounts.find(({ id }) => id === mount.parentId && id !== mount.id);
  const fstab = fstabLine(sources.fstab, mountPoint);
  if (parent?.fileSystem === 'autofs') {
    if (parent.source !== 'systemd-1')
      return `change them in the automounter's map (${parent.source}), then run: systemctl reload autofs && umount ${shellWord(mountPoint)}`;
    return `change ${fstab === null ? `Options= in ${unit}` : 'its line in /etc/fstab'}, then run: ${restart}`;
  }
  if (fstab !== null) {
    const again = `umount ${shellWord(mountPoint)} && mount ${shellWord(mountPoint)}`;
    return `change its line in /etc/fstab${fstab.type === 'efs' ? ' (type efs)' : ''}, then run: ${again}`;
  }
  if (sources.units.includes(mountUnitOf(mountPoint))) return `change Options= in ${unit}, then run: ${restart}`;
  if (mounts.some((one) => CONTAINER_FILES.has(one.mountPoint)))
    return 'change them where the volume of this container is declared (Kubernetes: mountOptions of the PersistentVolume; Docker: -o o=… of the volume), and start the container again';
  if (isServedHere(mount, sources.addresses))
    return 'the server is a tunnel or proxy on this machine; change them in the program that started it (Amazon EFS: mount -t efs -o tls,…), because only that program knows its port';
  if (!/^.+:/.test(mount.source))
    return `the source ${mount.source} names no server, so a program made this mount; change them there`;
  return structuralObstacle(mount, mounts);
}

/** Returns why a mount cannot be taken away by itself, or null. A second mount of the export is no obstacle. */
function structuralObstacle(mount: Mount, mounts: readonly Mount[]): string | null {
  const others = mounts.filter(({ device, id, parentId, mountPoint }) => {
    const isRelated = id === mount.id || id === mount.parentId || parentId === mount.id;
    return isRelated || device !== mount.device || mountPoint === mount.mountPoint;
  });
  return remountObstacle(others, mount);
}

/** Returns the line of a mount point in /etc/fstab, or null. */
function fstabLine(text: string, mountPoint: string): { readonly type: string } | null {
  for (const line of text.split('\n')) {
    const [source = '', place = '', type = '', options = ''] = line.trim().split(/\s+/).map(unescapeOctal);
    if (source.startsWith('#') || options === '') continue;
    if (place.replace(/(?<=.)\/+$/, '') !== mountPoint || splitMountOptions(options).includes('bind')) continue;
    if (type === 'efs' || isNfs({ fileSystem: type })) return { type };
  }
  return null;
}

/** Returns whether the address of a mount's server is a loopback address or another one of this machine. */
export function isServedHere({ source, superOptions }: Mount, addresses: readonly string[]): boolean {
  const host = source.replace(/:\/.*$/, '').replaceAll(/^\[|\]$/g, '');
  const address = superOptions.find((option) => option.startsWith('addr='))?.slice('addr='.length) ?? host;
  return [host, address].some((text) => {
    const plain = text.replace(/%.*$/, '');
    return /^(?:(?:::ffff:)?127\.|::1$|localhost$)/i.test(plain) || addresses.includes(plain);
  });
}
