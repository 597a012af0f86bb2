/** Mounting and unmounting NFS exports, by mount(8) and umount(8). */
import { spawnSync } from 'node:child_process';
import { FeedrateError } from '../../base/errors.js';

/** A server that does not answer keeps mount(8) trying for minutes. */
const TIMEOUT_MS = 60_000;

function output(command: string, args: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (status === 0) return null;
  return error?.message ?? (stderr.trim().split('\n').at(-1) || `${command} ended with ${status}`);
}

/** Mounts an export on an empty directory. Throws `FeedrateError('target')` with what mount(8) says. */
export function mountNfs(source: string, options: string, directory: string): void {
  const failure = output('mount', ['-t', 'nfs', '-o', options, source, directory]);
  if (failure === null) return;
  const missing = /ENOENT|unknown filesystem|bad option/.test(failure) ? '; is nfs-common (nfs-utils) installed?' : '';
  throw new FeedrateError('target', `cannot mount ${source} with ${options}: ${failure}${missing}`);
}

/** Unmounts; a mount that is busy or silent is taken out of sight (`umount -l`). Returns what is wrong, or null. */
export function unmount(directory: string): string | null {
  return output('umount', [directory]) === null ? null : output('umount', ['-f', '-l', directory]);
}
