/** Mounts and unmounts NFS exports with mount(8) and umount(8). */
import { spawnSync } from 'node:child_process';
import { FeedrateError } from '../../base/errors.js';

/** Limits mount(8), which retries for minutes when a server does not respond. */
const TIMEOUT_MS = 60_000;

function output(command: string, args: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (status === 0) return null;
  // mount(8) indents the hint that follows its message.
  const messages = stderr.split('\n').filter((line) => /^\S/.test(line));
  return error?.message ?? (messages.at(-1) || `${command} exited with status ${status}`);
}

/** Mounts an export on an empty directory. Throws `FeedrateError('target')` with the message of mount(8). */
export function mountNfs(source: string, options: string, directory: string): void {
  const failure = output('mount', ['-t', 'nfs', '-o', options, source, directory]);
  if (failure === null) return;
  const missing = /ENOENT|unknown filesystem|bad option/.test(failure)
    ? '; check that nfs-common (nfs-utils) is installed'
    : '';
  throw new FeedrateError('target', `cannot mount ${source} with ${options}: ${failure}${missing}`);
}

/** Unmounts a directory. Detaches a busy or unresponsive mount (`umount -f -l`). Returns an error text, or null. */
export function unmount(directory: string): string | null {
  return output('umount', [directory]) === null ? null : output('umount', ['-f', '-l', directory]);
}
