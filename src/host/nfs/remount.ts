/**
 * Unmounts an NFS mount and mounts it again, so that this client caches none of its pages, attributes or directory
 * entries.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError } from '../../base/errors.js';
import { findMount, type Mount, mountableOptions, readMounts } from '../system/mountinfo.js';
import { firstReason } from './first-reason.js';
import { holdersOf } from './holders.js';
import { mountLine } from './mount-line.js';
import { nfsMountOf, readAheadKibOf, readAheadPath } from './read-nfs.js';

/** How long to retry a busy mount. A kernel thread may release closed files a little later (io_uring). */
const BUSY_MS = 3000;
const BUSY_PAUSE_MS = 200;

/** The exit statuses of the script. */
const NOT_UNMOUNTED = 40;
const STILL_ALIVE = 41;
const NOT_MOUNTED = 42;

/**
 * One process unmounts and mounts, so that the end of feedrate cannot separate the two steps. If the file system's
 * entry in sysfs remains after the unmount, the file system is also mounted elsewhere and keeps its caches. Pauses
 * are in seconds. Each mount attempt ends after 45 s without an answer (retry=0: mount.nfs itself tries once).
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
  /** The reason on stderr. */
  readonly said: string;
}

/** Runs the script in a session of its own (`detached`), so that Ctrl-C and hang-up in a terminal do not reach it. */
async function runScript(mount: Mount, left: AbortSignal): Promise<ScriptEnd> {
  const { fileSystem, source, mountPoint, device } = mount;
  const operands = [fileSystem, [...mountableOptions(mount), 'retry=0'].join(','), source, mountPoint, device];
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
  return { status, said: firstReason(text) };
}

/** Runs the script, and retries while the mount is busy, because closed files may be released late. */
async function unmountAndMount(mount: Mount, left: AbortSignal): Promise<ScriptEnd> {
  for (const endMs = performance.now() + BUSY_MS; ; await sleep(BUSY_PAUSE_MS)) {
    const end = await runScript(mount, left);
    if (end.status !== NOT_UNMOUNTED || !/busy/.test(end.said) || performance.now() > endMs) return end;
  }
}

/** The properties that must be the same after a remount. */
export interface MountState {
  readonly fileSystem: string;
  readonly source: string;
  /** The options of the mount and of the file system, as mountinfo shows them. */
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

/** Returns one text for each property that changed, such as `rsize changed from 65536 to 1048576`. */
export function mountDifferences(before: MountState, after: MountState): string[] {
  const differ = (what: string, then: unknown, now: unknown): string[] =>
    then === now ? [] : [`${what} changed from ${then} to ${now}`];
  const gone = before.options.filter((option) => !after.options.includes(option));
  const come = after.options.filter((option) => !before.options.includes(option));
  const nameOf = (option: string) => option.split('=', 1)[0] as string;
  const optionDifference = (name: string): string => {
    const [then, now] = [gone, come].map((options) => options.find((option) => nameOf(option) === name));
    if (then === undefined) return `${now} was added`;
    if (now === undefined) return `${then} is missing`;
    return `${name} changed from ${then.slice(name.length + 1)} to ${now.slice(name.length + 1)}`;
  };
  return [
    ...differ('the type', before.fileSystem, after.fileSystem),
    ...differ('the source', before.source, after.source),
    ...[...new Set([...gone, ...come].map(nameOf))].map(optionDifference),
    ...differ('the number of connections', before.openTransports, after.openTransports),
    ...differ('read_ahead_kb', before.readAheadKib, after.readAheadKib),
  ];
}

/** Sets the read-ahead of a new mount. Waits for udev first, because its rule (nfsrahead) may set it a little later. */
async function restoreReadAhead(mount: Mount, kib: number | null): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = spawn('udevadm', ['settle', '--timeout=5'], { stdio: 'ignore' });
    for (const event of ['close', 'error']) settle.on(event, () => resolve());
  });
  if (kib === null || readAheadKibOf(mount) === kib) return;
  try {
    writeFileSync(readAheadPath(mount), String(kib));
  } catch {
    // The caller reports the wrong value with the other differences.
  }
}

function failureOf(mount: Mount, { status, said }: ScriptEnd): string | null {
  const { mountPoint } = mount;
  if (status === 0) return null;
  if (status === NOT_UNMOUNTED) {
    const holders = holdersOf(mountPoint);
    const who = holders.length > 0 ? `; it is used by ${holders.join(', ')}` : '';
    return `cannot unmount ${mountPoint}: ${said}${who}; it is still mounted`;
  }
  if (status === STILL_ALIVE)
    return `${mountPoint} was unmounted and mounted again, but its caches were kept: the export is also mounted in a container or another mount namespace; unmount it there`;
  return `${mountPoint} IS NO LONGER MOUNTED: mounting it again failed (${said}); fix the cause, then run: ${mountLine(mount)}`;
}

/**
 * Unmounts the mount that contains a path without symbolic links and mounts it again with the same source, type and
 * options. Restores its read-ahead and checks that everything is as before. Needs root. Neither this process nor its
 * children may have files open there. The mount's counters restart at zero.
 * @param left when it is aborted, this process can end at once and the remount continues without it
 * @throws FeedrateError `measurement` when the unmount fails (the mount stays as it was), when four attempts to mount
 * it again fail (the message has the command to run), when the mount differs from before, or when another mount of
 * the file system keeps its caches
 */
export async function remount(path: string, left: AbortSignal): Promise<void> {
  const mount = findMount(readMounts(), path);
  if (mount === null) throw new FeedrateError('measurement', `cannot remount ${path}: its mount is unknown`);
  const before = stateOf(mount);
  const failure = failureOf(mount, await unmountAndMount(mount, left));
  if (failure !== null) throw new FeedrateError('measurement', failure);
  const again = findMount(readMounts(), path);
  if (again?.mountPoint !== mount.mountPoint)
    throw new FeedrateError('measurement', `${mount.mountPoint} is no longer mounted; run: ${mountLine(mount)}`);
  await restoreReadAhead(again, before.readAheadKib);
  const differences = mountDifferences(before, stateOf(again));
  if (differences.length > 0) {
    const what = `${mount.mountPoint} was mounted again, but not as before: ${differences.join('; ')}`;
    throw new FeedrateError('measurement', `${what}; to restore it, unmount it and run: ${mountLine(mount)}`);
  }
}
