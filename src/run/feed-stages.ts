/** The stages of `feedrate feed` as sessions of one run: its workload grows with each of them. */
import { FeedrateError } from '../base/errors.js';
import {
  type EmulationJob,
  emulationJobName,
  type FeedJobs,
  feedWorkload,
  type RampJob,
} from '../plan/feed-workload.js';
import type { ReadableRun } from '../record/stored-run.js';
import type { RunListener } from './listener.js';
import type { RunRequest } from './request.js';
import { StagedRun } from './staged-run.js';
import { StopHandle } from './stop-handle.js';

type StoppableRequest = Omit<RunRequest, 'workload'> & Required<Pick<RunRequest, 'stop'>>;

/** What all stages have in common. */
export type FeedBasis = Omit<FeedJobs, 'ramp' | 'emulations' | 'rounds'>;

/** Thrown when the time is up. What was measured until then is kept. */
export class TimeIsUp extends Error {}

export class FeedStages {
  readonly #staged: StagedRun;
  readonly #basis: FeedBasis;
  readonly #stop: StopHandle;
  /** Stops what is measured: when the user asks for it, or when the time is up. */
  readonly #end = new StopHandle();
  readonly #ramp: RampJob[] = [];
  readonly #emulations: EmulationJob[] = [];

  constructor(basis: FeedBasis, request: StoppableRequest, listener: RunListener) {
    this.#basis = basis;
    this.#stop = request.stop;
    this.#staged = new StagedRun({ ...request, stop: this.#end }, listener);
  }

  /**
   * Calls `measure`, and ends it when the user asks for it, or after so many ns. Returns whether the time was up. Throws what
   * `measure` throws.
   */
  async within(limitNs: number, measure: () => Promise<void>): Promise<boolean> {
    const unheed = this.#stop.heedWith(() => this.#end.stop());
    const timer = setTimeout(() => this.#end.endAsPlanned(), Math.max(0, limitNs / 1e6));
    try {
      await measure();
      return false;
    } catch (thrown) {
      if (!(thrown instanceof TimeIsUp)) throw thrown;
      return true;
    } finally {
      clearTimeout(timer);
      unheed();
    }
  }

  /** The run; null before its first stage. */
  get run(): ReadableRun | null {
    return this.#staged.run;
  }

  /** The jobs of the ramp. */
  get readers(): readonly RampJob[] {
    return this.#ramp;
  }

  /** The accelerators that were emulated, in the order in which they began. */
  get emulations(): readonly EmulationJob[] {
    return this.#emulations;
  }

  /** Measures readers that were not measured yet. Throws as `#measure` does. */
  async addReaders(job: RampJob): Promise<ReadableRun> {
    this.#ramp.push(job);
    return this.#measure([job.name], 1);
  }

  /** Measures all readers again, apart from the first job, which was a trial. Throws as `#measure` does. */
  async repeatReaders(rounds: number): Promise<ReadableRun> {
    return this.#measure(
      this.#ramp.slice(1).map(({ name }) => name),
      rounds,
    );
  }

  /** Emulates accelerators in alternating rounds. Those that were emulated before keep their job. Throws as `#measure` does. */
  async emulate(jobs: readonly EmulationJob[], rounds: number): Promise<ReadableRun> {
    const isKnown = (job: EmulationJob) =>
      this.#emulations.some(({ accelerators }) => accelerators === job.accelerators);
    this.#emulations.push(...jobs.filter((job) => !isKnown(job)));
    return this.#measure(
      jobs.map(({ accelerators }) => emulationJobName(accelerators)),
      rounds,
    );
  }

  /** Waits for a stage. One that was stopped before it began is an end of the time, too. */
  async #ended<T>(stage: Promise<T>): Promise<T> {
    try {
      return await stage;
    } catch (thrown) {
      const isStopped = thrown instanceof FeedrateError && thrown.code === 'interrupted';
      throw isStopped && !this.#stop.isAsked && this.#end.isAsked ? new TimeIsUp('the time is up') : thrown;
    }
  }

  /**
   * Throws FeedrateError `measurement` when the session or one of its trials failed, `interrupted` after a stop, and `TimeIsUp`.
   * What was measured is kept in any case.
   */
  async #measure(names: readonly string[], rounds: number): Promise<ReadableRun> {
    const source = feedWorkload({ ...this.#basis, ramp: this.#ramp, emulations: this.#emulations, rounds });
    const workload = { source, path: 'the workload of feedrate feed' };
    const { run, status } = await this.#ended(this.#staged.measure(workload, ({ job }) => names.includes(job)));
    if (this.#stop.isAsked || status === 'aborted')
      throw new FeedrateError('interrupted', 'stopped before it was decided');
    const failed = run.trials.find((trial) => trial.status === 'failed');
    if (status !== 'failed' && failed === undefined) {
      if (this.#end.isAsked) throw new TimeIsUp('the time is up');
      return run;
    }
    const why = failed?.fault == null ? 'a session failed' : `${failed.arm} failed: ${failed.fault.message}`;
    throw new FeedrateError('measurement', `${run.directory}: ${why}`);
  }
}
