/** What was recorded of a case of `real-readers.py`, and what feedrate's reader does for it. */
import { readerOf } from '../../../src/training/readers/reader-of.js';
import { scanOf } from '../../../src/training/scans/format-scans.js';
import { RecordedCalls } from '../../support/recorded-calls.js';
import type { ReaderCase } from './reader-cases.js';

/** What a case's files look like, so that the short test needs no files, and the calls of the real reader. */
export interface Seen {
  readonly blockBytes: number;
  readonly files: readonly { readonly path: string; readonly numbers: readonly number[] }[];
  readonly folders: readonly (readonly [string, number])[];
  readonly calls: readonly string[];
}

/** Returns the lines of calls that feedrate's reader makes for a case. */
export function ownCalls(
  { format, reader, reads }: ReaderCase,
  { files, folders, blockBytes }: Omit<Seen, 'calls'>,
  directory: string,
): string[] {
  const calls = new RecordedCalls();
  const made = readerOf(reader, format)(calls, { blockBytes, transferBytes: 262_144 });
  if (folders.length > 0) made.list?.(directory, new Map(folders));
  const { geometry } = scanOf(format);
  for (const [place, { path, numbers }] of files.entries()) {
    const file = { path, geometry: geometry(Float64Array.from(numbers)) };
    const samples = (reads[place] as ReaderCase['reads'][number])[1];
    for (const sample of samples ?? Array.from({ length: file.geometry.samples }, (_, i) => i)) made.read(file, sample);
  }
  made.close();
  return calls.lines;
}
