/** What the process of a scan does: it lists the files of a dataset in a target, and sends the list. */
import { textOf } from '../base/byte-text.js';
import { FeedrateError } from '../base/errors.js';
import type { Opening } from '../base/opening.js';
import { createPrng } from '../base/prng.js';
import { formatWhole } from '../base/units.js';
import { encodeIndex } from '../plan/index-image.js';
import { type SampleSearch, type SampleTable, SampleTableBuilder } from '../plan/sample-table.js';
import { leftOutText } from '../plan/scan-summary.js';
import { compileGlob } from '../workload/globs.js';
import type { ExistingDataset } from '../workload/workload.js';
import { type ByteName, FoundListing, LEFT, UNSEEN } from './found-listing.js';
import { samplesTogether } from './sample-crew.js';
import { sampleTableOf } from './sample-scan.js';
import { leadsOut, manifestPaths } from './scan-manifest.js';
import type { FromScan, ToScan } from './scan-messages.js';
import { deviceBytes, mountsBelow, rootOf, type ScanRoot } from './scan-root.js';
import { doWait, isOwn, isReadable, type Seen, Statuses } from './scan-statuses.js';
import { ScanTally } from './scan-tally.js';
import { joined, TreeWalk } from './scan-tree.js';

/** The most files of a dataset: about 0.5 GB of names and sizes. */
export const MOST_FILES = 10_000_000;
/** Files that are looked at before the progress is told. */
const STRETCH = 4096;
const TELL_EVERY_MS = 250;
/** Files whose samples are looked for before it is judged whether that waits for a server, and those that are worth threads. */
const JUDGED_FILES = 64;
const LEAST_TOGETHER = 256;

/** Lists the files of one dataset in one target. */
class Scan {
  readonly #target: ToScan['target'];
  readonly #dataset: ExistingDataset;
  readonly #listing = new FoundListing();
  readonly #tally = new ScanTally();
  readonly #statuses: Statuses;
  readonly #tell: (found: Extract<FromScan, { type: 'found' }>) => void;
  #toldMs = 0;

  readonly #samples: SampleSearch | null;

  constructor({ target, dataset, samples }: ToScan, tell: (found: Extract<FromScan, { type: 'found' }>) => void) {
    this.#target = target;
    this.#dataset = dataset;
    this.#statuses = new Statuses(dataset.follow);
    this.#samples = samples;
    this.#tell = tell;
  }

  /** Returns the image of the index (see `plan/index-image.ts`). Throws `FeedrateError('target')`. */
  async run(): Promise<Uint8Array<ArrayBuffer>> {
    this.#tell({ type: 'found', files: 0, bytes: 0, directories: 0 });
    const root = rootOf(this.#target, this.#dataset.path);
    const order = await this.#placesIn(root);
    const chosen =
      this.#dataset.limit === null
        ? order
        : this.#limited(order, this.#dataset.limit, bytesOfText(root.inTarget).length);
    await this.#lookAt(chosen.filter((place) => this.#listing.bytesOf(place) === UNSEEN));
    const seen = chosen.filter((place) => this.#listing.bytesOf(place) >= 0);
    this.#tally.matching = chosen.length < order.length ? order.length : seen.length;
    if (seen.length === 0) throw this.#nothing(root);
    const opening = { follow: this.#dataset.follow, noAtime: this.#tally.hasOwn, device: root.stats.isBlockDevice() };
    const { directories, names } = this.#listing;
    const samples = this.#samples === null ? undefined : await this.#samplesIn(seen, opening, this.#samples);
    return encodeIndex({
      samples,
      directories,
      names,
      order: seen,
      directoryOf: (place) => this.#listing.directoryOf(place),
      bytesOf: (place) => this.#listing.bytesOf(place),
      modifiedMsOf: (place) => this.#listing.modifiedMsOf(place),
      opening,
      summary: this.#tally.summary(),
    });
  }

  /** Returns the places of the files that the dataset chooses, in the order of the bytes of their paths. */
  async #placesIn(root: ScanRoot): Promise<Uint32Array> {
    if (this.#dataset.manifest !== null) return this.#listed(root, this.#dataset.manifest);
    if (root.stats.isDirectory()) return this.#walked(root);
    if (root.stats.isFile() || root.stats.isBlockDevice()) return this.#single(root);
    throw new FeedrateError(
      'target',
      `target ${this.#target.name}: ${root.path} is no directory, file or block device; name one of these as dataset.path`,
    );
  }

  async #walked(root: ScanRoot): Promise<Uint32Array> {
    const { include, exclude, follow, limit } = this.#dataset;
    const mountPoints = new Set([...mountsBelow(root.path)].map(bytesOfText));
    const rules = { ...choiceOf(include, exclude), follow, mountPoints };
    const places = { root: bytesOfText(root.path), prefix: bytesOfText(root.inTarget) };
    const walk = new TreeWalk(places, this.#listing, this.#statuses, this.#tally, rules);
    return walk.walk(async (first, count) => {
      this.#refuseTooMany();
      const added = Uint32Array.from({ length: count }, (_, i) => first + i);
      // With a limit, only the chosen ones are looked at: a look may ask a server.
      if (limit === null) await this.#lookAt(added);
      await this.#progress();
    });
  }

  #listed(root: ScanRoot, manifest: string): Uint32Array {
    const { isChosen } = choiceOf(this.#dataset.include, this.#dataset.exclude);
    const prefix = bytesOfText(root.inTarget);
    const directories = new Map<ByteName, number>();
    for (const path of manifestPaths(manifest, this.#target, root.path)) {
      if (!isChosen(path)) continue;
      if (leadsOut(path)) {
        this.#tally.leaveOut('outside', path);
        continue;
      }
      const slash = path.lastIndexOf('/');
      const directory = joined(prefix, path.slice(0, Math.max(0, slash)));
      const place = directories.get(directory) ?? this.#listing.addDirectory(directory);
      directories.set(directory, place);
      this.#listing.add(place, path.slice(slash + 1));
      this.#refuseTooMany();
    }
    return Uint32Array.from({ length: this.#listing.length }, (_, place) => place);
  }

  #single({ path, inTarget, stats }: ScanRoot): Uint32Array {
    const name = bytesOfText(path.slice(path.lastIndexOf('/') + 1));
    const within = bytesOfText(inTarget);
    const place = this.#listing.add(
      this.#listing.addDirectory(within.slice(0, Math.max(0, within.length - name.length - 1))),
      name,
    );
    const size = stats.isBlockDevice() ? deviceBytes(stats) : stats.size;
    if (size === null) throw new FeedrateError('target', `target ${this.#target.name}: the size of ${path} is unknown`);
    this.#take(
      place,
      { stats: Object.assign(stats, { size, blocks: stats.isBlockDevice() ? size / 512 : stats.blocks }) },
      true,
    );
    return Uint32Array.of(place);
  }

  async #lookAt(places: Uint32Array): Promise<void> {
    const base = bytesOfText(this.#target.path === '/' ? '' : this.#target.path);
    for (let from = 0; from < places.length; from += STRETCH) {
      const stretch = places.subarray(from, from + STRETCH);
      const paths = Array.from(stretch, (place) => `${base}/${this.#listing.pathOf(place)}`);
      await this.#statuses.lookAt(paths, (i, seen) => {
        this.#take(stretch[i] as number, seen, false);
        // A slow server takes many seconds for a stretch.
        this.#tellIfDue();
      });
      await this.#progress();
    }
  }

  /** Takes the size of a file, or leaves it out. @param isNamed whether the user named it, so that it may be a device */
  #take(place: number, seen: Seen, isNamed: boolean): void {
    const path = this.#listing.pathOf(place);
    this.#listing.see(place, LEFT, 0);
    if ('code' in seen) {
      const isMissing = seen.code === 'ENOENT' || seen.code === 'ENOTDIR';
      this.#tally.leaveOut(isMissing ? 'missing' : 'unreadable', path, seen.code);
      return;
    }
    const { stats } = seen;
    if (stats.isSymbolicLink()) this.#tally.leaveOut('link', path);
    else if (stats.isDirectory()) this.#tally.leaveOut('directory', path);
    else if (!stats.isFile() && !isNamed) this.#tally.leaveOut('special', path);
    else if (!isReadable(`${bytesOfText(this.#target.path)}/${path}`, stats))
      this.#tally.leaveOut('unreadable', path, 'EACCES');
    else {
      this.#listing.see(place, stats.size, stats.mtimeMs);
      this.#tally.count(stats);
      this.#tally.hasOwn ||= isOwn(stats);
    }
  }

  /**
   * Returns so many of the places: those whose paths have the smallest numbers, which seed and path determine. Copies of
   * the same files therefore give the same choice, wherever they are.
   * @param start of the part of the paths that is in the dataset
   */
  #limited(order: Uint32Array, limit: number, start: number): Uint32Array {
    if (order.length <= limit) return order;
    const numbers = Uint32Array.from(order, (place) =>
      hashOf(this.#listing.pathOf(place).slice(start), this.#dataset.seed),
    );
    const last = numbers.slice().sort()[limit - 1] as number;
    let equal = limit - numbers.reduce((smaller, number) => smaller + (number < last ? 1 : 0), 0);
    return order.filter((_, i) => {
      const number = numbers[i] as number;
      return number < last || (number === last && equal-- > 0);
    });
  }

  /** Looks for the samples of the files. Throws `FeedrateError('target')` for a file that is damaged. */
  async #samplesIn(places: Uint32Array, opening: Opening, search: SampleSearch): Promise<SampleTable> {
    const found = new SampleTableBuilder();
    const base = this.#target.path === '/' ? '' : this.#target.path;
    const pathOf = (place: number) => `${base}/${textOf(Buffer.from(this.#listing.pathOf(place), 'latin1'))}`;
    const work = { target: this.#target.name, opening, search };
    for (let from = 0; from < places.length; ) {
      const end = Math.min(places.length, from + JUDGED_FILES);
      const paths = Array.from(places.subarray(from, end), pathOf);
      const isWaiting = doWait(paths.length, () => found.addAll(sampleTableOf(paths, work)));
      from = end;
      await this.#progress();
      if (!isWaiting || places.length - from < LEAST_TOGETHER) continue;
      const others = places.subarray(from);
      const pathsFrom = (first: number, last: number) => Array.from(others.subarray(first, last), pathOf);
      const tables = await samplesTogether(others.length, pathsFrom, work, () => this.#tellIfDue());
      for (const table of tables) found.addAll(table);
      break;
    }
    return found.table();
  }

  async #progress(): Promise<void> {
    if (this.#tellIfDue()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Tells how far the scan is, and returns true, if that was not done a moment ago. */
  #tellIfDue(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < TELL_EVERY_MS) return false;
    this.#toldMs = nowMs;
    const { directories, files, bytes } = this.#tally;
    this.#tell({ type: 'found', files: Math.max(files, this.#listing.length), bytes, directories });
    return true;
  }

  #refuseTooMany(): void {
    if (this.#listing.length <= MOST_FILES) return;
    const remedy = 'narrow it with dataset.include or dataset.exclude, or name a directory below it';
    throw new FeedrateError(
      'target',
      `target ${this.#target.name}: more than ${formatWhole(MOST_FILES)} files; ${remedy}`,
    );
  }

  #nothing({ path, stats }: ScanRoot): FeedrateError {
    if (this.#dataset.manifest === null && !stats.isDirectory())
      return new FeedrateError(
        'target',
        `target ${this.#target.name}: cannot read ${path} (EACCES): permission denied; give this user read permission on it`,
      );
    const { include, exclude, manifest } = this.#dataset;
    const where = manifest === null ? `below ${path}` : `in ${manifest}`;
    const isFlat = include.length > 0 && include.every((pattern) => !pattern.includes('/'));
    const hint = isFlat ? `; patterns match whole paths: write **/${include[0]} for files in any directory` : '';
    const { leftOut, firstLeftOut } = this.#tally.summary();
    const [first] = firstLeftOut;
    const left = first === undefined ? '' : ` (left out: ${leftOutText(leftOut)}; the first is ${first.path})`;
    const what = include.length + exclude.length > 0 ? 'no file that include and exclude choose' : 'no file';
    return new FeedrateError('target', `target ${this.#target.name}: there is ${what} ${where}${left}${hint}`);
  }
}

/** Returns the tests of paths that patterns mean. A directory that an exclude matches, or everything in it, is not read. */
function choiceOf(
  include: readonly string[],
  exclude: readonly string[],
): { readonly isChosen: (path: ByteName) => boolean; readonly isPruned: (path: ByteName) => boolean } {
  const compiled = (patterns: readonly string[]) =>
    patterns.map(compileGlob).flatMap((glob) => (glob.ok ? [glob.value] : []));
  const [wanted, unwanted] = [compiled(include), compiled(exclude)];
  const whole = compiled(exclude.flatMap((pattern) => (pattern.endsWith('/**') ? [pattern.slice(0, -3)] : [])));
  const matches = (globs: readonly RegExp[], path: ByteName) => {
    if (globs.length === 0) return false;
    const text = textOf(Buffer.from(path, 'latin1'));
    return globs.some((glob) => glob.test(text));
  };
  return {
    isChosen: (path) => (wanted.length === 0 || matches(wanted, path)) && !matches(unwanted, path),
    isPruned: (path) => matches([...unwanted, ...whole], path),
  };
}

const bytesOfText = (text: string): ByteName => Buffer.from(text, 'utf8').toString('latin1');

/** Returns a number that seed and bytes determine: FNV-1a, mixed by the generator of random numbers. */
function hashOf(bytes: ByteName, seed: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes.charCodeAt(i), 0x01000193);
  return createPrng(seed, hash >>> 0).nextBelow(2 ** 32);
}

/** Lists the files of a dataset. Returns the image of the index. Throws `FeedrateError('target')`. */
export function scan(
  request: ToScan,
  tell: (found: Extract<FromScan, { type: 'found' }>) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Scan(request, tell).run();
}
