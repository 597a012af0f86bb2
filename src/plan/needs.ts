/** What the workers of a session take from the machine: measured figures, added up for a plan. */

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** What a session's process takes. */
export interface MachineNeeds {
  readonly memoryBytes: number;
  /** Reserved addresses, used or not. */
  readonly addressBytes: number;
  /** Parts of the address space that the kernel keeps apart. */
  readonly mappings: number;
  readonly descriptors: number;
  readonly threads: number;
}

/** The load of one arm on the machine. */
export interface ArmLoad {
  /** The arm's numjobs. */
  readonly jobs: number;
  /** Worker threads of each job. More than one if threads replace a queue. */
  readonly threadsPerJob: number;
  /** Threads besides those of jobs: one that plays accelerators, and those that write their checkpoints. Absent: none. */
  readonly besides?: number;
  /** Longest operation. */
  readonly blockBytes: number;
  /** Buffers of each worker for operations in flight and for expected content. */
  readonly buffers: number;
  /** Files that each worker has open at once, besides its part of the shared ones. */
  readonly openFiles: number;
  /** Files that the workers divide among them and have open all the time. */
  readonly sharedFiles: number;
  /** Each worker has a ring that it shares with the kernel. */
  readonly holdsRing: boolean;
  /** Each worker maps the files that it has open. */
  readonly mapsFiles: boolean;
  /** The job that runs at the same time. Absent: none. */
  readonly beside?: Omit<ArmLoad, 'beside'>;
}

/** New space of V8 that each worker gets, at most, MiB. Enough that no garbage is collected in a measured window. */
const NEW_SPACE_MOST_MIB = 16;
/** New space of all workers together, MiB. Each MiB takes 8 mappings, which the kernel limits to 65,530 per process. */
const NEW_SPACE_TOGETHER_MIB = 1024;

/** Returns the size of V8's new space in each of so many workers, in MiB: 16, or a smaller power of two from 65 on. */
export function newSpaceMib(workers: number): number {
  const share = Math.min(NEW_SPACE_MOST_MIB, NEW_SPACE_TOGETHER_MIB / workers);
  return Math.max(1, 2 ** Math.floor(Math.log2(share)));
}

/**
 * Measured with 1 to 512 workers on Node 20: a session without workers, and what each worker adds. A worker has three
 * WebAssembly memories, one for its trial and two for its rehearsals, each with 10 GiB of reserved addresses.
 */
const SESSION: MachineNeeds = {
  memoryBytes: 90 * MIB,
  addressBytes: 13 * GIB,
  mappings: 400,
  descriptors: 40,
  threads: 16,
};
const WORKER: MachineNeeds = {
  memoryBytes: 15 * MIB,
  addressBytes: 31 * GIB,
  mappings: 50,
  descriptors: 4,
  threads: 1,
};
/** V8 maps its new space in pages of 256 KiB, one set in use and one to move objects to. */
const MAPPINGS_PER_NEW_MIB = 8;
/** Workers of short runs use a third of it. */
const NEW_SPACE_IN_USE = 0.5;
/** Path, size and seed of a file that a worker has open, in the session and in the worker. Others are generated. */
const FILE_BYTES = KIB;
/** Buffers of both rehearsals. */
const REHEARSAL_BUFFERS = 16;
/** From this length on, buffers are on huge pages. */
const LARGE_BYTES = 64 * KIB;
const HUGE_ROUNDING_BYTES = 8 * MIB;
const RING = { mappings: 2, descriptors: 1 };

/**
 * Returns what the session of a plan needs at most. The pool has as many threads as the arm with the most workers; the
 * other needs are those of the arm that takes the most.
 */
export function needsOf(loads: readonly ArmLoad[]): MachineNeeds {
  const workers = ({ jobs, threadsPerJob, besides = 0 }: ArmLoad): number => jobs * threadsPerJob + besides;
  const most = (of: (load: ArmLoad) => number): number =>
    loads.reduce((high, load) => Math.max(high, of(load) + (load.beside === undefined ? 0 : of(load.beside))), 0);
  const threads = Math.max(1, most(workers));
  const newSpace = newSpaceMib(threads);
  return {
    memoryBytes:
      SESSION.memoryBytes +
      threads * (WORKER.memoryBytes + newSpace * NEW_SPACE_IN_USE * MIB) +
      most((load) => workers(load) * bufferBytes(load) + workers(load) * openFilesOf(load) * FILE_BYTES),
    addressBytes:
      SESSION.addressBytes + threads * WORKER.addressBytes + most((load) => workers(load) * bufferBytes(load)),
    mappings:
      SESSION.mappings +
      threads * (WORKER.mappings + newSpace * MAPPINGS_PER_NEW_MIB) +
      most((load) => workers(load) * ((load.holdsRing ? RING.mappings : 0) + (load.mapsFiles ? openFilesOf(load) : 0))),
    descriptors:
      SESSION.descriptors +
      threads * WORKER.descriptors +
      most((load) => workers(load) * (openFilesOf(load) + (load.holdsRing ? RING.descriptors : 0))),
    threads: SESSION.threads + threads,
  };
}

/** Returns the files that a worker has open at once. More workers than files read parts of each. */
function openFilesOf({ jobs, openFiles, sharedFiles }: ArmLoad): number {
  return openFiles + (jobs > sharedFiles ? sharedFiles : Math.ceil(sharedFiles / jobs));
}

function bufferBytes({ buffers, blockBytes }: ArmLoad): number {
  const rounding = blockBytes >= LARGE_BYTES ? HUGE_ROUNDING_BYTES : 0;
  return (buffers + Math.min(REHEARSAL_BUFFERS, 2 * buffers)) * blockBytes + rounding;
}

/**
 * Returns the largest `numjobs` for which the needs fit, if no arm has more than that; 0 when not even one worker per arm
 * fits.
 */
export function mostJobs(loads: readonly ArmLoad[], fits: (needs: MachineNeeds) => boolean): number {
  const most = loads.reduce((high, { jobs }) => Math.max(high, jobs), 0);
  return mostWithin(most, (limit) =>
    fits(needsOf(changed(loads, (load) => ({ ...load, jobs: Math.min(load.jobs, limit) })))),
  );
}

/** Returns the most shared files for which the needs fit, if no arm has more than that; 0 when not even one fits. */
export function mostFiles(loads: readonly ArmLoad[], fits: (needs: MachineNeeds) => boolean): number {
  const most = loads.reduce((high, { sharedFiles }) => Math.max(high, sharedFiles), 0);
  return mostWithin(most, (limit) =>
    fits(needsOf(changed(loads, (load) => ({ ...load, sharedFiles: Math.min(load.sharedFiles, limit) })))),
  );
}

/** Returns the loads with a change of each, and of the job beside it. */
function changed(loads: readonly ArmLoad[], change: (load: ArmLoad) => ArmLoad): ArmLoad[] {
  return loads.map((load) => {
    const { beside } = load;
    return beside === undefined ? change(load) : { ...change(load), beside: change(beside) };
  });
}

/** Returns the largest number up to `most` that fits, where smaller ones fit if larger ones do; 0 if none does. */
function mostWithin(most: number, fits: (limit: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
