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
import { FEED_WORKLOAD_PATH } from './feed-plan.js';
import { agreeOnStage } from './feed-ranks.js';
import type { RunListener } from './listener.js';
import type { RankMeetings } from './rank-meetings.js';
import type { RunRequest } from './request.js';
import { type Staged, StagedRun } from './staged-run.js';
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
  /** When the time is up, by `performance.now()`. */
  #endMs = Number.POSITIVE_INFINITY;
  /** Null: this process measures alone. */
  readonly #meetings: RankMeetings | null;
  readonly #ramp: RampJob[] = [];
  readonly #emulations: EmulationJob[] = [];

  constructor(basis: FeedBasis, request: StoppableRequest, listener: RunListener) {
    this.#basis = basis;
    this.#stop = request.stop;
    this.#meetings = request.group?.meetings ?? null;
    this.#staged = new StagedRun({ ...request, stop: this.#end }, listener);
  }

  /**
   * Calls `measure`, and ends it when the user asks for it, or after so many ns. Returns whether the time was up. Throws what
   * `measure` throws.
   */
  async within(limitNs: number, measure: () => Promise<void>): Promise<boolean> {
    const unheed = this.#stop.heedWith(() => this.#end.stop());
    this.#endMs = performance.now() + limitNs / 1e6;
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

  /** Lets the other ranks end: nothing more is measured. */
  async close(): Promise<void> {
    const meetings = this.#meetings;
    if (meetings === null || meetings.over !== null) return;
    // A group that breaks up now takes nothing from what was measured, and tells that itself.
    await agreeOnStage(meetings, this.#end, null).catch(() => undefined);
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

  /** Measures a stage, with all ranks. One that was stopped before it began is an end of the time, too. */
  async #stage(source: string, jobs: readonly string[]): Promise<Staged> {
    const workload = { source, path: FEED_WORKLOAD_PATH };
    try {
      if (this.#meetings !== null) {
        const leftNs = (this.#endMs - performance.now()) * 1e6;
        await agreeOnStage(this.#meetings, this.#end, { source, jobs, leftNs });
      }
      return await this.#staged.measure(workload, ({ job }) => jobs.includes(job));
    } catch (thrown) {
      const isStopped = thrown instanceof FeedrateError && thrown.code === 'interrupted';
      throw isStopped && !this.#stop.isAsked && this.#isTimeUp ? new TimeIsUp('the time is up') : thrown;
    }
  }

  get #isTimeUp(): boolean {
    return this.#end.isAsked || this.#meetings?.over?.end === 'time-up';
  }

  /** Returns why a run was aborted. */
  #abortion(): FeedrateError {
    const { end = 'stopped', reason = null } = this.#meetings?.over ?? {};
    return new FeedrateError(
      end === 'stopped' ? 'interrupted' : 'measurement',
      reason ?? 'stopped before it was decided',
    );
  }

  /**
   * Throws FeedrateError `measurement` when the session or one of its trials failed, `interrupted` after a stop, and `TimeIsUp`.
   * What was measured is kept in any case.
   */
  async #measure(names: readonly string[], rounds: number): Promise<ReadableRun> {
    const source = feedWorkload({ ...this.#basis, ramp: this.#ramp, emulations: this.#emulations, rounds });
    const { run, status } = await this.#stage(source, names);
    if (this.#stop.isAsked || status === 'aborted') throw this.#abortion();
    const failed = run.trials.find((trial) => trial.status === 'failed');
    if (status !== 'failed' && failed === undefined) {
      if (this.#isTimeUp) throw new TimeIsUp('the time is up');
      return run;
    }
    const why = failed?.fault == null ? 'a session failed' : `${failed.arm} failed: ${failed.fault.message}`;
    throw new FeedrateError('measurement', `${run.directory}: ${why}`);
  }
}
