import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { FeedrateError, type SystemFault, systemFaultOf } from '../base/errors.js';
import { explained } from '../host/system/exhaustion.js';
import { newSpaceMib } from '../plan/needs.js';
import type { Stoppable } from './core/counters.js';
import type { WorkerOutcome, WorkerTask } from './core/protocol.js';
import type { LayoutHands } from './layout/layout-hands.js';
import type { LayoutFailure } from './layout/layout-task.js';

/**
 * The worker threads of a session. All threads are started, as many as the largest trial has workers. Workers wait for
 * each other at a barrier, so a task that is queued behind another would block the trial forever.
 */
export class WorkerPool {
  /** How many threads there are. */
  readonly threads: number;
  readonly #piscina: Piscina;
  #break: (thrown: unknown) => void = () => {};
  /** Resolves when a thread has died between two tasks: the next task would wait for it forever. */
  readonly #broken = new Promise<unknown>((resolve) => {
    this.#break = resolve;
  });

  /** Throws `FeedrateError('measurement')` when the system refuses to start so many threads. */
  constructor(threads: number) {
    this.threads = threads;
    // The objects that ticks and large offsets allocate in a trial fit into it, so that no garbage is collected within the
    // measured window. V8's default is 1 MiB at first.
    setFlagsFromString(`--min-semi-space-size=${newSpaceMib(threads)}`);
    try {
      this.#piscina = startThreads(threads);
    } catch (cause) {
      const { message } = faultOfThread(cause);
      throw new FeedrateError('measurement', `cannot start ${threads} worker threads: ${message}`, { cause });
    }
    this.#piscina.on('error', (thrown) => this.#break(thrown));
  }

  /**
   * Runs the tasks of one trial at the same time, each in its own thread, and returns their outcomes. If a thread dies
   * (out of memory, a crash in native code), the others are stopped and its outcome has a fault. When `abandoned`
   * resolves, threads that are still working are left alone, and their outcomes have no report.
   * A thread that died earlier gives every task a fault.
   */
  async run(
    tasks: readonly WorkerTask[],
    counters: Stoppable,
    abandoned: Promise<void> = new Promise(() => {}),
  ): Promise<WorkerOutcome[]> {
    if (tasks.length > this.threads) throw new RangeError(`${tasks.length} workers do not fit ${this.threads} threads`);
    return Promise.all(
      tasks.map(async (task): Promise<WorkerOutcome> => {
        try {
          const left = abandoned.then((): WorkerOutcome => ({ worker: task.worker, report: null, fault: null }));
          const broken = this.#broken.then((thrown) => Promise.reject(thrown));
          return await Promise.race([this.#piscina.run(task) as Promise<WorkerOutcome>, left, broken]);
        } catch (thrown) {
          counters.requestStop();
          return { worker: task.worker, report: null, fault: faultOfThread(thrown) };
        }
      }),
    );
  }

  async close(): Promise<void> {
    await this.#piscina.destroy();
  }
}

function startThreads(threads: number): Piscina {
  return new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    // A thread that blocks on Atomics between tasks would not deliver its GC entries.
    atomics: 'disabled',
    // Node would warn of each file that it closes but did not open: files are opened through the C library, too.
    trackUnmanagedFds: false,
  });
}

/** Starts threads that do the tasks of a layout at the same time. */
export function layoutThreads(count: number): LayoutHands {
  const piscina = startThreads(count);
  return { count, run: (task) => piscina.run(task) as Promise<LayoutFailure | null>, close: () => piscina.destroy() };
}

/** Returns the fault of a thread that could not start, or that died. Node throws the code of a refused thread as a message. */
function faultOfThread(thrown: unknown): SystemFault {
  const fault = systemFaultOf(thrown);
  const isCode = fault.code === 'EUNKNOWN' && /^E[A-Z]+$/.test(fault.message);
  return explained(isCode ? { ...fault, code: fault.message } : fault, 'start');
}
