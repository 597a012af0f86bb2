import type { TcpCount } from '../../record/nfs-traffic.js';
import type { EngineUse } from '../../record/trial-record.js';
import type { Engine } from '../../workload/engines.js';
import type { Content } from '../content/buffers.js';
import type { Backend } from '../core/backend.js';
import type { MonotonicClock } from '../core/clock.js';
import type { FileBackend } from '../core/file-backend.js';
import type { Meter } from '../core/meter.js';
import type { WorkerTask } from '../core/protocol.js';
import { type BlockingBackend, BlockingDrain } from '../drains/blocking-drain.js';
import { CallDrain } from '../drains/call-drain.js';
import { type Drain, type DrainOptions, isPlain } from '../drains/drain.js';

/** The properties of the operations for which a queue is set up. */
export interface QueueShape {
  /** Number of slots in use. Their files are open. */
  readonly files: number;
  readonly maxBlockBytes: number;
  readonly direct: boolean;
}

/** The part of a worker's report that only its backend knows. Covers the measured part. */
export interface BackendReport {
  /** How a ring was used; null when there was none. */
  readonly ring: EngineUse['ring'];
  readonly shortTransfers: number;
  /** Bytes that the worker's connection carried; null when unknown, absent when there is no connection. */
  readonly wire?: TcpCount | null;
}

/** A backend with the operation loop that fits it. */
export interface Equipment {
  readonly backend: Backend;
  createDrain(meter: Meter, content: Content, options: DrainOptions, shape: QueueShape): Drain;
  /** Called at the start of the measured part. Call the returned function at its end. */
  watch(): () => BackendReport;
}

/** A job's demand on an engine. */
export interface EngineDemand {
  readonly numjobs: number;
  readonly iodepth: number;
}

/** Creates an engine in a worker, and knows whether it can run here. */
export interface BackendFactory {
  /** Returns the reason why the engine cannot run on this machine; null when it can. */
  refusal(demand: EngineDemand): string | null;
  /** The engine used for the rehearsal before the first trial, on a local device; null = no rehearsal needed. */
  readonly rehearsal: Engine | null;
  create(task: WorkerTask, clock: MonotonicClock, content: Content): Equipment;
}

/** For backends that have nothing to report. */
export const NOTHING_WATCHED: Equipment['watch'] = () => () => ({ ring: null, shortTransfers: 0 });

/** Returns the `watch` of file backends without a ring. */
export function watchTransfers(backend: Pick<FileBackend, 'shortTransfers'>): Equipment['watch'] {
  return () => () => ({ ring: null, shortTransfers: backend.shortTransfers });
}

/** Returns the loop for backends whose system calls the plain loop can make directly. */
export function blockingDrain(backend: BlockingBackend): Equipment['createDrain'] {
  return (meter, content, options) =>
    isPlain(options) ? new BlockingDrain(backend, meter, content) : new CallDrain(backend, meter, content, options);
}

/** Returns the loop for all other backends that do one operation at a time. */
export function callDrain(backend: Backend): Equipment['createDrain'] {
  return (meter, content, options) => new CallDrain(backend, meter, content, options);
}
