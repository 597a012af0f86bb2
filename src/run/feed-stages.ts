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

/** What all stages have in common. */
export type FeedBasis = Omit<FeedJobs, 'ramp' | 'emulations' | 'rounds'>;

export class FeedStages {
  readonly #staged: StagedRun;
  readonly #basis: FeedBasis;
  readonly #stop: RunRequest['stop'];
  readonly #ramp: RampJob[] = [];
  readonly #emulations: EmulationJob[] = [];

  constructor(basis: FeedBasis, request: Omit<RunRequest, 'workload'>, listener: RunListener) {
    this.#basis = basis;
    this.#stop = request.stop;
    this.#staged = new StagedRun(request, listener);
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

  /**
   * Throws FeedrateError `measurement` when the session or one of its trials failed, and `interrupted` after a stop. What
   * was measured is kept in any case.
   */
  async #measure(names: readonly string[], rounds: number): Promise<ReadableRun> {
    const source = feedWorkload({ ...this.#basis, ramp: this.#ramp, emulations: this.#emulations, rounds });
    const workload = { source, path: 'the workload of feedrate feed' };
    const { run, status } = await this.#staged.measure(workload, ({ job }) => names.includes(job));
    if (this.#stop?.isAsked || status === 'aborted')
      throw new FeedrateError('interrupted', 'stopped before it was decided');
    const failed = run.trials.find((trial) => trial.status === 'failed');
    if (status !== 'failed' && failed === undefined) return run;
    const why = failed?.fault == null ? 'a session failed' : `${failed.arm} failed: ${failed.fault.message}`;
    throw new FeedrateError('measurement', `${run.directory}: ${why}`);
  }
}
