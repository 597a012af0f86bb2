/** Builds the command that remounts an NFS target with different options. */
import { shellWord } from '../base/shell-word.js';
import type { NfsOptions } from '../record/nfs-mount.js';
import type { TargetEnvironment } from '../record/run-record.js';

/** The options that the command may change. */
type MountChanges = Partial<Pick<NfsOptions, 'version' | 'readBytes' | 'writeBytes' | 'connections' | 'recovery'>>;

/**
 * Returns `umount … && mount …` for an NFS mount with its current options and these changes. Options that slow every
 * client down (noac, sync) are left out, and so are those that the client negotiates.
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
