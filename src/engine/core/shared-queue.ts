import { boardShapeOf } from '../../plan/jobs/training.js';
import { BoardStation } from './board-station.js';
import { Counters } from './counters.js';
import type { WorkerTask } from './protocol.js';

/** Returns when a request of so many bytes is done that begins now, on a virtual clock. */
export type SharedQueue = (nowNs: number, bytes: number) => number;

/** Returns the queue of a worker at the simulated storage that all workers of its job share; null if there is none. */
export function sharedQueueOf({ job, shared, memory, worker, workers }: WorkerTask): SharedQueue | null {
  if (!('sharedIops' in job) || shared === undefined) return null;
  const shape = boardShapeOf(job);
  if (!shape.sharesStorage || worker >= shape.loaders) return null;
  const station = new BoardStation(shared, shape);
  const counters = new Counters(memory, workers);
  const nsPerByte = 1e9 / (job.sharedBytesPerSecond ?? Number.POSITIVE_INFINITY);
  const nsPerRequest = 1e9 / (job.sharedIops ?? Number.POSITIVE_INFINITY);
  return (nowNs, bytes) => {
    const serviceNs = Math.round(Math.max(bytes * nsPerByte, nsPerRequest));
    return serviceNs === 0 ? nowNs : station.serve(worker, nowNs, serviceNs, () => counters.stopRequested);
  };
}
