import { below } from '../../host/files/store-of.js';
import { leavesOf, type MetadataJob } from '../../workload/jobs/metadata.js';

/** The places of a metadata job's items: the leaves of a tree of directories, or of one tree for each worker. */
export class ItemTree {
  /** Directories with items in one tree. */
  readonly leaves: number;
  readonly #job: MetadataJob;
  readonly #directory: string;

  /** @param directory contains the trees */
  constructor(job: MetadataJob, directory: string) {
    this.leaves = leavesOf(job);
    this.#job = job;
    this.#directory = directory;
  }

  /** Returns the first item of each worker in a leaf. A leaf has as many items as another, or one more. */
  firstItemOf(leaf: number): number {
    return Math.ceil((leaf * this.#job.nrfiles) / this.leaves);
  }

  leafOf(item: number): number {
    return Math.floor((item * this.leaves) / this.#job.nrfiles);
  }

  /** Returns the top of the tree that has a worker's items. */
  topOf(worker: number): string {
    return below(this.#directory, this.#job.directories === 'shared' ? 'tree' : `tree-${worker}`);
  }

  /** Returns the path of a leaf below a top: a directory of each level, numbered from 0. */
  pathOf(top: string, leaf: number): string {
    const { depth, branch } = this.#job;
    const names: string[] = [];
    for (let level = 0, rest = leaf; level < depth; level++, rest = Math.floor(rest / branch))
      names.unshift(`d${rest % branch}`);
    return below(top, ...names);
  }
}

/** Returns the name of an item before it is renamed. ASCII, and short. */
export const firstName = (owner: number, item: number): string => `f${owner}-${item}`;
/** Returns its name afterwards. */
export const secondName = (owner: number, item: number): string => `r${owner}-${item}`;
