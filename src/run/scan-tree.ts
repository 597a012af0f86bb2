/** Walks a directory tree for the files of a dataset. */
import { type Dir, type Dirent, opendirSync, promises } from 'node:fs';
import { OWN_PREFIX } from '../host/files/own-names.js';
import { codeOf } from '../host/system/libc.js';
import type { ByteName, FoundListing } from './found-listing.js';
import { type Statuses, systemPath } from './scan-statuses.js';
import type { ScanTally } from './scan-tally.js';

/** Directories that are read at the same time when a server has to be asked. */
const READ_TOGETHER = 16;
/** Entries that one call reads. */
const READ_ENTRIES = 1024;

/** What a walk asks of its caller. Paths are relative to the dataset's path. */
export interface WalkRules {
  readonly isChosen: (path: ByteName) => boolean;
  readonly isPruned: (path: ByteName) => boolean;
  readonly follow: boolean;
  /** Absolute paths of the mounts below the target. */
  readonly mountPoints: ReadonlySet<ByteName>;
}

/** A directory that was read. */
interface Folder {
  /** Relative to the dataset's path; empty: that path itself. */
  readonly path: ByteName;
  readonly above: Folder | null;
  /** Device and inode, if links are followed. */
  readonly identity: string;
  /** The place of its first file in the listing, in the order of their names. */
  first: number;
  count: number;
  folders: Folder[];
}

/** The entries of a directory, by what they are. */
interface FolderEntries {
  readonly files: ByteName[];
  readonly directories: ByteName[];
}

export class TreeWalk {
  readonly #root: ByteName;
  readonly #prefix: ByteName;
  readonly #listing: FoundListing;
  readonly #statuses: Statuses;
  readonly #tally: ScanTally;
  readonly #rules: WalkRules;

  /**
   * @param root the absolute path of the directory
   * @param prefix its path relative to the target, with which the listing's directories begin
   */
  constructor(
    { root, prefix }: { readonly root: ByteName; readonly prefix: ByteName },
    listing: FoundListing,
    statuses: Statuses,
    tally: ScanTally,
    rules: WalkRules,
  ) {
    this.#root = root;
    this.#prefix = prefix;
    this.#listing = listing;
    this.#statuses = statuses;
    this.#tally = tally;
    this.#rules = rules;
  }

  /**
   * Lists the files. Returns their places in the order of the bytes of their paths.
   * @param added called for the files of each directory, with the place of the first one
   */
  async walk(added: (first: number, count: number) => Promise<void>): Promise<Uint32Array> {
    const top: Folder = this.#folder('', null);
    const waiting = [top];
    let reading: Promise<void>[] = [];
    while (waiting.length > 0) {
      const folder = waiting.pop() as Folder;
      const read = this.#read(folder, added).then(() => void waiting.push(...folder.folders));
      // Only one after the other while no call waits: less is kept in memory then.
      if (this.#statuses.isWaiting) reading.push(read);
      else await read;
      if (reading.length < READ_TOGETHER && waiting.length > 0) continue;
      await Promise.all(reading);
      reading = [];
    }
    return this.#inOrder(top);
  }

  #folder(path: ByteName, above: Folder | null): Folder {
    const seen = this.#rules.follow ? this.#statuses.now(this.#absolute(path)) : null;
    const identity = seen !== null && 'stats' in seen ? `${seen.stats.dev}:${seen.stats.ino}` : '';
    return { path, above, identity, first: 0, count: 0, folders: [] };
  }

  #absolute(path: ByteName): ByteName {
    return path === '' ? this.#root : this.#root === '/' ? `/${path}` : `${this.#root}/${path}`;
  }

  async #read(folder: Folder, added: (first: number, count: number) => Promise<void>): Promise<void> {
    const entries = await this.#entriesOf(folder);
    if (entries === null) return;
    this.#tally.directories++;
    const { files, directories } = entries;
    files.sort();
    if (files.length > 0) {
      const place = this.#listing.addDirectory(joined(this.#prefix, folder.path));
      folder.first = this.#listing.length;
      folder.count = files.length;
      for (const name of files) this.#listing.add(place, name);
      await added(folder.first, folder.count);
    }
    folder.folders = directories
      .map((name) => this.#folder(joined(folder.path, name), folder))
      .filter((each) => this.#isNew(each));
  }

  /** Returns whether a directory is none of those around it, to which a link may lead. */
  #isNew({ path, identity, above }: Folder): boolean {
    for (let outer = identity === '' ? null : above; outer !== null; outer = outer.above) {
      if (outer.identity !== identity) continue;
      this.#tally.leaveOut('loop', joined(this.#prefix, path));
      return false;
    }
    return true;
  }

  /** Returns the files and directories to read; null when the directory cannot be read. */
  async #entriesOf({ path }: Folder): Promise<FolderEntries | null> {
    const entries: FolderEntries = { files: [], directories: [] };
    let directory: Dir | null = null;
    try {
      const options = { encoding: 'buffer' as BufferEncoding, bufferSize: READ_ENTRIES };
      const at = systemPath(this.#absolute(path));
      const isWaiting = this.#statuses.isWaiting;
      directory = isWaiting ? await promises.opendir(at as string, options) : opendirSync(at as string, options);
      for (let entry = isWaiting ? await directory.read() : directory.readSync(); entry !== null; ) {
        this.#take(path, entry, entries);
        entry = isWaiting ? await directory.read() : directory.readSync();
      }
    } catch (thrown) {
      this.#tally.leaveOut('unreadable', joined(this.#prefix, path), codeOf(thrown) ?? null);
      if (directory === null) return null;
    } finally {
      directory?.closeSync();
    }
    return entries;
  }

  #take(folder: ByteName, entry: Dirent, entries: FolderEntries): void {
    const name = (entry.name as unknown as Buffer).toString('latin1');
    const path = joined(folder, name);
    if (entry.isFile()) {
      if (this.#rules.isChosen(path)) entries.files.push(name);
    } else if (entry.isDirectory()) this.#takeDirectory(path, name, entries);
    else if (entry.isSymbolicLink()) this.#takeLink(path, name, entries);
    else if (this.#rules.isChosen(path)) this.#tally.leaveOut('special', joined(this.#prefix, path));
  }

  #takeDirectory(path: ByteName, name: ByteName, { directories }: FolderEntries): void {
    if (name.startsWith(OWN_PREFIX)) this.#tally.leaveOut('own', joined(this.#prefix, path));
    else if (this.#rules.isPruned(path)) return;
    else if (this.#rules.mountPoints.has(this.#absolute(path)))
      this.#tally.leaveOut('mount', joined(this.#prefix, path));
    else directories.push(name);
  }

  #takeLink(path: ByteName, name: ByteName, entries: FolderEntries): void {
    const isChosen = this.#rules.isChosen(path);
    const at = joined(this.#prefix, path);
    if (!this.#rules.follow) {
      if (isChosen) this.#tally.leaveOut('link', at);
      return;
    }
    const seen = this.#statuses.now(this.#absolute(path));
    if ('code' in seen) {
      if (isChosen) this.#tally.leaveOut(seen.code === 'ELOOP' ? 'loop' : 'missing', at, seen.code);
    } else if (seen.stats.isDirectory()) this.#takeDirectory(path, name, entries);
    else if (isChosen && seen.stats.isFile()) entries.files.push(name);
    else if (isChosen) this.#tally.leaveOut('special', at);
  }

  /** Returns the places of a folder's files and of those below it, as if a directory's name ended in a slash. */
  #inOrder(top: Folder): Uint32Array {
    const order = new Uint32Array(this.#listing.length);
    let length = 0;
    const pending: (number | Folder)[] = [top];
    while (pending.length > 0) {
      const next = pending.pop() as number | Folder;
      if (typeof next === 'number') {
        order[length++] = next;
        continue;
      }
      const folders = next.folders.sort((a, b) => (`${a.path}/` < `${b.path}/` ? -1 : 1));
      if (folders.length === 0) {
        for (let i = 0; i < next.count; i++) order[length++] = next.first + i;
        continue;
      }
      pending.push(...this.#merged(next, folders).reverse());
    }
    return order;
  }

  #merged({ path, first, count }: Folder, folders: readonly Folder[]): (number | Folder)[] {
    const merged: (number | Folder)[] = [];
    let at = 0;
    for (let i = 0; i < count; i++) {
      const name = joined(path, this.#listing.names.at(first + i));
      while (at < folders.length && `${(folders[at] as Folder).path}/` < name) merged.push(folders[at++] as Folder);
      merged.push(first + i);
    }
    return [...merged, ...folders.slice(at)];
  }
}

export function joined(directory: ByteName, name: ByteName): ByteName {
  if (directory === '') return name;
  return name === '' ? directory : `${directory}/${name}`;
}
