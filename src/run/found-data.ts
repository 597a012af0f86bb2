/** Files that exist in the targets, as a run uses them. */
import { availableParallelism } from 'node:os';
import { FeedrateError } from '../base/errors.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { openTarget } from '../host/target.js';
import { filesOf } from '../plan/arm-files.js';
import { decodeIndex } from '../plan/index-image.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Plan } from '../plan/plan.js';
import type { Found, PlannedDataset, ScannedDataset } from '../plan/planned-dataset.js';
import type { SampleSearch } from '../plan/sample-table.js';
import { leftOutText } from '../plan/scan-summary.js';
import type { SessionEvent } from '../trial/events.js';
import { SILENCE_NS } from '../trial/silence-limit.js';
import type { ExistingDataset } from '../workload/workload.js';
import { ReceivedImages } from './image-transfer.js';
import { placeText } from './place-text.js';
import type { NamedPath, PlanRequest } from './request.js';
import type { FromScan } from './scan-messages.js';
import { StartedProcess } from './started-process.js';

/** Callbacks of a scan: a part of `RunListener`. */
export interface ScanListener {
  note?(text: string): void;
  event?(event: SessionEvent): void;
  scanned?(): void;
}

/** By the name of the target. */
export type FoundByTarget = ReadonlyMap<string, Found>;

/** Threads that wait for servers at the same time. */
const WAITING_THREADS = 32;

/**
 * Looks for the files of a dataset in every target, in a process for each. Tells its progress, and which target is silent.
 * Throws `FeedrateError('usage')` for a request without targets, for `nfs://` and for `prepare`, `FeedrateError('target')` when the files
 * are missing, and `FeedrateError('interrupted')` after a stop request.
 */
export async function findFiles(
  dataset: ExistingDataset,
  request: PlanRequest,
  tell: ScanListener,
  samples: SampleSearch | null = null,
): Promise<FoundByTarget> {
  const what = `dataset.${dataset.manifest === null ? 'path' : 'manifest'}`;
  if (request.measures === false)
    throw new FeedrateError('usage', `${what} names files that exist: there is nothing to prepare; run the workload`);
  if (request.targets.length === 0)
    throw new FeedrateError('usage', `${what}: name the directory that has the files with -t`);
  for (const { name, path } of request.targets) if (isNfsUrl(path)) throw withoutMount(what, name, path);
  const places = request.targets.map(({ name, path, read = dataset.path }) => {
    const target = openTarget(name, path, { write: false });
    const declared = { ...dataset, path: read };
    return { target, declared, key: JSON.stringify([target.path, declared, samples]) };
  });
  const { scans = new Map<string, Promise<Found>>() } = request;
  for (const { target, declared, key } of places)
    if (!scans.has(key)) scans.set(key, scanned(declared, target, tell, request, samples));
  try {
    const found = await Promise.all(
      places.map(async ({ target, key }) => [target.name, await scans.get(key)] as const),
    );
    return new Map(found as [string, Found][]);
  } finally {
    tell.scanned?.();
  }
}

function withoutMount(what: string, name: string, path: string): FeedrateError {
  const mend = 'mount the export and name a directory of the mount';
  return new FeedrateError('usage', `target ${name}: ${what} needs a mount, which ${path} is not; ${mend}`);
}

async function scanned(
  dataset: ExistingDataset,
  target: NamedPath,
  tell: ScanListener,
  { stop }: PlanRequest,
  samples: SampleSearch | null,
): Promise<Found> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: String(WAITING_THREADS + availableParallelism()) };
  const options = { serialization: 'advanced' as const, env, cwd: '/' };
  const scan = new StartedProcess(new URL('./scan-process.js', import.meta.url), [], options);
  const startMs = performance.now();
  const silence = new Silence(() => tell.note?.(silentText(target)));
  try {
    const image = imageOf(scan, (found) => {
      silence.heard();
      tell.event?.(scanEvent(target, startMs, found));
    });
    scan.send({ type: 'scan', dataset, target: { name: target.name, path: target.path }, samples });
    const memory = await (stop?.unlessAsked(image) ?? image);
    return decodeIndex(memory);
  } finally {
    silence.end();
    scan.kill();
    scan.leave();
  }
}

function scanEvent(
  { name }: NamedPath,
  startMs: number,
  { files, bytes, directories }: Extract<FromScan, { type: 'found' }>,
): Extract<SessionEvent, { type: 'scan' }> {
  const elapsedNs = Math.round((performance.now() - startMs) * 1e6);
  return { type: 'scan', target: name, files, bytes, directories, elapsedNs };
}

/** Resolves with the image that the process sends. Rejects when it refuses or ends. */
function imageOf(
  scan: StartedProcess,
  progress: (found: Extract<FromScan, { type: 'found' }>) => void,
): Promise<SharedArrayBuffer> {
  return new Promise((resolve, reject) => {
    let images: ReceivedImages | null = null;
    scan.child?.on('message', (message: FromScan) => {
      if (message.type === 'found') progress(message);
      else if (message.type === 'image') {
        images = new ReceivedImages([message.bytes]);
        void images.complete.then(([image]) => resolve(image as SharedArrayBuffer));
      } else if (message.type === 'part') images?.take(message);
      else
        reject(message.code === null ? new Error(message.message) : new FeedrateError(message.code, message.message));
    });
    void scan.ended.then(({ reason }) =>
      reject(new FeedrateError('measurement', `the process that looks for the files ${reason ?? 'ended early'}`)),
    );
  });
}

/** Notices when a scan says nothing for a while: it tells only what a file system has answered. */
class Silence {
  #timer: NodeJS.Timeout | undefined;
  readonly #tell: () => void;

  constructor(tell: () => void) {
    this.#tell = tell;
    this.heard();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tell, SILENCE_NS / 1e6);
  }
}

function silentText({ name, path }: NamedPath): string {
  const seconds = SILENCE_NS / 1e9;
  const place = placeText(`target ${name}`, findMount(readMounts(), path));
  return `No response from ${place} for ${seconds} s. Still waiting; press Ctrl-C to stop.`;
}

/** Returns what to say of the files before a run begins. Throws `FeedrateError('workload')` when no job reads them. */
export function foundNotes(plan: Plan, planned: PlannedDataset | null, dataset: ScannedDataset): string[] {
  const { path, manifest } = dataset.declared;
  const notes: string[] = [];
  for (const [target, { summary, index }] of dataset.found) {
    const { files, bytes, matching, leftOut, firstLeftOut } = summary;
    const chosen = files < matching ? ` of ${formatWhole(matching)}` : '';
    const what = `${formatWhole(files)}${chosen} ${matching === 1 ? 'file' : 'files'}`;
    const size = `${index.opening.device ? 'block device' : what}, ${formatBytes(bytes)}`;
    const read = plan.targets.find(({ name }) => name === target)?.read ?? path;
    notes.push(`target ${target}: reads ${manifest ?? read}: ${size}; nothing there is changed`);
    const [first] = firstLeftOut;
    // Nobody misses what is feedrate's own.
    if (first !== undefined) {
      const code = first.code === null ? '' : ` (${first.code})`;
      notes.push(`target ${target}: left out ${leftOutText(leftOut)}; the first is ${first.path}${code}`);
    }
  }
  const use = usesOf(plan, planned);
  if (use.length === 0) {
    const remedy = 'remove size, nrfiles and filesize from a job that shall read the files of the dataset';
    throw new FeedrateError(
      'workload',
      `dataset: no job reads ${manifest ?? path}: all have files of their own; ${remedy}`,
    );
  }
  const evicts = plan.arms.some(
    ({ spec }, arm) => use.includes(arm) && (spec.cache === 'cold' || spec.cache === 'direct'),
  );
  if (evicts)
    notes.push(
      `cold and direct trials evict these files from this machine’s page cache; other programs read them anew`,
    );
  return [...notes, ...shortNotes(plan, dataset, use)];
}

/** Returns the arms that read the files, as places in the plan. */
function usesOf(plan: Plan, dataset: PlannedDataset | null): number[] {
  return plan.arms.flatMap((arm, place) => (filesOf(arm, dataset).place === 'existing' ? [place] : []));
}

/** Returns a note for each number of files that jobs leave out because they are too short. */
function shortNotes(plan: Plan, dataset: ScannedDataset, use: readonly number[]): string[] {
  const notes = new Set<string>();
  for (const place of use) {
    const arm = plan.arms[place] as Plan['arms'][number];
    if (!jobPlanOf(arm.spec).holdsAllFiles) continue;
    const all = dataset.found.get(arm.target)?.summary.files ?? 0;
    const left = dataset.filesets === 1 ? all - filesOf(arm, dataset).files.length : 0;
    if (left > 0)
      notes.add(
        `${arm.job} on ${arm.target} leaves out ${formatWhole(left)} of ${formatWhole(all)} files, which are empty or shorter than a block`,
      );
  }
  return [...notes];
}
