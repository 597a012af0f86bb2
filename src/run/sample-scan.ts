/** Looks for samples in a user's files, in the process of a scan. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import type { Opening } from '../base/opening.js';
import { visibleText } from '../base/visible-text.js';
import { openUserFile } from '../host/files/user-file.js';
import { type SampleSearch, type SampleTable, SampleTableBuilder } from '../plan/sample-table.js';
import type { ByteSource } from '../training/scans/byte-source.js';
import { scanOf } from '../training/scans/format-scans.js';

/** What is looked for, and where. */
export interface SampleWork {
  /** The name of the target, for messages. */
  readonly target: string;
  readonly opening: Opening;
  readonly search: SampleSearch;
}

/** Small reads are served from a stretch of this length, because headers are often beside each other. */
const USUAL_STRETCH_BYTES = 65_536;

/** A file of the user's that is open. */
class OpenSource implements ByteSource {
  readonly path: string;
  readonly bytes: number;
  readonly #fd: number;
  readonly #real: string;
  readonly #opening: Opening;
  readonly #stretch: Buffer;
  #stretchAt = 0;
  #stretchBytes = 0;
  #beside: OpenSource | null = null;

  constructor(path: string, opening: Opening, stretchBytes = USUAL_STRETCH_BYTES) {
    this.path = visibleText(path);
    this.#real = path;
    this.#opening = opening;
    this.#stretch = Buffer.alloc(stretchBytes);
    this.#fd = openUserFile(path, opening);
    this.bytes = fstatSync(this.#fd).size;
  }

  read(offsetBytes: number, lengthBytes: number): Uint8Array {
    const stretchBytes = this.#stretch.length;
    if (lengthBytes > stretchBytes) {
      const all = Buffer.alloc(lengthBytes);
      return all.subarray(0, this.#fill(all, offsetBytes));
    }
    const inStretch = offsetBytes - this.#stretchAt;
    if (inStretch >= 0 && inStretch + lengthBytes <= this.#stretchBytes)
      return this.#stretch.subarray(inStretch, inStretch + lengthBytes);
    // What lies far behind is not read along: samples may be long.
    const isNear = offsetBytes - (this.#stretchAt + this.#stretchBytes) < stretchBytes;
    this.#stretchAt = offsetBytes;
    this.#stretchBytes = this.#fill(this.#stretch.subarray(0, isNear ? stretchBytes : lengthBytes), offsetBytes);
    return this.#stretch.subarray(0, Math.min(lengthBytes, this.#stretchBytes));
  }

  beside(extension: string): ByteSource {
    this.#beside ??= new OpenSource(this.#real.replace(/\.[^./]*$/, extension), this.#opening);
    return this.#beside;
  }

  close(): void {
    this.#beside?.close();
    closeSync(this.#fd);
  }

  #fill(buffer: Uint8Array, offsetBytes: number): number {
    let done = 0;
    while (done < buffer.length) {
      const got = readSync(this.#fd, buffer, done, buffer.length - done, offsetBytes + done);
      if (got === 0) break;
      done += got;
    }
    return done;
  }
}

/** Returns the numbers of a file (see `FormatScan`). Throws `FeedrateError('target')` when it is damaged or cannot be read. */
export function samplesOf(
  path: string,
  target: string,
  opening: Opening,
  { format, choices }: SampleSearch,
): readonly number[] {
  let source: OpenSource | null = null;
  try {
    const { scan, stretchBytes } = scanOf(format);
    source = new OpenSource(path, opening, stretchBytes);
    return scan(source, choices);
  } catch (thrown) {
    const message = thrown instanceof FeedrateError ? thrown.message : visibleText(systemFaultOf(thrown, path).message);
    throw new FeedrateError('target', `target ${target}: ${message}`);
  } finally {
    source?.close();
  }
}

/** Returns the samples of files. Throws as `samplesOf` does. */
export function sampleTableOf(paths: readonly string[], { target, opening, search }: SampleWork): SampleTable {
  const found = new SampleTableBuilder();
  for (const path of paths) found.add(samplesOf(path, target, opening, search));
  return found.table();
}
