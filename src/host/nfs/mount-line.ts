/** Lines to type that mount a target anew: with other options, as the doctor says, or as it was. */
import type { NfsOptions } from '../../record/nfs-mount.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import { type Mount, mergedOptions } from '../system/mountinfo.js';

/** The options that a mount line may change. */
export type MountChanges = Partial<
  Pick<NfsOptions, 'version' | 'readBytes' | 'writeBytes' | 'connections' | 'recovery'>
>;

/** POSIX shell quoting, where it is needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** `mount …` with all options that the kernel shows: the mount just as it is. */
export function mountLine(mount: Mount): string {
  const { fileSystem, source, mountPoint } = mount;
  return ['mount', '-t', fileSystem, '-o', mergedOptions(mount), source, mountPoint].map(shellWord).join(' ');
}

/**
 * `umount … && mount …` of an NFS mount: as it is now, but for the changes. Options that slow every client down (noac,
 * sync) are left out, as are those that the client works out for itself.
 */
export function remountLine(
  { source, mountPoint }: Pick<TargetEnvironment, 'source' | 'mountPoint'>,
  options: NfsOptions,
  changes: MountChanges,
): string {
  const { version, readBytes, writeBytes, connections, recovery, transport, security, closeToOpen } = {
    ...options,
    ...changes,
  };
  const words = [
    ...(version === null ? [] : [`vers=${version}`]),
    ...(readBytes === null ? [] : [`rsize=${readBytes}`]),
    ...(writeBytes === null ? [] : [`wsize=${writeBytes}`]),
    ...(connections > 1 ? [`nconnect=${connections}`] : []),
    ...(recovery === null ? [] : [recovery]),
    ...(transport === null ? [] : [`proto=${transport}`]),
    ...(security === null || security === 'sys' ? [] : [`sec=${security}`]),
    ...(closeToOpen ? [] : ['nocto']),
  ];
  const [from, at] = [shellWord(source), shellWord(mountPoint)];
  return `umount ${at} && mount -t nfs -o ${words.join(',')} ${from} ${at}`;
}
