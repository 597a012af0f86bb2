/** Finds the samples in files of the user's, once for each list of files. */
import { setImmediate } from 'node:timers/promises';
import { FeedrateError } from '../base/errors.js';
import type { Opening } from '../base/opening.js';
import { storeOf } from '../host/files/store-of.js';
import type { FileStore } from '../host/system/file-store.js';
import type { FoundFiles } from '../plan/found-files.js';
import type { ByteSource } from '../training/scans/byte-source.js';
import { type FoundSamples, packSamples } from '../training/scans/found-samples.js';
import { scanOf } from '../training/scans/registry.js';
import type { Job, TrainingJob } from '../workload/workload.js';
import type { Stage } from './stage.js';

/** Other work of the session waits no longer than this, ms. */
const SLICE_MS = 20;

const known = new WeakMap<object, Map<string, FoundSamples>>();

/**
 * Returns where the samples are that a stage's job trains on; null if it has generated its files, or is no training. Throws
 * `FeedrateError('target')` when a file is not of the format, and errors of Node's shape when one cannot be read.
 */
export async function foundSamplesOf(
  { arm: { spec }, files, directory }: Stage,
  stopped: () => boolean,
): Promise<FoundSamples | null> {
  if (files.place !== 'existing' || !isTraining(spec)) return null;
  const { format, recordBytes, samplesPerFile, columnsRead } = spec;
  const key = JSON.stringify([format, recordBytes, samplesPerFile, columnsRead]);
  const ofFiles = known.get(files.files) ?? new Map<string, FoundSamples>();
  known.set(files.files, ofFiles);
  const before = ofFiles.get(key);
  if (before !== undefined) return before;
  const found = await scanAll(files.files.placed({ directory }), spec, stopped);
  ofFiles.set(key, found);
  return found;
}

function isTraining(spec: Job): spec is TrainingJob {
  return 'computationTime' in spec;
}

async function scanAll(files: FoundFiles, job: TrainingJob, stopped: () => boolean): Promise<FoundSamples> {
  const scan = scanOf(job.format);
  const found: (readonly number[])[] = [];
  let sinceMs = performance.now();
  for (const { path, bytes } of files) {
    const source = new OpenedSource(path, bytes, files.opening);
    try {
      found.push(scan.scan(source, job));
    } finally {
      source.close();
    }
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await setImmediate();
    if (stopped()) throw new FeedrateError('measurement', 'stopped while the samples were looked for');
    sinceMs = performance.now();
  }
  return packSamples(job.format, found);
}

/** A file that is opened when something of it is read. */
class OpenedSource implements ByteSource {
  readonly path: string;
  readonly bytes: number;
  readonly #opening: Opening;
  readonly #store: FileStore;
  readonly #besides: OpenedSource[] = [];
  #handle: number | null = null;
  #buffer = new Uint8Array(0);

  constructor(path: string, bytes: number, opening: Opening) {
    this.path = path;
    this.bytes = bytes;
    this.#opening = opening;
    this.#store = storeOf(path);
  }

  read(offsetBytes: number, lengthBytes: number): Uint8Array {
    this.#handle ??= this.#store.open(this.path, {
      write: false,
      create: false,
      direct: false,
      opening: this.#opening,
    });
    if (this.#buffer.length < lengthBytes) this.#buffer = new Uint8Array(lengthBytes);
    let done = 0;
    while (done < lengthBytes) {
      const got = this.#store.read(this.#handle, this.#buffer.subarray(done, lengthBytes), offsetBytes + done);
      if (got === 0) break;
      done += got;
    }
    return this.#buffer.subarray(0, done);
  }

  beside(extension: string): ByteSource {
    const path = this.path.replace(/\.[^./]*$/, '') + extension;
    const status = this.#opening.follow ? storeOf(path).statusBehind(path) : storeOf(path).status(path);
    if (status?.kind !== 'file') throw new FeedrateError('target', `${this.path}: ${extension} beside it is missing`);
    const source = new OpenedSource(path, status.bytes, this.#opening);
    this.#besides.push(source);
    return source;
  }

  close(): void {
    for (const source of this.#besides) source.close();
    if (this.#handle !== null) this.#store.close(this.#handle);
    this.#handle = null;
  }
}
