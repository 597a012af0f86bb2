import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { systemFaultOf } from '../base/errors.js';
import type { Counters } from './core/counters.js';
import type { WorkerOutcome, WorkerTask } from './core/protocol.js';

/**
 * Room for new objects in each worker, MiB: what ticks and large offsets allocate in a trial fits into it, so that
 * none of them is collected within the measured window. V8's own first size is 1 MiB.
 */
export const NEW_SPACE_MIB = 16;

/**
 * The worker threads of a session. There are as many threads as the largest trial has workers, all
 * started, because workers wait for each other: a task that is queued behind another would never
 * let the barrier open.
 */
export class WorkerPool {
  readonly #threads: number;
  readonly #piscina: Piscina;

  constructor(threads: number) {
    this.#threads = threads;
    setFlagsFromString(`--min-semi-space-size=${NEW_SPACE_MIB}`);
    this.#piscina = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      // Blocking on Atomics between tasks would keep a thread from delivering its GC entries.
      atomics: 'disabled',
    });
  }

  /**
   * Runs the tasks of one trial at the same time, a thread each. A thread that dies (out of memory,
   * a crash in native code) stops the others and becomes an outcome with a fault. When `abandoned` resolves, threads
   * that are still at work are left there, and are outcomes without a report.
   */
  async run(
    tasks: readonly WorkerTask[],
    counters: Counters,
    abandoned: Promise<void> = new Promise(() => {}),
  ): Promise<WorkerOutcome[]> {
    if (tasks.length > this.#threads)
      throw new RangeError(`${tasks.length} workers do not fit ${this.#threads} threads`);
    return Promise.all(
      tasks.map(async (task): Promise<WorkerOutcome> => {
        try {
          const left = abandoned.then((): WorkerOutcome => ({ worker: task.worker, report: null, fault: null }));
          return await Promise.race([this.#piscina.run(task) as Promise<WorkerOutcome>, left]);
        } catch (thrown) {
          counters.requestStop();
          return { worker: task.worker, report: null, fault: systemFaultOf(thrown) };
        }
      }),
    );
  }

  async close(): Promise<void> {
    await this.#piscina.destroy();
  }
}
