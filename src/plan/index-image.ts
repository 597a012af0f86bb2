/**
 * An index of files as one block of memory, which is also its file: the length of a header, the header as JSON, and then
 * each array at a multiple of eight bytes. Numbers are in the machine's order: the file is read where it was written.
 */
import { FeedrateError } from '../base/errors.js';
import type { Opening } from '../base/opening.js';
import type { FileIndex, PackedNames } from './file-index.js';
import type { Found } from './planned-dataset.js';
import type { SampleTable } from './sample-table.js';
import type { ScanSummary } from './scan-summary.js';

const FORMAT = 'feedrate files 1';
const ALIGNMENT_BYTES = 8;

interface Header {
  readonly format: typeof FORMAT;
  readonly files: number;
  readonly directories: number;
  readonly directoryBytes: number;
  readonly nameBytes: number;
  readonly opening: Opening;
  readonly summary: ScanSummary;
  /** How many numbers describe the samples of the files; absent: nobody has looked into them. */
  readonly sampleNumbers?: number;
}

/** What an image is made of, in the order of the files. */
export interface IndexSource {
  readonly directories: PackedNames & { readonly length: number };
  readonly names: PackedNames;
  /** By file: its place in `names`, `directoryOf`, `bytesOf` and `modifiedMsOf`. */
  readonly order: Uint32Array;
  directoryOf(place: number): number;
  bytesOf(place: number): number;
  modifiedMsOf(place: number): number;
  readonly opening: Opening;
  readonly summary: ScanSummary;
  /** Where the samples are, in the order of the files. */
  readonly samples?: SampleTable | undefined;
}

interface Arrays {
  readonly directoryStarts: Uint32Array;
  readonly directoryOf: Uint32Array;
  readonly nameStarts: Uint32Array;
  readonly bytes: Float64Array;
  readonly modifiedMs: Float64Array;
  readonly sampleStarts: Float64Array;
  readonly sampleValues: Float64Array;
  readonly directoryNames: Uint8Array;
  readonly names: Uint8Array;
}

/** Returns the arrays of an image, and its length. */
function arraysIn(
  memory: ArrayBufferLike | null,
  headerBytes: number,
  header: Header,
): { arrays: Arrays; bytes: number } {
  let at = aligned(ALIGNMENT_BYTES + headerBytes);
  const place = <A>(
    make: new (memory: ArrayBufferLike, at: number, length: number) => A,
    each: number,
    length: number,
  ) => {
    const start = at;
    at = aligned(at + each * length);
    return memory === null ? (null as A) : new make(memory, start, length);
  };
  const { files, directories, directoryBytes, nameBytes, sampleNumbers } = header;
  const arrays: Arrays = {
    directoryStarts: place(Uint32Array, Uint32Array.BYTES_PER_ELEMENT, directories + 1),
    directoryOf: place(Uint32Array, Uint32Array.BYTES_PER_ELEMENT, files),
    nameStarts: place(Uint32Array, Uint32Array.BYTES_PER_ELEMENT, files + 1),
    bytes: place(Float64Array, Float64Array.BYTES_PER_ELEMENT, files),
    modifiedMs: place(Float64Array, Float64Array.BYTES_PER_ELEMENT, files),
    sampleStarts: place(Float64Array, Float64Array.BYTES_PER_ELEMENT, sampleNumbers === undefined ? 0 : files + 1),
    sampleValues: place(Float64Array, Float64Array.BYTES_PER_ELEMENT, sampleNumbers ?? 0),
    directoryNames: place(Uint8Array, 1, directoryBytes),
    names: place(Uint8Array, 1, nameBytes),
  };
  return { arrays, bytes: at };
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

/** Returns the image of an index. */
export function encodeIndex(source: IndexSource): Uint8Array<ArrayBuffer> {
  const { directories, names, order, opening, summary, samples } = source;
  let nameBytes = 0;
  for (const place of order) nameBytes += (names.starts[place + 1] as number) - (names.starts[place] as number);
  const directoryBytes = directories.starts[directories.length] as number;
  const header: Header = {
    format: FORMAT,
    files: order.length,
    directories: directories.length,
    directoryBytes,
    nameBytes,
    opening,
    summary,
    ...(samples && { sampleNumbers: samples.values.length }),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const memory = new ArrayBuffer(arraysIn(null, text.length, header).bytes);
  const image = new Uint8Array(memory);
  new Uint32Array(memory, 0, 1)[0] = text.length;
  image.set(text, ALIGNMENT_BYTES);
  const { arrays } = arraysIn(memory, text.length, header);
  arrays.directoryStarts.set(directories.starts.subarray(0, directories.length + 1));
  arrays.directoryNames.set(directories.bytes.subarray(0, directoryBytes));
  if (samples !== undefined) {
    arrays.sampleStarts.set(samples.starts);
    arrays.sampleValues.set(samples.values);
  }
  fill(arrays, source);
  return image;
}

function fill(arrays: Arrays, { order, names, ...source }: IndexSource): void {
  let at = 0;
  for (let file = 0; file < order.length; file++) {
    const place = order[file] as number;
    const [start, end] = [names.starts[place] as number, names.starts[place + 1] as number];
    arrays.directoryOf[file] = source.directoryOf(place);
    arrays.bytes[file] = source.bytesOf(place);
    arrays.modifiedMs[file] = source.modifiedMsOf(place);
    for (let byte = start; byte < end; byte++) arrays.names[at++] = names.bytes[byte] as number;
    arrays.nameStarts[file + 1] = at;
  }
}

/** Returns what an image holds, without copying it. Throws `FeedrateError('store')` when it is none of this version. */
export function decodeIndex(memory: SharedArrayBuffer): Found {
  const [headerBytes = 0] = memory.byteLength < ALIGNMENT_BYTES ? [] : new Uint32Array(memory, 0, 1);
  const header = headerOf(memory, headerBytes);
  if (header?.format !== FORMAT || arraysIn(null, headerBytes, header).bytes > memory.byteLength) {
    throw new FeedrateError('store', 'the list of the files to read is damaged; measure again');
  }
  const { opening, summary, sampleNumbers } = header;
  const { directoryStarts, directoryOf, nameStarts, bytes, modifiedMs, sampleStarts, sampleValues, ...names } =
    arraysIn(memory, headerBytes, header).arrays;
  const index: FileIndex = {
    directories: { starts: directoryStarts, bytes: names.directoryNames },
    directoryOf,
    names: { starts: nameStarts, bytes: names.names },
    bytes,
    modifiedMs,
    opening,
    ...(sampleNumbers !== undefined && { samples: { starts: sampleStarts, values: sampleValues } }),
  };
  return { image: memory, index, summary };
}

function headerOf(memory: SharedArrayBuffer, bytes: number): Header | null {
  if (bytes === 0 || ALIGNMENT_BYTES + bytes > memory.byteLength) return null;
  try {
    return JSON.parse(new TextDecoder().decode(new Uint8Array(memory, ALIGNMENT_BYTES, bytes).slice())) as Header;
  } catch {
    return null;
  }
}
