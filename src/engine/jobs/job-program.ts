import type { OperationKind } from '../../base/latency-kinds.js';
import type { IoJob } from '../../workload/jobs/io.js';
import type { Equipment } from '../backends/backend-factory.js';
import type { Content } from '../content/buffers.js';
import type { Backend } from '../core/backend.js';
import type { Counters } from '../core/counters.js';
import type { Meter } from '../core/meter.js';
import type { WorkerTask } from '../core/protocol.js';

/** What a worker's program works with. */
export interface ProgramContext {
  readonly task: WorkerTask;
  readonly backend: Backend;
  /** The loop that suits the backend. */
  readonly createDrain: Equipment['createDrain'];
  readonly meter: Meter;
  readonly content: Content;
  readonly counters: Counters;
}

/** What one worker does for one kind of job, in the three parts of a trial. */
export interface Program {
  /** Before the common start: what is not to be measured as work. */
  prepare(): void;
  /** The measured part. Returns the ns in which it was at work, or null for all of its time. */
  run(): number | null;
  /** After the end: checks and closing. */
  complete(): void;
}

/** How a kind of job is carried out in a worker. */
export interface JobProgram<J> {
  create(context: ProgramContext, job: J): Program;
  /**
   * What of a job decides which code its operations run through, for the rehearsal before the first trial. Nothing:
   * reads and writes mixed, one at a time, each write with new content.
   */
  rehearsal(job: J): Partial<IoJob>;
}

/** Carries out a step and counts how long it took. */
export function timed(context: ProgramContext, kind: OperationKind, step: () => void): void {
  const { clock } = context.backend;
  const startNs = clock.now();
  step();
  context.meter.record(kind, clock.now() - startNs);
}
