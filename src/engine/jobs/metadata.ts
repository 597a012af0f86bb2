import { createPrng } from '../../base/prng.js';
import { binOf } from '../../histogram/histogram.js';
import { below } from '../../host/files/store-of.js';
import { WRITE } from '../../plan/batch.js';
import { LengthMix } from '../../plan/mix.js';
import type { DataFile } from '../../plan/plan.js';
import { ENTRY_OPERATIONS, type EntryOperation } from '../../workload/entry-operations.js';
import type { MetadataJob } from '../../workload/jobs/metadata.js';
import { IoFault } from '../core/backend.js';
import { CELL, HISTOGRAM_BASE, ITEM_CELLS } from '../core/counters.js';
import type { NewFile } from '../core/entries.js';
import type { WorkerPhase } from '../core/protocol.js';
import { firstName, ItemTree, secondName } from './item-tree.js';
import { type JobProgram, type Program, type ProgramContext, timed } from './job-program.js';
import { SLOT } from './whole-files.js';

const CREATE = ENTRY_OPERATIONS.indexOf('create');
const STAT = ENTRY_OPERATIONS.indexOf('stat');
const READDIR = ENTRY_OPERATIONS.indexOf('readdir');
const RENAME = ENTRY_OPERATIONS.indexOf('rename');
const UNLINK = ENTRY_OPERATIONS.indexOf('unlink');

/**
 * One worker of a metadata job. All workers do the same operation at the same time, on items in the last level of a tree
 * of directories, one directory after the other. A barrier ends each phase.
 */
class MetadataProgram implements Program {
  readonly phases: WorkerPhase[] = [];
  readonly #context: ProgramContext;
  readonly #job: MetadataJob;
  readonly #tree: ItemTree;
  readonly #newFile: NewFile;
  readonly #lengths: LengthMix;
  /** Which phase of the pass it is, for the stride. */
  #step = 0;
  /** Counts from 0. Each pass writes other content. */
  #pass = 0;
  #isStopped = false;

  constructor(context: ProgramContext, job: MetadataJob) {
    this.#context = context;
    this.#job = job;
    this.#tree = new ItemTree(job, context.task.scratchDirectory);
    this.#newFile = { exclusive: job.exclusive, isWritten: job.filesizeBytes > 0 };
    this.#lengths = new LengthMix(job.bs, createPrng(context.task.seed, context.task.worker));
  }

  /** Makes the directories and, if their creation is not measured, the items. */
  prepare(): void {
    const { backend, task } = this.#context;
    const top = this.#tree.topOf(task.worker);
    // Workers that create in the measured part share the work. Others need every directory of the tree at once.
    const isShared = this.#job.directories === 'shared' && this.#job.operations[0] === 'create';
    for (let leaf = isShared ? task.worker : 0; leaf < this.#tree.leaves; leaf += isShared ? task.workers : 1)
      backend.makeDirectories(task.scratchDirectory, this.#tree.pathOf(top, leaf));
    this.#begin();
  }

  run(): number {
    const { passes, operations } = this.#job;
    let busyNs = 0;
    // The items that were made before the measurement have been counted to show that the target responds.
    this.#context.meter.forgetEntries();
    for (; this.#pass < passes; this.#pass++) {
      for (const operation of operations) {
        const tookNs = this.#phase(operation);
        if (tookNs === null) return busyNs;
        busyNs += tookNs;
      }
      if (this.#pass + 1 < passes && !this.#renew()) break;
    }
    return busyNs;
  }

  /** Removes what the phases have left. The trial removes the directories, and what this worker cannot remove. */
  complete(): void {
    const cells = this.#context.counters.cellsOf(this.#context.task.worker);
    try {
      this.#removeRest(() => {
        cells[CELL.entryOps] = (cells[CELL.entryOps] as number) + 1;
      });
    } catch (thrown) {
      if (!(thrown instanceof IoFault)) throw thrown;
    }
    this.#context.backend.entries.leave();
  }

  /** Waits for all workers. Returns when the last one came, ns since the start; null after a stop request. */
  #meet(): number | null {
    const { counters, task, backend } = this.#context;
    return counters.meet(task.worker, backend.clock);
  }

  /** Does one phase. Returns its time until the last worker is done, ns; null when the worker must end. */
  #phase(operation: EntryOperation): number | null {
    const { backend, task } = this.#context;
    const kind = ENTRY_OPERATIONS.indexOf(operation);
    const owner = (task.worker + this.#step++ * this.#job.stride) % task.workers;
    const startNs = backend.clock.now();
    const untilNs = startNs + (this.#job.runtimeNs ?? Number.POSITIVE_INFINITY);
    const { operations, entries } =
      kind === READDIR ? this.#list(owner, untilNs) : { operations: this.#items(kind, owner, untilNs), entries: null };
    const endNs = backend.clock.now();
    this.phases.push({ operation, startNs, endNs, operations, ...(entries !== null && { entries }) });
    const lastNs = this.#isStopped ? null : this.#meet();
    return lastNs === null ? null : lastNs - startNs;
  }

  /** Works on the items of a worker. Returns how many operations it did. */
  #items(kind: number, owner: number, untilNs: number): number {
    const { backend, meter, counters } = this.#context;
    const { clock, entries } = backend;
    const { nrfiles, fsyncDirectories } = this.#job;
    const { histograms } = meter;
    const base = HISTOGRAM_BASE[ENTRY_OPERATIONS[kind] as EntryOperation];
    const cells = counters.cellsOf(owner);
    const end = kind === CREATE ? nrfiles : (cells[ITEM_CELLS.made] as number);
    const renamed = cells[ITEM_CELLS.renamed] as number;
    const top = this.#tree.topOf(owner);
    let item = 0;
    for (let leaf = 0; leaf < this.#tree.leaves && item < end; leaf++) {
      const directory = this.#tree.pathOf(top, leaf);
      const endOfLeaf = Math.min(end, this.#tree.firstItemOf(leaf + 1));
      entries.enter(top, directory);
      let nowNs = 0;
      for (; item < endOfLeaf; ) {
        const beginNs = clock.now();
        this.#act(kind, owner, item, item < renamed);
        nowNs = clock.now();
        const cell = base + binOf(nowNs - beginNs);
        histograms[cell] = (histograms[cell] as number) + 1;
        meter.countEntry();
        item++;
        if (meter.isDue(nowNs) && !meter.tick(nowNs)) this.#isStopped = true;
        if (this.#isStopped || nowNs >= untilNs) break;
      }
      this.#note(kind, cells, item);
      if (fsyncDirectories && kind !== STAT && !this.#isStopped)
        timed(this.#context, 'dirsync', () => backend.syncDirectory(directory));
      if (this.#isStopped || nowNs >= untilNs) break;
    }
    return item;
  }

  /** Does one operation on an item. */
  #act(kind: number, owner: number, item: number, isRenamed: boolean): void {
    const { entries } = this.#context.backend;
    const name = isRenamed ? secondName(owner, item) : firstName(owner, item);
    if (kind === CREATE) this.#make(owner, item, name);
    else if (kind === STAT) entries.status(name);
    else if (kind === RENAME) entries.rename(name, secondName(owner, item));
    else this.#remove(name);
  }

  #make(owner: number, item: number, name: string): void {
    const { entries } = this.#context.backend;
    if (this.#job.items === 'directories') {
      entries.makeDirectory(name);
      return;
    }
    const handle = entries.makeFile(name, this.#newFile);
    if (!this.#newFile.isWritten && !this.#job.fsync) entries.closeFile(handle);
    else this.#fill(owner, item, handle, name);
  }

  /** Writes a new file, makes it durable if the job asks for it, and closes it. */
  #fill(owner: number, item: number, handle: number, name: string): void {
    const { backend, content, files, meter } = this.#context;
    const { filesizeBytes, fsync } = this.#job;
    backend.adopt(SLOT, below(this.#tree.pathOf(this.#tree.topOf(owner), this.#tree.leafOf(item)), name), handle);
    if (filesizeBytes > 0) content.take(files.at(item) as DataFile);
    // The latency of `create` includes the writes, so they have none of their own.
    for (let atBytes = 0, bytes = 0; atBytes < filesizeBytes; atBytes += bytes) {
      bytes = Math.min(this.#lengths.draw(), filesizeBytes - atBytes);
      backend.transfer(WRITE, SLOT, atBytes, bytes, content.fill(SLOT, atBytes, bytes, this.#pass));
      meter.countWrite(bytes);
    }
    if (fsync) timed(this.#context, 'fsync', () => backend.sync(SLOT, false));
    backend.close(SLOT);
  }

  #remove(name: string): void {
    const { entries } = this.#context.backend;
    if (this.#job.items === 'directories') entries.removeDirectory(name);
    else entries.removeFile(name);
  }

  /** Records how far the items of a worker are. */
  #note(kind: number, cells: Float64Array, items: number): void {
    if (kind === CREATE) cells[ITEM_CELLS.made] = items;
    else if (kind === RENAME) cells[ITEM_CELLS.renamed] = items;
    else if (kind === UNLINK) cells[ITEM_CELLS.removed] = items;
  }

  /** Lists the directories of a tree. In a shared tree, each worker begins at another directory. */
  #list(owner: number, untilNs: number): { readonly operations: number; readonly entries: number } {
    const { backend, meter, task } = this.#context;
    const { clock } = backend;
    const isOwn = this.#job.directories === 'per-worker';
    const top = this.#tree.topOf(owner);
    const first = isOwn ? 0 : Math.floor((owner * this.#tree.leaves) / task.workers);
    let operations = 0;
    let entries = 0;
    while (operations < this.#tree.leaves) {
      const leaf = (first + operations) % this.#tree.leaves;
      const each = this.#tree.firstItemOf(leaf + 1) - this.#tree.firstItemOf(leaf);
      backend.entries.enter(top, this.#tree.pathOf(top, leaf));
      const beginNs = clock.now();
      entries += backend.entries.list(isOwn ? each : each * task.workers);
      const nowNs = clock.now();
      meter.record('readdir', nowNs - beginNs);
      meter.countEntry();
      operations++;
      if (meter.isDue(nowNs) && !meter.tick(nowNs)) this.#isStopped = true;
      if (this.#isStopped || nowNs >= untilNs) break;
    }
    return { operations, entries };
  }

  /** Begins a pass: without `create`, the items are made now. */
  #begin(): void {
    const { task, counters, meter } = this.#context;
    const isCreated = this.#job.operations[0] === 'create';
    // The phase that creates is the first one, with each worker's own items.
    this.#step = isCreated ? 0 : 1;
    const cells = counters.cellsOf(task.worker);
    cells[ITEM_CELLS.renamed] = 0;
    cells[ITEM_CELLS.removed] = 0;
    cells[ITEM_CELLS.made] = 0;
    if (isCreated) return;
    this.#each(0, this.#job.nrfiles, (item) => {
      this.#make(task.worker, item, firstName(task.worker, item));
      cells[ITEM_CELLS.made] = item + 1;
      meter.countEntry();
      cells[CELL.entryOps] = meter.entryOps;
      return !counters.stopRequested;
    });
  }

  /** Removes what a pass has left and begins the next one. Returns false when the worker must end. */
  #renew(): boolean {
    const { backend, meter } = this.#context;
    this.#removeRest(() => {
      meter.countEntry();
      const nowNs = backend.clock.now();
      if (meter.isDue(nowNs)) meter.tick(nowNs);
    });
    this.#begin();
    return this.#meet() !== null;
  }

  /** Removes the worker's own items that are left, and calls `removed` after each. */
  #removeRest(removed: () => void): void {
    const { task, counters } = this.#context;
    const cells = counters.cellsOf(task.worker);
    const renamed = cells[ITEM_CELLS.renamed] as number;
    this.#each(cells[ITEM_CELLS.removed] as number, cells[ITEM_CELLS.made] as number, (item) => {
      this.#remove(item < renamed ? secondName(task.worker, item) : firstName(task.worker, item));
      removed();
      return true;
    });
  }

  /** Goes through some of the worker's own items, outside of the phases, until `step` returns false. */
  #each(from: number, to: number, step: (item: number) => boolean): void {
    const { backend, task } = this.#context;
    const top = this.#tree.topOf(task.worker);
    let leaf = -1;
    for (let item = from; item < to; item++) {
      const leafOfItem = this.#tree.leafOf(item);
      if (leafOfItem !== leaf) backend.entries.enter(top, this.#tree.pathOf(top, leafOfItem));
      leaf = leafOfItem;
      if (!step(item)) return;
    }
  }
}

export const metadataProgram: JobProgram<MetadataJob> = {
  create: (context, job) => new MetadataProgram(context, job),
  rehearsal: () => ({}),
};
