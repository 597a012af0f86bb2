/**
 * The files that a scan found: their paths, sizes and times, in the order of the bytes of their paths. It is plain data
 * over shared memory, so that all threads of a process use the same: about 24 bytes a file and those of its name.
 */
import { partsOf, textOf } from '../base/byte-text.js';
import type { Opening } from '../base/opening.js';
import type { SampleTable } from './sample-table.js';

/** Names one after the other. Name n has the bytes from `starts[n]` to `starts[n + 1]`. */
export interface PackedNames {
  readonly starts: Uint32Array;
  readonly bytes: Uint8Array;
}

export interface FileIndex {
  /** Directories with files in them, relative to the target; empty for the target itself. */
  readonly directories: PackedNames;
  /** By file: the place of its directory. */
  readonly directoryOf: Uint32Array;
  /** By file: its name in that directory. */
  readonly names: PackedNames;
  readonly bytes: Float64Array;
  /** By file: the time of the last change of its content, ms since 1970. */
  readonly modifiedMs: Float64Array;
  /** How the files are opened. */
  readonly opening: Opening;
  /** Where their samples are. Absent: nobody has looked into them. */
  readonly samples?: SampleTable;
}

/** A part of the files that a scan found: plain data over shared memory, so that it can be sent to a worker. */
export interface FoundPart {
  readonly index: FileIndex;
  /** Places in the index, if not all of its files are in the list. */
  readonly places: Uint32Array | null;
  readonly first: number;
  readonly step: number;
  readonly length: number;
  /** The directory that paths begin with; empty: paths are relative to the target. */
  readonly directory: string;
}

/** Returns the bytes of a name. */
export function nameAt({ starts, bytes }: PackedNames, place: number): Uint8Array {
  return bytes.subarray(starts[place], starts[place + 1]);
}

/** Returns the path of a file relative to the target. Bytes that are no UTF-8 are escaped (see `base/byte-text.ts`). */
export function pathAt({ directories, directoryOf, names }: FileIndex, place: number): string {
  const directory = directoryTextOf(directories, directoryOf[place] as number);
  const name = nameTextOf(names, place);
  return directory === '' ? name : `${directory}/${name}`;
}

/** By names: what reads one of them. A worker asks for the name of each file just before it is opened. */
const readers = new WeakMap<PackedNames, (start: number, end: number) => string>();

function nameTextOf(names: PackedNames, place: number): string {
  let read = readers.get(names);
  if (read === undefined) {
    read = partsOf(names.bytes);
    readers.set(names, read);
  }
  return read(names.starts[place] as number, names.starts[place + 1] as number);
}

/** The text of each directory, which is asked for once for every file in it. */
const texts = new WeakMap<PackedNames, { place: number; text: string }>();

function directoryTextOf(directories: PackedNames, place: number): string {
  const last = texts.get(directories);
  if (last?.place === place) return last.text;
  const text = textOf(nameAt(directories, place));
  texts.set(directories, { place, text });
  return text;
}
