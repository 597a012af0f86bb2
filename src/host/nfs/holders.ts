/** Finds the processes that keep a mount busy, as far as /proc shows them. See proc(5). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the target of a link, or null when the link is gone or this user may not read it. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/**
 * Returns the processes whose working or root directory is in a mount, or that have its files open or mapped: `bash
 * (process 12, working directory)`. It reads only /proc, so that an unresponsive server cannot block it. Processes in
 * another mount namespace (containers) are left out, because the same path is another mount there. /proc does not show
 * the kernel's own users (loop devices, swap files, NFS exports).
 */
export function holdersOf(mountPoint: string): string[] {
  const ours = linkOf('/proc/self/ns/mnt');
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && linkOf(`/proc/${name}/ns/mnt`) === ours)
    .flatMap((id) => {
      const how = holdOf(join('/proc', id), mountPoint);
      return how === null ? [] : [`${textOf(`/proc/${id}/comm`).trim()} (process ${id}, ${how})`];
    });
}

function holdOf(process: string, mountPoint: string): string | null {
  const isThere = (path: string | null) =>
    path !== null && (path === mountPoint || path.startsWith(`${mountPoint}/`.replace('//', '/')));
  if (isThere(linkOf(join(process, 'cwd')))) return 'working directory';
  if (isThere(linkOf(join(process, 'root'))) && mountPoint !== '/') return 'root directory';
  const open = namesIn(join(process, 'fd'))
    .map((fd) => linkOf(join(process, 'fd', fd)))
    .find(isThere);
  if (open !== undefined) return `open ${open}`;
  const mapped = textOf(join(process, 'maps'))
    .split('\n')
    .map((line) => line.slice(line.indexOf('/')))
    .find(isThere);
  return mapped === undefined ? null : `mapped ${mapped}`;
}
