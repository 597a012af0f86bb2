import type { SystemFault } from '../../base/errors.js';
import type { Opening } from '../../base/opening.js';
import type { DataFile } from '../../plan/plan.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import type { Clock } from './clock.js';
import type { Entries } from './entries.js';

/** How to open a file. */
export interface OpenMode {
  readonly write: boolean;
  /** Create the file, or truncate an existing one. */
  readonly create: boolean;
  readonly direct: boolean;
  /** Space to reserve in a newly created file; absent = none. */
  readonly preallocate?: Pick<DataFile, 'bytes' | 'fallocate'> | undefined;
  /** For files that are not feedrate's. */
  readonly opening?: Opening | null | undefined;
}

/**
 * Executes operations, one at a time. Files are numbered slots, so that the hot loop needs no paths. Every method
 * returns when its effect is complete, and throws `IoFault` when it fails. Data is moved to and from the worker's
 * buffer.
 */
export interface Backend {
  readonly clock: Clock;
  /** Operations on the entries of directories. */
  readonly entries: Entries;
  /**
   * Returns the calls of a program that reads files in its own way. Bytes go to `memory`. Files are opened as `opening` says
   * if they are not feedrate's.
   */
  createReading(memory: Uint8Array, opening: Opening | null): ReaderCalls;
  /** Moves all `lengthBytes` between the buffer at `bufferOffset` and the file, or throws. */
  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void;
  open(slot: number, path: string, mode: OpenMode): void;
  /** Uses an open file of `entries` as the file of a slot, until `close`. */
  adopt(slot: number, path: string, handle: number): void;
  close(slot: number): void;
  sync(slot: number, dataOnly: boolean): void;
  /** Renames a file to its final name. */
  rename(from: string, to: string): void;
  /** Makes the missing directories on the way from `base`, which must exist. */
  makeDirectories(base: string, path: string): void;
  /** Makes the entries of a directory durable. */
  syncDirectory(path: string): void;
  /** Removes a file or a whole directory. */
  remove(path: string): void;
  /** Closes everything that is still open. */
  dispose(): void;
}

/** A failed system call, with the details for the message. */
export class IoFault extends Error {
  readonly fault: SystemFault;

  constructor(fault: SystemFault) {
    super(fault.message);
    this.name = 'IoFault';
    this.fault = fault;
  }
}
