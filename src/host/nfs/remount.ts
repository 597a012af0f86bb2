/**
 * An NFS mount taken away and made again, so that this client remembers nothing of its files: no pages, attributes or
 * directory entries.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError } from '../../base/errors.js';
import { findMount, type Mount, mergedOptions, readMounts } from '../system/mountinfo.js';
import { holdersOf } from './holders.js';
import { mountLine } from './mount-line.js';
import { nfsMountOf, readAheadKibOf, readAheadPath } from './read-nfs.js';

/** Files that were closed are let go a little later where a thread of the kernel does it (io_uring). */
const BUSY_MS = 3000;
const BUSY_PAUSE_MS = 200;

/** What the script ends with. */
const NOT_UNMOUNTED = 40;
const STILL_ALIVE = 41;
const NOT_MOUNTED = 42;

/**
 * One process does both, so that nothing which ends feedrate can come between them. A file system that lives on after its
 * last mount is gone from sight is mounted elsewhere, and keeps its caches: its entry in sysfs tells. Pauses are in
 * seconds; a server that does not answer is given up after 45 s each time (retry=0: mount.nfs itself tries once).
 */
const SCRIPT = `
type=$1 options=$2 source=$3 directory=$4 alive=/sys/class/bdi/$5
umount "$directory" || exit ${NOT_UNMOUNTED}
for pause in 0.05 0.1 0.2 0.4 0.8 1.6; do
  [ -e "$alive" ] || break
  sleep "$pause"
done
status=0
[ ! -e "$alive" ] || status=${STILL_ALIVE}
for pause in 0 1 2 4; do
  sleep "$pause"
  timeout -s KILL 45 mount -t "$type" -o "$options" "$source" "$directory" && exit "$status"
done
exit ${NOT_MOUNTED}
`;

interface ScriptEnd {
  readonly status: number | null;
  /** The last line on stderr, without its full stop. */
  readonly said: string;
}

/** `detached`: a session of its own, which a terminal's Ctrl-C and hang-up do not reach. */
async function runScript(mount: Mount, left: AbortSignal): Promise<ScriptEnd> {
  const { fileSystem, source, mountPoint, device } = mount;
  const operands = [fileSystem, `${mergedOptions(mount)},retry=0`, source, mountPoint, device];
  const child = spawn('sh', ['-c', SCRIPT, 'remount', ...operands], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
  });
  let text = '';
  const letGo = () => {
    for (const handle of [child, child.stderr]) (handle as { unref?(): void } | null)?.unref?.();
  };
  left.addEventListener('abort', letGo);
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  }).finally(() => left.removeEventListener('abort', letGo));
  return { status, said: (text.trim().split('\n').at(-1) ?? '').replace(/\.$/, '') };
}

/** Again while the mount is busy with what has only just been let go. */
async function unmountAndMount(mount: Mount, left: AbortSignal): Promise<ScriptEnd> {
  for (const endMs = performance.now() + BUSY_MS; ; await sleep(BUSY_PAUSE_MS)) {
    const end = await runScript(mount, left);
    if (end.status !== NOT_UNMOUNTED || !/busy/.test(end.said) || performance.now() > endMs) return end;
  }
}

/** What must be as it was. */
export interface MountState {
  readonly fileSystem: string;
  readonly source: string;
  /** Of mount and file system, as mountinfo shows them. */
  readonly options: readonly string[];
  readonly openTransports: number | null;
  readonly readAheadKib: number | null;
}

function stateOf(mount: Mount): MountState {
  return {
    fileSystem: mount.fileSystem,
    source: mount.source,
    options: [...mount.options, ...mount.superOptions],
    openTransports: nfsMountOf(mount)?.openTransports ?? null,
    readAheadKib: readAheadKibOf(mount),
  };
}

/** `rsize was 65536, is 1048576`: a text for each thing that is not as it was. */
export function mountDifferences(before: MountState, after: MountState): string[] {
  const differ = (what: string, then: unknown, now: unknown): string[] =>
    then === now ? [] : [`${what} was ${then}, is ${now}`];
  const gone = before.options.filter((option) => !after.options.includes(option));
  const come = after.options.filter((option) => !before.options.includes(option));
  const nameOf = (option: string) => option.split('=', 1)[0] as string;
  const shown = (options: readonly string[], name: string) => {
    const option = options.find((text) => nameOf(text) === name);
    return option === undefined ? 'not there' : option === name ? 'there' : option.slice(name.length + 1);
  };
  return [
    ...differ('the type', before.fileSystem, after.fileSystem),
    ...differ('the source', before.source, after.source),
    ...[...new Set([...gone, ...come].map(nameOf))].flatMap((name) =>
      differ(name, shown(gone, name), shown(come, name)),
    ),
    ...differ('the number of connections', before.openTransports, after.openTransports),
    ...differ('read_ahead_kb', before.readAheadKib, after.readAheadKib),
  ];
}

/** The kernel begins with its default, and udev's rule (nfsrahead) may set it once more, a little later. */
async function restoreReadAhead(mount: Mount, kib: number | null): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = spawn('udevadm', ['settle', '--timeout=5'], { stdio: 'ignore' });
    for (const event of ['close', 'error']) settle.on(event, () => resolve());
  });
  if (kib === null || readAheadKibOf(mount) === kib) return;
  try {
    writeFileSync(readAheadPath(mount), String(kib));
  } catch {
    // What it is instead is told with the other differences.
  }
}

function failureOf(mount: Mount, { status, said }: ScriptEnd): string | null {
  const { mountPoint } = mount;
  if (status === 0) return null;
  if (status === NOT_UNMOUNTED) {
    const holders = holdersOf(mountPoint);
    const who = holders.length > 0 ? `; it is used by ${holders.join(', ')}` : '';
    return `cannot unmount ${mountPoint}: ${said}${who}; it is mounted as before`;
  }
  if (status === STILL_ALIVE)
    return `${mountPoint} was unmounted and mounted again, but its caches lived on: a container or another mount namespace has the export mounted, too; unmount it there`;
  return `${mountPoint} IS NOT MOUNTED ANY MORE: mounting it again failed (${said}); when that is mended, type: ${mountLine(mount)}`;
}

/**
 * Unmounts what a path without symbolic links lies on, mounts it again with the same source, type and options, puts its
 * read-ahead back and compares all with what it was. Takes root. Neither this process nor its children may hold anything
 * open there. The mount's counters begin at zero.
 * @param left when it is aborted, this process is not kept from ending by what is under way, which goes on by itself
 * @throws FeedrateError `measurement`: not unmounted (then it is mounted as before), not mounted again after four attempts
 * (then the line to type is told), not as it was, or kept alive by another mount of it
 */
export async function remount(path: string, left: AbortSignal): Promise<void> {
  const mount = findMount(readMounts(), path);
  if (mount === null) throw new FeedrateError('measurement', `cannot remount ${path}: its mount is not known here`);
  const before = stateOf(mount);
  const failure = failureOf(mount, await unmountAndMount(mount, left));
  if (failure !== null) throw new FeedrateError('measurement', failure);
  const again = findMount(readMounts(), path);
  if (again?.mountPoint !== mount.mountPoint)
    throw new FeedrateError('measurement', `${mount.mountPoint} is not mounted any more; type: ${mountLine(mount)}`);
  await restoreReadAhead(again, before.readAheadKib);
  const differences = mountDifferences(before, stateOf(again));
  if (differences.length > 0) {
    const what = `${mount.mountPoint} was mounted again, but not as before: ${differences.join('; ')}`;
    throw new FeedrateError('measurement', `${what}; it was mounted by: ${mountLine(mount)}`);
  }
}
