/** The files that several targets have in common: those with the same path and the same size in every one of them. */
import { type FileIndex, nameAt, pathAt } from './file-index.js';
import { decodeIndex, encodeIndex } from './index-image.js';
import type { Found, OnlyHere } from './planned-dataset.js';
import { numbersAt, type SampleTable, SampleTableBuilder } from './sample-table.js';

export interface CommonFiles {
  /** By target: the places of the files in its index. */
  readonly places: ReadonlyMap<string, Uint32Array>;
  /** By target, if it has any. */
  readonly others: ReadonlyMap<string, OnlyHere>;
}

/** So many files that differ are named. */
const NAMED = 3;

/** Returns the files that all of these targets have in common. Null if they have all files in common. */
export function commonFiles(indexes: ReadonlyMap<string, FileIndex>): CommonFiles | null {
  const [base] = indexes.values();
  if (base === undefined || indexes.size === 1) return null;
  const matches = new Map([...indexes].map(([target, index]) => [target, matchesOf(base, index)]));
  const isCommon = (place: number) => [...matches.values()].every((match) => match[place] !== NONE);
  const common = Uint32Array.from(placesWhere(base.bytes.length, isCommon));
  if ([...indexes.values()].every(({ bytes }) => bytes.length === common.length)) return null;
  const places = new Map(
    [...matches].map(([target, match]) => [target, common.map((place) => match[place] as number)]),
  );
  const others = [...indexes].map(
    ([target, index]) => [target, onlyHere(index, places.get(target) as Uint32Array)] as const,
  );
  return { places, others: new Map(others.filter(([, { files }]) => files > 0)) };
}

function* placesWhere(length: number, isWanted: (place: number) => boolean): Generator<number> {
  for (let place = 0; place < length; place++) if (isWanted(place)) yield place;
}

const NONE = 2 ** 32 - 1;

/**
 * Returns, by place in the base, the place of the same file in the other index, or `NONE`. Walks through both indexes, which
 * are in the same order.
 */
function matchesOf(base: FileIndex, other: FileIndex): Uint32Array {
  const places = new Uint32Array(base.bytes.length).fill(NONE);
  // A device that holds a copy has another name.
  const areDevices = base.opening.device && other.opening.device;
  const compare = areDevices ? () => 0 : pathComparison(base, other);
  for (let i = 0, j = 0; i < base.bytes.length && j < other.bytes.length; ) {
    const order = compare(i, j);
    if (order === 0 && base.bytes[i] === other.bytes[j]) places[i] = j;
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return places;
}

/** Returns a function that compares the path of a file in one index with that of a file in another, byte by byte. */
function pathComparison(a: FileIndex, b: FileIndex): (i: number, j: number) => number {
  let last = { a: -1, b: -1, isSame: false };
  return (i, j) => {
    const at = { a: a.directoryOf[i] as number, b: b.directoryOf[j] as number };
    if (at.a !== last.a || at.b !== last.b)
      last = { ...at, isSame: compareBytes(nameAt(a.directories, at.a), nameAt(b.directories, at.b)) === 0 };
    if (last.isSame) return compareBytes(nameAt(a.names, i), nameAt(b.names, j));
    return compareBytes(pathBytes(a, i), pathBytes(b, j));
  };
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const SLASH = 0x2f;

/** Returns the bytes of a file's path relative to the target. */
export function pathBytes({ directories, directoryOf, names }: FileIndex, place: number): Uint8Array {
  const [directory, name] = [nameAt(directories, directoryOf[place] as number), nameAt(names, place)];
  if (directory.length === 0) return name;
  const path = new Uint8Array(directory.length + 1 + name.length);
  path.set(directory);
  path[directory.length] = SLASH;
  path.set(name, directory.length + 1);
  return path;
}

function onlyHere(index: FileIndex, places: Uint32Array): OnlyHere {
  const first: string[] = [];
  const { length } = index.bytes;
  for (let place = 0, next = 0; place < length && first.length < NAMED; place++) {
    if (places[next] === place) next++;
    else first.push(pathAt(index, place));
  }
  return { files: length - places.length, first };
}

function chosenSamples(samples: SampleTable, places: Uint32Array): SampleTable {
  const chosen = new SampleTableBuilder();
  for (const place of places) chosen.add(numbersAt(samples, place));
  return chosen.table();
}

/** Returns these files alone. */
export function chosenFiles({ index, summary }: Found, places: Uint32Array): Found {
  const { directories, names, directoryOf, bytes, modifiedMs, opening, samples } = index;
  const left = summary.files - places.length;
  const image = encodeIndex({
    directories: { ...directories, length: directories.starts.length - 1 },
    names,
    order: places,
    directoryOf: (place) => directoryOf[place] as number,
    bytesOf: (place) => bytes[place] as number,
    modifiedMsOf: (place) => modifiedMs[place] as number,
    opening,
    summary: {
      ...summary,
      files: places.length,
      bytes: places.reduce((sum, place) => sum + (bytes[place] as number), 0),
      matching: summary.matching - left,
    },
    samples: samples && chosenSamples(samples, places),
  });
  const shared = new SharedArrayBuffer(image.length);
  new Uint8Array(shared).set(image);
  return decodeIndex(shared);
}
