/** Command lines that mount a target again, with other options for the doctor or with the same ones. */
import type { NfsOptions } from '../../record/nfs-mount.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import { type Mount, mergedOptions } from '../system/mountinfo.js';

/** The options that a remount line can change. */
export type MountChanges = Partial<
  Pick<NfsOptions, 'version' | 'readBytes' | 'writeBytes' | 'connections' | 'recovery'>
>;

/** Returns the text as a POSIX shell word, with quotes when necessary. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns the `mount …` command for a mount as it is, with all options that the kernel shows. */
export function mountLine(mount: Mount): string {
  const { fileSystem, source, mountPoint } = mount;
  return ['mount', '-t', fileSystem, '-o', mergedOptions(mount), source, mountPoint].map(shellWord).join(' ');
}

/**
 * Returns the `umount … && mount …` command for an NFS mount with its current options and the changes. Leaves out
 * options that slow down every client (noac, sync) and options that the client negotiates itself.
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
