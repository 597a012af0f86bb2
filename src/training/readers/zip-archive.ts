/** Zip archives as Python's `zipfile` reads them (3.11). Nothing is compressed, and the archive has no comment. */
import { LOCAL_HEADER_BYTES, type NpzGeometry, type ZipMemberPlace } from '../file-geometries.js';
import type { PythonFile } from './python-file.js';

/** `MIN_READ_SIZE` of zipfile. */
const LEAST_BYTES = 4096;
/** Bytes of a local header before the name, and of the records at the end of an archive. */
const [END_BYTES, LOCATOR_BYTES, END_64_BYTES] = [22, 20, 56];

/** Makes the calls of `ZipFile(file)`, which finds the members. */
export function openArchive(file: PythonFile, { bytes, directory }: NpzGeometry): void {
  file.seekFromEnd(0);
  file.tell();
  file.seekFromEnd(END_BYTES);
  file.readAll();
  file.seekFromEnd(END_BYTES + LOCATOR_BYTES);
  file.read(LOCATOR_BYTES);
  if (bytes > directory.offsetBytes + directory.bytes + END_BYTES) {
    file.seekFromEnd(END_BYTES + LOCATOR_BYTES + END_64_BYTES);
    file.read(END_64_BYTES);
  }
  file.seek(directory.offsetBytes);
  file.read(directory.bytes);
}

/** A member that is open: a `ZipExtFile` over a `_SharedFile`. */
export class StoredMember {
  readonly #file: PythonFile;
  #at: number;
  #left: number;
  /** Bytes that were read and not yet given out. */
  #ready = 0;

  constructor(file: PythonFile, { headerAtBytes, nameBytes, extraBytes, bytes }: ZipMemberPlace) {
    this.#file = file;
    this.#at = headerAtBytes;
    this.#left = bytes;
    this.#shared(LOCAL_HEADER_BYTES);
    this.#shared(nameBytes);
    if (extraBytes > 0) this.#shared(extraBytes);
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
