/** The job that runs beside a trial's own: from their common start until the trial's own job is done. */
import { systemFaultOf } from '../base/errors.js';
import { seedOf } from '../base/prng.js';
import { workersOf } from '../engine/choose.js';
import { Counters, type Stoppable } from '../engine/core/counters.js';
import { explained } from '../host/system/exhaustion.js';
import type { PlannedTrial } from '../plan/plan.js';
import { mergeLatencies } from '../record/merge-ranks.js';
import type { BesideRecord, TrialRecord, Window } from '../record/trial-record.js';
import { ENGINES } from '../workload/engines.js';
import { Abandonment } from './abandonment.js';
import { assembleLatency, assemblePhases, assembleRing, assembleWindow } from './assemble.js';
import { LayoutStopped } from './data-file.js';
import { watch } from './live.js';
import { NfsWatch } from './live-nfs.js';
import type { TrialSettings } from './measure-trial.js';
import { prepareTrial, removeScratch } from './prepare-trial.js';
import { type Stage, tasksOf } from './stage.js';
import { seedsOf } from './trial-seeds.js';

/** Nobody sees the progress of this job. It is watched for a target that does not respond. */
const LOOKS = { everyMs: 1000, closely: false };

type Pass = Pick<BesideRecord, 'engine' | 'window' | 'latency' | 'phases' | 'training'>;

export class BesideJob implements Stoppable {
  /** The start that both jobs share. */
  readonly start: Counters;
  readonly #trial: PlannedTrial;
  readonly #stage: Stage;
  readonly #settings: TrialSettings;
  readonly #workers: number;
  readonly #passes: Pass[] = [];
  #counters: Counters | null = null;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();
  /** Why the job failed; null if it did not. */
  fault: TrialRecord['fault'] = null;
  /** Whether its workers wait for a target that does not respond, and were left. */
  abandoned = false;

  /** @param workers of the trial's own job */
  constructor(trial: PlannedTrial, stage: Stage, workers: number, settings: TrialSettings) {
    this.#trial = trial;
    this.#stage = stage;
    this.#settings = settings;
    this.#workers = workersOf(stage.arm.spec, stage.engine);
    this.start = Counters.forStart(workers + this.#workers);
  }

  /** Whether its files have to be in memory when it starts. */
  get needsWarmFiles(): boolean {
    return this.#stage.arm.spec.cache === 'warm';
  }

  /** Bytes that it has read so far. Infinite if it reads through memory maps, where nobody knows how many it fetched. */
  get readBytes(): number {
    const bytes = this.#passes.reduce((sum, { window }) => sum + window.totalReadBytes, 0);
    return bytes > 0 && ENGINES[this.#stage.engine.used].mapsFiles ? Number.POSITIVE_INFINITY : bytes;
  }

  /** Makes its files and their cache state. Throws as `prepareTrial` does. */
  async prepare(): Promise<void> {
    await prepareTrial(this.#trial, this.#stage, this.#settings);
  }

  /**
   * Starts its workers, which wait for those of the trial's own job.
   * @param onFault called when the job fails: the trial's own job would be measured without it
   */
  begin(onFault: () => void): void {
    this.#running = this.#run()
      .catch((thrown) => {
        if (thrown instanceof LayoutStopped) return;
        this.#failed({ ...explained(systemFaultOf(thrown)), worker: -1 });
      })
      .finally(() => {
        if (this.fault !== null) onFault();
      });
  }

  requestStop(): void {
    this.#isStopped = true;
    this.start.requestStop();
    this.#counters?.requestStop();
  }

  /** Ends the job. Resolves when its workers have ended, or were abandoned. */
  async end(): Promise<void> {
    this.requestStop();
    await this.#running;
  }

  removeScratch(): void {
    removeScratch(this.#stage);
  }

  /** Returns what it did; null if it was stopped before its start. */
  record(): BesideRecord | null {
    const [first, ...others] = this.#passes;
    if (first === undefined) return null;
    const window = windowOfPasses([first.window, ...others.map((pass) => pass.window)]);
    const latency = mergeLatencies(this.#passes);
    return { arm: this.#stage.arm.id, passes: this.#passes.length, ...first, window, latency };
  }

  async #run(): Promise<void> {
    for (let pass = 0; !this.#isStopped && this.fault === null && !this.abandoned; pass++) {
      if (pass > 0) await this.#prepareAgain();
      await this.#runOnce(pass);
    }
  }

  /** Prepares another pass. What it does must not reach the files of the trial's own job. */
  async #prepareAgain(): Promise<void> {
    const { place, laidOut } = this.#stage.files;
    if (place === 'scratch' && laidOut) return;
    removeScratch(this.#stage);
    await prepareTrial(this.#trial, this.#stage, {
      ...this.#settings,
      dropCaches: false,
      remount: null,
      stopped: () => this.#isStopped,
      onPreparing: () => {},
    });
  }

  async #runOnce(pass: number): Promise<void> {
    const { pool, injected, stopped } = this.#settings;
    const counters = Counters.allocate(this.#workers);
    this.#counters = counters;
    if (this.#isStopped) counters.requestStop();
    const first = seedsOf(this.#trial, this.#stage, this.#settings);
    const seeds = pass === 0 ? first : { ...first, seed: seedOf(`${first.seed}/${pass}`) };
    const tasks = tasksOf(this.#stage, counters, seeds, injected, pass === 0 ? this.start : null);
    const abandonment = new Abandonment(stopped);
    const watched = watch(
      counters,
      { job: this.#stage.arm.spec, expectedBytes: 0, nfs: new NfsWatch(null), looks: LOOKS },
      (view) => abandonment.look(view),
      () => {},
    );
    // A thread that dies before the start holds up both jobs.
    const both: Stoppable = {
      requestStop: () => {
        counters.requestStop();
        this.start.requestStop();
      },
    };
    const outcomes = await pool.run(tasks, both, abandonment.decided);
    watched.stop();
    this.abandoned = abandonment.abandoned;
    const failed = outcomes.find(({ fault }) => fault !== null);
    if (failed?.fault) this.#failed({ ...explained(failed.fault), worker: failed.worker });
    const reports = outcomes.map(({ report }) => report).filter((report) => report !== null);
    if (reports.length === 0) return;
    const phases = assemblePhases(reports);
    const training = reports.find((report) => report.training !== undefined)?.training;
    this.#passes.push({
      engine: { ...this.#stage.engine, ring: assembleRing(reports) },
      window: assembleWindow(reports),
      latency: assembleLatency(counters),
      ...(phases !== undefined && { phases }),
      ...(training !== undefined && { training }),
    });
  }

  #failed(fault: NonNullable<TrialRecord['fault']>): void {
    this.fault ??= { ...fault, message: `${fault.message} (in ${this.#stage.arm.id}, which ran beside it)` };
  }
}

/** What all passes did together. */
const SUMMED = [
  'readBytes',
  'writeBytes',
  'readOps',
  'writeOps',
  'lastDoneNs',
  'totalReadBytes',
  'totalWriteBytes',
  'totalReadOps',
  'totalWriteOps',
] as const;

/** Returns the time of all passes together, and what they moved. The time between them does not count. */
function windowOfPasses(windows: readonly [Window, ...Window[]]): Window {
  const sum = (of: (window: Window) => number) => windows.reduce((total, window) => total + of(window), 0);
  const sums = Object.fromEntries(SUMMED.map((amount) => [amount, sum((window) => window[amount])]));
  return { ...windows[0], ...sums, startNs: 0, endNs: sum(({ startNs, endNs }) => endNs - startNs) };
}
