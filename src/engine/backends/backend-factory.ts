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

/** What a queue is set up for. */
export interface QueueShape {
  /** Slots in use; the files of all of them are open. */
  readonly files: number;
  readonly maxBlockBytes: number;
  readonly direct: boolean;
}

/** What only a backend can say of the measured part of a worker. */
export interface BackendReport {
  /** How a ring was used; null when there was none. */
  readonly ring: EngineUse['ring'];
  readonly shortTransfers: number;
  /** What the worker's own connection carried; null where that cannot be known, absent when there is no connection. */
  readonly wire?: TcpCount | null;
}

/** A backend with the loop that suits it. */
export interface Equipment {
  readonly backend: Backend;
  createDrain(meter: Meter, content: Content, options: DrainOptions, shape: QueueShape): Drain;
  /** Called where the measured part begins; what it returns is called where that part is over. */
  watch(): () => BackendReport;
}

/** What a job asks of an engine. */
export interface EngineDemand {
  readonly numjobs: number;
  readonly iodepth: number;
}

/** How an engine comes about in a worker, and whether it can. */
export interface BackendFactory {
  /** Why the engine cannot run on this machine, in words; null when it can. */
  refusal(demand: EngineDemand): string | null;
  /** The engine that rehearses for it before the first trial, on a local device; null when nothing needs compiling. */
  readonly rehearsal: Engine | null;
  create(task: WorkerTask, clock: MonotonicClock, content: Content): Equipment;
}

/** For backends that report nothing of their own. */
export const NOTHING_WATCHED: Equipment['watch'] = () => () => ({ ring: null, shortTransfers: 0 });

/** For backends on files. */
export function watchTransfers(backend: Pick<FileBackend, 'shortTransfers'>): Equipment['watch'] {
  return () => () => ({ ring: null, shortTransfers: backend.shortTransfers });
}

/** The loop of backends whose calls a plain loop can make by itself. */
export function blockingDrain(backend: BlockingBackend): Equipment['createDrain'] {
  return (meter, content, options) =>
    isPlain(options) ? new BlockingDrain(backend, meter, content) : new CallDrain(backend, meter, content, options);
}

/** The loop of all other backends that do one operation at a time. */
export function callDrain(backend: Backend): Equipment['createDrain'] {
  return (meter, content, options) => new CallDrain(backend, meter, content, options);
}
