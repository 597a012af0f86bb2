/** Reads which exports a start script mounts, where, and with which options. */
import { FeedrateError } from '../base/errors.js';
import { splitMountOptions } from '../base/mount-command.js';
import { visibleText } from '../base/visible-text.js';
import { type PlannedMount, planMounts } from '../plan/mount-plan.js';

export interface NotebookMount {
  /** The name of its status file and of its target. */
  readonly name: string;
  /** `server:/export`, as mount(8) accepts it. */
  readonly source: string;
  readonly mountPoint: string;
  readonly options: string;
}

/**
 * The options for training data on FSx for ONTAP, without further wishes: NetApp and AWS advise `hard` and 4.1 or 3; 16 is
 * the largest nconnect (fs/nfs, NFS_MAX_CONNECTIONS); a server with a smaller transfer size negotiates it down.
 */
export const BASELINE_OPTIONS =
  'vers=4.1,nconnect=16,rsize=1048576,wsize=1048576,hard,proto=tcp,timeo=600,retrans=2,noatime';

/** What the mounts are made of, as typed. */
export interface MountWishes {
  /** `[name=]server:/export[=/mount/point]`, one mount each. */
  readonly targets: readonly string[];
  /** The addresses of one export for a matrix, as `mount-matrix` takes them. */
  readonly exports: readonly string[];
  /** Mount options. One list for targets, two or more for a matrix. */
  readonly optionLists: readonly string[];
  /** The directory of mount points that are not named. */
  readonly below: string;
}

const NAME = '[A-Za-z0-9][A-Za-z0-9._-]*';
const SERVER = '\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?\\]|[A-Za-z0-9_][A-Za-z0-9._-]*';
const TARGET = new RegExp(`^(?:(${NAME})=)?((${SERVER}):/.*)$`, 'u');

/** Directories that a mount would make unusable, with everything above them. */
const KEPT = ['/home/ec2-user/SageMaker', '/usr/local/bin', '/var/log', '/run/feedrate-mount', '/opt/ml'];
const SYSTEM = /^\/(?:(?:bin|boot|dev|etc|lib|lib64|proc|sbin|sys)(?:\/|$)|(?:root|run|usr|var)(?:\/[^/]*)?$)/;

/**
 * Returns the mounts of a script.
 * @throws FeedrateError `usage` for a target, a matrix or a mount point that cannot be used
 */
export function notebookMounts(wishes: MountWishes): NotebookMount[] {
  const { targets, exports, optionLists } = wishes;
  for (const text of [...targets, ...exports, ...optionLists, wishes.below]) requirePlain(text);
  for (const options of optionLists) requireOptions(options);
  const mounts = exports.length > 0 ? matrixOf(wishes) : targetsOf(wishes);
  if (mounts.length === 0) throw usage('-t is missing: expected server:/export, such as -t svm-1:/train');
  requireSeparate(mounts);
  return mounts;
}

function matrixOf({ targets, exports, optionLists, below }: MountWishes): NotebookMount[] {
  if (targets.length > 0)
    throw usage('-t and --export exclude each other: -t makes one mount, --export with several --mount a matrix');
  const sources = exports.map((text) => parseSource('--export', text).source);
  return planMounts(sources, optionLists).map(({ name, source, options }: PlannedMount) => {
    return { name, source, options, mountPoint: mountPointOf('--below', `${below}/${name}`) };
  });
}

function targetsOf({ targets, optionLists, below }: MountWishes): NotebookMount[] {
  if (optionLists.length > 1)
    throw usage('several --mount make a matrix of one export: use --export instead of -t, or a single --mount');
  const options = optionLists[0] ?? BASELINE_OPTIONS;
  return targets.map((text) => {
    const { name: given, source: whole } = parseSource('-t', text);
    const at = whole.lastIndexOf('=/');
    const source = at < 0 ? whole : whole.slice(0, at);
    const name = given ?? nameOf(at < 0 ? source.slice(source.indexOf(':/') + 1) : whole.slice(at + 1));
    const mountPoint = mountPointOf('-t', at < 0 ? `${below}/${name}` : whole.slice(at + 1));
    return { name, source, options, mountPoint };
  });
}

function parseSource(option: string, text: string): { name: string | null; source: string } {
  const [, name = null, source] = TARGET.exec(text) ?? [];
  if (source === undefined || (option !== '-t' && name !== null))
    throw usage(
      `${option} ${text}: expected ${option === '-t' ? '[name=]server:/export[=/mount/point]' : 'server:/export'}`,
    );
  // The kernel shows an export without slashes at its end.
  return { name, source: source.replace(/(?<=:\/.*)\/+$/, '') };
}

/** Returns a name for a path, from its last part. */
function nameOf(path: string): string {
  const last = path.split('/').findLast((part) => part !== '') ?? '';
  const name = last.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'volume' : name;
}

function mountPointOf(option: string, text: string): string {
  const parts = text.split('/').filter((part) => part !== '');
  const path = `/${parts.join('/')}`;
  if (!text.startsWith('/') || parts.some((part) => part === '.' || part === '..'))
    throw usage(`${option} ${text}: expected an absolute mount point without . and ..`);
  if (SYSTEM.test(path) || path === '/' || KEPT.some((kept) => kept === path || kept.startsWith(`${path}/`)))
    throw usage(
      `${option} ${text}: a mount on ${path} would hide what the machine needs; choose a directory of its own`,
    );
  return path;
}

function requirePlain(text: string): void {
  if (visibleText(text) !== text || text.includes('\ufffd'))
    throw usage(`${text}: control characters and invalid text cannot be part of a mount`);
}

function requireOptions(options: string): void {
  if (!/^[^\s,]+(,[^\s,]+)*$/.test(options))
    throw usage(`--mount '${options}': expected options such as vers=4.1,nconnect=16`);
  const refused = splitMountOptions(options).find((option) => /^(?:bg|bind|rbind|remount)$/.test(option));
  if (refused !== undefined)
    throw usage(`--mount ${options}: ${refused} cannot be used, because the script could not tell whether it mounted`);
}

/** Two status files of one name, or a mount that hides another one, would be reported as what they are not. */
function requireSeparate(mounts: readonly NotebookMount[]): void {
  mounts.forEach((mount, index) => {
    for (const other of mounts.slice(0, index)) {
      if (mount.name === other.name)
        throw usage(
          `two mounts are named ${mount.name}; name them: -t first=${other.source} -t second=${mount.source}`,
        );
      if (
        `${mount.mountPoint}/`.startsWith(`${other.mountPoint}/`) ||
        other.mountPoint.startsWith(`${mount.mountPoint}/`)
      )
        throw usage(`the mount points ${other.mountPoint} and ${mount.mountPoint} hide each other; separate them`);
    }
  });
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
