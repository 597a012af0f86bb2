import { statSync } from 'node:fs';
import { isNfsUrl } from '../../host/libnfs/nfs-url.js';
import { largestBlockBytes } from '../../plan/blocks.js';
import { foundGeometry } from '../../plan/found-samples.js';
import type { DataFile } from '../../plan/plan.js';
import type { SampleFile } from '../../training/dataset-shape.js';
import { geometryOf } from '../../training/formats/dataset-files.js';
import { readerOf } from '../../training/readers/reader-of.js';
import type { ReaderPlace, SampleReader } from '../../training/readers/sample-reader.js';
import { ENGINES } from '../../workload/engines.js';
import type { TrainingJob } from '../../workload/jobs/training.js';
import { MeteredReading } from '../core/metered-reading.js';
import type { ProgramContext } from './job-program.js';

/** Assumed where a file system does not tell: the page, and the usual wsize of an NFS mount. */
const PAGE_BYTES = 4096;
const NFS_BYTES = 2 ** 20;

/** Reads samples as one worker of a real loader does. */
export class TrainingSamples {
  readonly #context: ProgramContext;
  readonly #job: TrainingJob;
  readonly #calls: MeteredReading;
  #reader: SampleReader | null = null;
  #read = 0;
  #missed = 0;

  constructor(context: ProgramContext, job: TrainingJob) {
    this.#context = context;
    this.#job = job;
    const { backend, task, meter, content } = context;
    const reading = backend.createReading(content.bytes, task.opening ?? null);
    this.#calls = new MeteredReading(reading, backend.clock, meter);
  }

  /** Makes the calls by which a training process lists its dataset. */
  list(): void {
    const { files } = this.#context;
    const reader = this.#opened();
    if (reader.list === undefined) return;
    const folders = new Map<string, number>();
    for (const { path } of files) {
      const folder = folderOf(path);
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
    reader.list(commonFolder([...folders.keys()]), folders);
  }

  /**
   * Reads a sample. Returns its bytes; 0 if a file of the user's is no longer as it was found. Throws `ReadingEnded` when the
   * worker must end.
   */
  read(place: number, sample: number): number {
    const { task, missed } = this.#context;
    const file = this.#fileAt(place);
    try {
      this.#opened().read(file, sample);
      this.#read++;
      return file.geometry.sampleAt(sample).bytes;
    } catch (thrown) {
      if (task.opening == null) throw thrown;
      missed.take(thrown, file.path);
      this.#missed++;
      if (this.#read === 0 && this.#missed >= this.#context.files.length) throw missed.fault ?? thrown;
      return 0;
    }
  }

  /** Closes what is open. The next sample begins anew. */
  close(): void {
    this.#reader?.close();
    this.#reader = null;
  }

  #opened(): SampleReader {
    const { reader, format } = this.#job;
    this.#reader ??= readerOf(reader, format)(this.#calls, this.#place());
    return this.#reader;
  }

  #fileAt(place: number): SampleFile {
    const { path, bytes, shaped, samples } = this.#context.files.at(place) as DataFile;
    if (shaped !== undefined) return { path, geometry: geometryOf(shaped.shape, shaped.index) };
    return { path, geometry: foundGeometry(this.#job.format, samples, bytes) };
  }

  #place(): ReaderPlace {
    return { blockBytes: this.#blockBytes(), transferBytes: largestBlockBytes(this.#job) };
  }

  /** Returns `st_blksize` of the files. */
  #blockBytes(): number {
    const { files, task } = this.#context;
    const first = files.at(0);
    if (first === undefined || !ENGINES[task.backend].touchesFiles) return PAGE_BYTES;
    if (isNfsUrl(first.path)) return NFS_BYTES;
    return statSync(first.path, { throwIfNoEntry: false })?.blksize ?? PAGE_BYTES;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Returns the deepest folder that has all of these, or is their only one. A dataset with classes has more than one. */
function commonFolder(folders: readonly string[]): string {
  const [first = '', ...others] = folders;
  let common = first;
  while (common !== '' && !others.every((folder) => folder === common || folder.startsWith(`${common}/`)))
    common = folderOf(common);
  return common;
}
