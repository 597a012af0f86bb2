/** Describes the files of a user that a run reads, for its record. */
import { createHash } from 'node:crypto';
import { bytesOf } from '../base/byte-text.js';
import { pathBytes } from '../plan/common-files.js';
import type { FileIndex } from '../plan/file-index.js';
import { FoundFiles } from '../plan/found-files.js';
import type { Target } from '../plan/plan.js';
import type { Found, OnlyHere, ScannedDataset } from '../plan/planned-dataset.js';
import type { LeftOut, ScanSummary } from '../plan/scan-summary.js';
import { SizeBins } from '../plan/size-bins.js';
import type { NotRead, UserDataRecord } from '../record/user-data-record.js';

/** Returns what was found in each target, by the target's name. */
export function userDataRecords(
  { declared, found }: ScannedDataset,
  targets: readonly Target[],
): ReadonlyMap<string, UserDataRecord> {
  const pathOf = (target: string) => targets.find(({ name }) => name === target)?.read ?? declared.path;
  return new Map([...found].map(([target, each]) => [target, userDataRecord(pathOf(target), each)]));
}

function userDataRecord(path: string, { index, summary, onlyHere }: Found): UserDataRecord {
  const bins = new SizeBins();
  for (const bytes of index.bytes) bins.add(bytes);
  const { totalBytes, smallestBytes, longestBytes } = FoundFiles.of(index).sums;
  return {
    path,
    files: index.bytes.length,
    bytes: totalBytes,
    smallestBytes: index.bytes.length === 0 ? 0 : smallestBytes,
    largestBytes: longestBytes,
    unallocatedBytes: Math.min(totalBytes, Math.max(0, summary.sparseBytes - summary.allocatedBytes)),
    sizes: bins.list(),
    digest: digestOf(index, path),
    ...(index.opening.device && { device: true as const }),
    notRead: [...notReadOf(summary), ...(onlyHere === undefined ? [] : [copies(onlyHere)])],
  };
}

function notReadOf({ leftOut, firstLeftOut, matching, files }: ScanSummary): NotRead[] {
  const reasons = Object.entries(leftOut) as [LeftOut, number][];
  const named = (why: LeftOut) => firstLeftOut.filter((entry) => entry.why === why).map(({ path }) => path);
  const beyond = matching - files;
  return [
    ...reasons.map(([why, entries]): NotRead => ({ why, entries, first: named(why) })),
    ...(beyond === 0 ? [] : [{ why: 'limit', entries: beyond, first: [] } as const]),
  ];
}

function copies({ files, first }: OnlyHere): NotRead {
  return { why: 'copies', entries: files, first };
}

/** Hashing many names at once takes a tenth of the time of hashing each. */
const CHUNK_BYTES = 2 ** 16;
const SLASH = 0x2f;
const NO_NAME = new Uint8Array(0);

/** Returns `UserDataRecord.digest`. */
function digestOf(index: FileIndex, path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const prefix = prefixOf(path);
  let filled = 0;
  for (let place = 0; place < index.bytes.length; place++) {
    // A device may have another name after a restart, and one that holds a copy always has.
    const name = index.opening.device ? NO_NAME : relativeTo(prefix, pathBytes(index, place));
    const size = `\0${index.bytes[place]}\n`;
    if (filled + name.length + size.length > CHUNK_BYTES) {
      hash.update(chunk.subarray(0, filled));
      filled = 0;
    }
    chunk.set(name, filled);
    filled += name.length;
    filled += chunk.write(size, filled, 'latin1');
  }
  return hash.update(chunk.subarray(0, filled)).digest('hex');
}

function prefixOf(path: string): Uint8Array {
  return bytesOf(path === '.' ? '' : `${path.replace(/\/+$/, '')}/`);
}

/** A file that is named itself has its own name alone, wherever it is. */
function relativeTo(prefix: Uint8Array, path: Uint8Array): Uint8Array {
  const isBelow = path.length > prefix.length && prefix.every((byte, i) => path[i] === byte);
  return path.subarray(isBelow ? prefix.length : path.lastIndexOf(SLASH) + 1);
}
