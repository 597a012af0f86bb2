/** The files of a trace, and which files a replay reads in their place. */
import { FeedrateError } from '../base/errors.js';
import { formatWhole } from '../base/units.js';
import { fileClassOf } from '../training/trace/file-class.js';
import type { TraceFile, TraceHead } from '../training/trace/trace-file.js';
import type { TracedDataset } from '../workload/workload.js';
import { FileList } from './file-list.js';
import type { FoundFiles } from './found-files.js';
import type { WrittenBesides } from './plan.js';

/** What a plan needs of a trace. */
export interface TraceSummary {
  /** In messages. */
  readonly path: string;
  readonly head: TraceHead;
  readonly files: readonly TraceFile[];
}

/** A trace, and how the workload named it. */
export interface DeclaredTrace {
  readonly declared: TracedDataset;
  readonly trace: TraceSummary;
}

/** Files that stand for those that a trace reads, in their order. */
export class TracedFiles {
  readonly files: FileList | FoundFiles;
  readonly trace: TraceSummary;

  constructor(files: FileList | FoundFiles, trace: TraceSummary) {
    this.files = files;
    this.trace = trace;
  }

  /** The files and bytes that the replay writes itself. */
  get written(): WrittenBesides | undefined {
    const files = this.trace.files.filter(({ use }) => use === 'written');
    const bytes = files.reduce((sum, file) => sum + Math.max(file.bytes, file.initialBytes), 0);
    return files.length === 0 ? undefined : { files: files.length, bytes, writtenBytes: bytes };
  }
}

const generated = new WeakMap<DeclaredTrace, TracedFiles>();

/**
 * Returns the files for a replay. `found` are the user's own; null: files are generated. Throws `FeedrateError('workload')`
 * when some of the trace's files are not among the user's.
 */
export function tracedFilesOf(dataset: DeclaredTrace, found: FoundFiles | null): TracedFiles {
  const { trace, declared } = dataset;
  if (found !== null) return new TracedFiles(matched(trace, found), trace);
  const known = generated.get(dataset);
  if (known !== undefined) return known;
  const read = readFiles(trace);
  const bytes = new Float64Array(new SharedArrayBuffer(read.length * Float64Array.BYTES_PER_ELEMENT));
  read.forEach((file, place) => {
    bytes[place] = file.bytes;
  });
  const files = new FileList({ seed: declared.seed, sizes: { kind: 'listed', bytes }, length: read.length });
  const made = new TracedFiles(files, trace);
  generated.set(dataset, made);
  return made;
}

function readFiles({ files }: TraceSummary): TraceFile[] {
  return files.filter(({ use }) => use === 'read');
}

/** Returns the user's file for each file that the trace reads. */
function matched(trace: TraceSummary, found: FoundFiles): FoundFiles {
  const places = trace.head.anonymised ? byShape(trace, found) : byName(trace, found);
  const read = readFiles(trace);
  const missing = read.filter((_, i) => places[i] === undefined);
  const [first] = missing;
  if (first !== undefined) {
    const what = trace.head.anonymised ? `a ${fileClassOf(first.name)} file of ${first.bytes} bytes` : first.name;
    const message = `dataset.trace: ${formatWhole(missing.length)} of its ${formatWhole(read.length)} files are not in dataset.path, or are shorter there than in the trace; the first is ${what}`;
    throw new FeedrateError('workload', `${message}; leave path out to replay on generated files of the same sizes`);
  }
  return found.chosen(places as number[]);
}

/** A recorded file is the one whose path ends alike for longest, so that the data may lie elsewhere now. */
function byName(trace: TraceSummary, found: FoundFiles): (number | undefined)[] {
  const places = new Map<string, number[]>();
  for (let place = 0; place < found.length; place++) {
    const name = lastName(found.pathOf(place));
    const same = places.get(name);
    if (same === undefined) places.set(name, [place]);
    else same.push(place);
  }
  return readFiles(trace).map(({ name, bytes }) => {
    const fitting = (places.get(lastName(name)) ?? []).filter((place) => found.bytesOf(place) >= bytes);
    let [best, mostAlike] = [fitting[0], -1];
    for (const place of fitting.length > 1 ? fitting : []) {
      const alike = commonNames(found.pathOf(place), name);
      if (alike > mostAlike) [best, mostAlike] = [place, alike];
    }
    return best;
  });
}

const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Returns how many names at the ends of two paths are the same. */
function commonNames(one: string, other: string): number {
  const [names, others] = [one.split('/').reverse(), other.split('/').reverse()];
  const differing = names.findIndex((name, i) => name !== others[i]);
  return differing < 0 ? names.length : differing;
}

/** Of an anonymised trace, only sizes and endings are known: each recorded file is one of these, and none is used twice. */
function byShape(trace: TraceSummary, found: FoundFiles): (number | undefined)[] {
  const shapes = new Map<string, number[]>();
  for (let place = found.length - 1; place >= 0; place--) {
    const shape = `${found.bytesOf(place)} ${fileClassOf(found.pathOf(place))}`;
    const same = shapes.get(shape);
    if (same === undefined) shapes.set(shape, [place]);
    else same.push(place);
  }
  return readFiles(trace).map(({ name, bytes }) => shapes.get(`${bytes} ${fileClassOf(name)}`)?.pop());
}
