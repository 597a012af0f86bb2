/** Who keeps a mount busy, as far as /proc tells: see proc(5). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Of a process, or of any: links that no longer lead anywhere, and what this user may not read, are null. */
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
 * The processes that work in a mounted directory, run from it, or have files of it open or mapped: `bash (process 12,
 * working directory)`. Only /proc is read, so that a server that is silent holds nothing up. Processes that see other
 * mounts (containers) are left out: what they hold under this name is another mount. The kernel's own users (loop
 * devices, swap files, NFS exports) are not in /proc.
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
