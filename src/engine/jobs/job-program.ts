import type { OperationKind } from '../../base/latency-kinds.js';
import type { IoJob } from '../../workload/jobs/io.js';
import type { Equipment } from '../backends/backend-factory.js';
import type { Content } from '../content/buffers.js';
import type { Backend } from '../core/backend.js';
import type { Counters } from '../core/counters.js';
import type { Meter } from '../core/meter.js';
import type { MissedByWorker } from '../core/missed-by-worker.js';
import type { WorkerReport, WorkerTask } from '../core/protocol.js';
import type { WorkerFiles } from '../core/worker-files.js';

/** The objects that a worker's program uses. */
export interface ProgramContext extends WorkerFiles {
  readonly task: Omit<WorkerTask, keyof WorkerFiles>;
  readonly backend: Backend;
  /** Creates the operation loop for the backend. */
  readonly createDrain: Equipment['createDrain'];
  readonly meter: Meter;
  readonly content: Content;
  readonly counters: Counters;
  readonly missed: MissedByWorker;
}

/** The three parts of one worker's trial, for one job kind. Each throws `IoFault`. */
export interface Program {
  /** What a job with phases has done in each of them. */
  readonly phases?: WorkerReport['phases'];
  /** What a replay did. */
  readonly replay?: WorkerReport['replay'];
  /** When a job that saves or loads checkpoints did what. */
  readonly spans?: WorkerReport['spans'] | undefined;
  /** When each checkpoint that several machines save or load together was due, and done. */
  readonly checkpoints?: WorkerReport['checkpoints'] | undefined;
  /** What a training job has measured, by the thread that plays its accelerators. */
  readonly training?: WorkerReport['training'];
  /** Prepares, before the common start. Not part of the measured window. */
  prepare(): void;
  /** Runs the measured part. Returns the time without pauses of its own, ns, or null for all of its time. */
  run(): number | null;
  /** Checks and closes files, after the measured part. */
  complete(): void;
}

/** Creates the worker programs of a job kind. */
export interface JobProgram<J> {
  create(context: ProgramContext, job: J): Program;
  /**
   * Returns the properties that determine which code the job's operations run, for the rehearsal before the first
   * trial. `{}` stands for mixed reads and writes, one at a time, each write with new content.
   */
  rehearsal(job: J): Partial<IoJob>;
}

/** Runs a step and records its duration. */
export function timed(context: ProgramContext, kind: OperationKind, step: () => void): void {
  const { clock } = context.backend;
  const startNs = clock.now();
  step();
  context.meter.record(kind, clock.now() - startNs);
}
