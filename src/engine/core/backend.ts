import type { SystemFault } from '../../base/errors.js';
import type { DataFile } from '../../plan/plan.js';
import type { Clock } from './clock.js';

/** How a file is opened. */
export interface OpenMode {
  readonly write: boolean;
  /** Make the file anew. */
  readonly create: boolean;
  readonly direct: boolean;
  /** Space to reserve at once in a file that is made anew; absent = none. */
  readonly preallocate?: Pick<DataFile, 'bytes' | 'fallocate'> | undefined;
}

/**
 * What carries out operations, one at a time. Files are numbered slots, so that the hot loop
 * carries no paths. Every method returns when its effect is complete and throws `IoFault` when it
 * cannot be had. Data goes to and comes from the worker's buffer.
 */
export interface Backend {
  readonly clock: Clock;
  /** Moves `lengthBytes` between the buffer at `bufferOffset` and the file: all of it, or a fault. */
  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void;
  open(slot: number, path: string, mode: OpenMode): void;
  close(slot: number): void;
  sync(slot: number, dataOnly: boolean): void;
  /** Moves a file to its published name. */
  rename(from: string, to: string): void;
  makeDirectory(path: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): void;
  /** Takes files or whole directories away again. */
  remove(path: string): void;
  /** Releases what is still open. */
  dispose(): void;
}

/** A system call that failed, with all that is needed to say so. */
export class IoFault extends Error {
  readonly fault: SystemFault;

  constructor(fault: SystemFault) {
    super(fault.message);
    this.name = 'IoFault';
    this.fault = fault;
  }
}
