import type { PythonFile } from './python-file.js';

/** `MIN_READ_SIZE` of Python's zipfile. */
const LEAST_BYTES = 4096;
/** Bytes of a local header before the name, and of the records at the end of an archive. */
export const LOCAL_HEADER_BYTES = 30;
const END_BYTES = 22;
const END_LOCATOR_BYTES = 20;

/** A stored member of a zip archive. */
export interface ZipMemberPlace {
  readonly headerAtBytes: number;
  /** Bytes of the name and of the extra field in its local header. */
  readonly nameBytes: number;
  readonly extraBytes: number;
  readonly bytes: number;
}

/** Where the central directory of a zip archive is. */
export interface ZipDirectory {
  readonly offsetBytes: number;
  readonly bytes: number;
}

/** Makes the calls by which Python's `ZipFile(file)` finds the members of an archive without a comment. */
export function openArchive(file: PythonFile, directory: ZipDirectory): void {
  file.seekFromEnd(0);
  file.tell();
  file.seekFromEnd(END_BYTES);
  file.readAll();
  file.seekFromEnd(END_BYTES + END_LOCATOR_BYTES);
  file.read(END_LOCATOR_BYTES);
  file.seek(directory.offsetBytes);
  file.read(directory.bytes);
}

/** A stored member that is open: Python's `ZipExtFile` over a `_SharedFile`. */
export class ZipMember {
  readonly #file: PythonFile;
  #at: number;
  #left: number;
  /** Bytes that were read and not yet given out. */
  #ready = 0;

  constructor(file: PythonFile, place: ZipMemberPlace) {
    this.#file = file;
    this.#at = place.headerAtBytes;
    this.#left = place.bytes;
    this.#shared(LOCAL_HEADER_BYTES);
    this.#shared(place.nameBytes);
    if (place.extraBytes > 0) this.#shared(place.extraBytes);
  }

  /** `read(n)` */
  read(lengthBytes: number): void {
    if (lengthBytes < this.#ready) {
      this.#ready -= lengthBytes;
      return;
    }
    let rest = lengthBytes - this.#ready;
    this.#ready = 0;
    while (rest > 0 && this.#left > 0) {
      const got = this.#shared(Math.min(Math.max(rest, LEAST_BYTES), this.#left));
      if (got === 0) return;
      this.#left -= got;
      this.#ready = Math.max(0, got - rest);
      rest -= Math.min(rest, got);
    }
  }

  /** Reads at the member's own position in the archive, which other members share. */
  #shared(lengthBytes: number): number {
    this.#file.seek(this.#at);
    const got = this.#file.read(lengthBytes);
    this.#file.tell();
    this.#at += got;
    return got;
  }
}
