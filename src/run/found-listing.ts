/** The names and sizes that a scan has found so far, in memory that grows with them. Names are bytes: see `ByteName`. */
import type { PackedNames } from '../plan/file-index.js';

/**
 * A name or path as the system has it, one character for each byte (`latin1`). Such texts take little memory, and compare
 * by their bytes.
 */
export type ByteName = string;

/** The size of a file that nobody has looked at, and of one that cannot be read. */
export const UNSEEN = -1;
export const LEFT = -2;

/** Names one after the other. */
export class NameStore implements PackedNames {
  #bytes = Buffer.alloc(1 << 16);
  #starts = new Uint32Array(1 << 10);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get starts(): Uint32Array {
    return this.#starts;
  }

  add(name: ByteName): void {
    const start = this.#starts[this.#length] as number;
    const end = start + name.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.write(name, start, 'latin1');
    if (this.#length + 2 > this.#starts.length) this.#starts = grown(this.#starts);
    this.#starts[++this.#length] = end;
  }

  at(place: number): ByteName {
    return this.#bytes.toString('latin1', this.#starts[place], this.#starts[place + 1]);
  }
}

/** The files in the order in which they were found. */
export class FoundListing {
  readonly directories = new NameStore();
  readonly names = new NameStore();
  #directoryOf = new Uint32Array(1 << 10);
  #bytes = new Float64Array(1 << 10);
  #modifiedMs = new Float64Array(1 << 10);

  get length(): number {
    return this.names.length;
  }

  /** Adds a directory and returns its place. */
  addDirectory(path: ByteName): number {
    this.directories.add(path);
    return this.directories.length - 1;
  }

  /** Adds a file of a directory, not looked at yet. Returns its place. */
  add(directory: number, name: ByteName): number {
    const place = this.names.length;
    if (place === this.#bytes.length) {
      this.#directoryOf = grown(this.#directoryOf);
      this.#bytes = grown(this.#bytes);
      this.#modifiedMs = grown(this.#modifiedMs);
    }
    this.names.add(name);
    this.#directoryOf[place] = directory;
    this.#bytes[place] = UNSEEN;
    return place;
  }

  see(place: number, bytes: number, modifiedMs: number): void {
    this.#bytes[place] = bytes;
    this.#modifiedMs[place] = modifiedMs;
  }

  directoryOf(place: number): number {
    return this.#directoryOf[place] as number;
  }

  /** Returns the size of a file, or `UNSEEN`. */
  bytesOf(place: number): number {
    return this.#bytes[place] as number;
  }

  modifiedMsOf(place: number): number {
    return this.#modifiedMs[place] as number;
  }

  /** Returns the path of a file from where the directories' paths begin. */
  pathOf(place: number): ByteName {
    const directory = this.directories.at(this.directoryOf(place));
    return directory === '' ? this.names.at(place) : `${directory}/${this.names.at(place)}`;
  }
}

function grown<A extends Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(array: A): A {
  const larger = new (array.constructor as new (length: number) => A)(array.length * 2);
  larger.set(array);
  return larger;
}
