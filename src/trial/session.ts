/** Runs one session's rounds of the plan. Each session is a new process. */
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import type { Stoppable } from '../engine/core/counters.js';
import { WorkerPool } from '../engine/pool.js';
import { createOwnDirectory, removeOwnDirectory } from '../host/files/own-directory.js';
import type { MountIds } from '../host/held-target.js';
import { filesOf, touchesFiles, writesScratch } from '../plan/arm-files.js';
import { dataFilesOf } from '../plan/filesets.js';
import type { Plan, PlannedTrial, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { PartialTrial } from '../record/partial-trial.js';
import type { Injection } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { beginCold } from './cache.js';
import type { GroupPlace, Meet } from './common-start.js';
import { dataDirectory } from './data-directory.js';
import { LayoutStopped } from './data-file.js';
import type { SessionEvent, WorkProgress } from './events.js';
import { HeldTargets } from './held-targets.js';
import { awaitFilesOfOthers, type HeldData, holdData, layOutMissing, missingFilesOf } from './layout.js';
import { CLOSE_LOOKS, type Looks } from './live.js';
import type { TrialSettings } from './measure-trial.js';
import { KEEP_PART_MS } from './part.js';
import { rankLayouts } from './rank-layouts.js';
import { RunClock } from './run-clock.js';
import { runTrial } from './run-trial.js';
import { threadsOfPlan } from './threads-of-plan.js';

export interface SessionOptions {
  readonly plan: Plan;
  readonly dataset: PlannedDataset | null;
  readonly runId: string;
  /** 1-based. */
  readonly session: number;
  readonly dropCaches: boolean;
  /** The targets' mounts when the run began. Default: those of the session's start. */
  readonly mountIds?: MountIds;
  /** Targets to slow down. They are not part of the plan, so comparisons cannot see them. Default: none. */
  readonly injected?: readonly Injection[];
  /** How closely running trials are observed. Default: `CLOSE_LOOKS`. */
  readonly looks?: Looks;
  /** How often the part of a trial that is measured so far is kept, ms. Default: once a minute. */
  readonly keepPartMs?: number;
  /** The place in a group of machines. Its plan is that of the rank: see `planOfRank`. Default: it measures alone. */
  readonly place?: GroupPlace;
}

/** Receives a session's results. */
export interface SessionSink {
  readonly emit: (event: SessionEvent) => void;
  /** Stores a record. Must not return before the record is durable. */
  readonly append: (record: TrialRecord) => void;
  /** Keeps what is measured so far of the running trial, in place of an earlier part. Default: it is not kept. */
  readonly keepPart?: (part: PartialTrial) => void;
  /**
   * Remounts the target's file system with the same options. Called before each cold trial, while no file there is
   * open. If it fails, the trial is recorded as failed and the session ends. Default: no remounts.
   */
  readonly remount?: (target: Target) => Promise<void>;
  /** Meets the other ranks of the group. Required with a `place`. */
  readonly meet?: Meet;
}

/** A session that can be stopped. The running trial is then ended, recorded as aborted, and cleaned up. */
export class Session {
  readonly #options: SessionOptions;
  readonly #sink: SessionSink;
  #stopped = false;
  #counters: Stoppable | null = null;
  #doneHere = 0;
  #abandoned = false;
  /** The error after which the targets may no longer be usable: a failed remount, or another target; null if none. */
  #fatal: unknown = null;
  readonly #wrote = new Set<string>();
  #hasMet = false;
  readonly #targets: HeldTargets;
  readonly #clock: RunClock;
  readonly #started: WorkerPool | null;

  /** @param started threads that were started before the plan was known. The session closes them. Default: none */
  constructor(options: SessionOptions, sink: SessionSink, started: WorkerPool | null = null) {
    this.#options = options;
    this.#sink = sink;
    this.#started = started;
    this.#targets = new HeldTargets(options.mountIds ?? {});
    this.#clock = new RunClock(options.plan, options.dataset, options.session);
  }

  /** Requests a stop. May be called at any time, also from a signal handler. */
  stop(): void {
    this.#stopped = true;
    this.#counters?.requestStop();
  }

  /** Writes missing data files of all sets, then runs this session's trials in the order of the plan. */
  async run(): Promise<void> {
    const { plan, dataset, runId, session, dropCaches } = this.#options;
    const { injected = [], looks = CLOSE_LOOKS, keepPartMs = KEEP_PART_MS } = this.#options;
    const stopped = () => this.#stopped;
    const pool = await this.#takePool(threadsOfPlan(plan));
    const scratch: string[] = [];
    const held: HeldData[] = [];
    try {
      this.#holdTargets();
      for (const target of plan.targets) await this.#takeDirectories(target, scratch, held);
      await this.#meetForLayout();
      for (const target of plan.targets) await this.#takeNewFiles(target);
      const settings: TrialSettings = {
        plan,
        dataset,
        runId,
        pool,
        stopped,
        dropCaches,
        injected,
        looks,
        wrote: this.#wrote,
        remount: this.#sink.remount === undefined ? null : (target) => this.#remount(target),
        requireUnchanged: (target) => this.#requireUnchanged(target),
        onCounters: (counters) => {
          this.#counters = counters;
          if (this.#stopped) counters?.requestStop();
        },
        onStarting: (trial, arm, { present: startedWorkers, workers }) =>
          this.#sink.emit({ type: 'starting', trialId: trial.id, arm: arm.id, startedWorkers, workers }),
        keepPartMs,
        place: this.#options.place ?? null,
        meet: this.#sink.meet ?? null,
        onPart: (part) => this.#sink.keepPart?.(part),
        onAbandoned: () => {
          this.#abandoned = true;
        },
        onPreparing: (trial, arm, step, work) =>
          this.#sink.emit({ type: 'prepare', trialId: trial.id, arm: arm.id, step, ...work, etaNs: this.#etaNs() }),
        onLive: (trial, arm, view) =>
          this.#sink.emit({ type: 'progress', trialId: trial.id, arm: arm.id, ...this.#position(view), ...view }),
      };
      for (const trial of plan.trials) {
        if (this.#stopped) break;
        if (trial.session === session) await this.#runOne(trial, settings);
      }
    } catch (thrown) {
      await this.#refuseLayout(thrown);
      if (!(thrown instanceof LayoutStopped)) throw thrown;
    } finally {
      if (!this.#abandoned) {
        await pool.close();
        this.#leave(held, scratch);
      }
    }
  }

  /** Returns the threads that were started already, if there are as many as the trials need, or starts them. */
  async #takePool(threads: number): Promise<WorkerPool> {
    if (this.#started?.threads === threads) return this.#started;
    await this.#started?.close();
    return new WorkerPool(threads);
  }

  #holdTargets(): void {
    const { plan, dataset } = this.#options;
    for (const target of plan.targets) {
      if (plan.arms.some((arm) => arm.target === target.name && touchesFiles(arm)))
        this.#targets.hold(target, !dataFilesOf(plan, dataset, target).isEmpty);
    }
  }

  /**
   * Writes missing data files, and protects the data directory for the whole session, so that nobody removes files that
   * later rounds read. A scratch directory is created only if something is written: prepared data can be read from a
   * read-only mount.
   */
  async #takeDirectories(target: Target, scratch: string[], held: HeldData[]): Promise<void> {
    const { plan, dataset, runId } = this.#options;
    const arms = plan.arms.filter((arm) => arm.target === target.name && touchesFiles(arm));
    if (!dataFilesOf(plan, dataset, target).isEmpty) held.push(holdData(target, runId));
    const stopped = () => this.#stopped;
    let needsScratch = true;
    const takeScratch = () => {
      if (needsScratch) scratch.push(createOwnDirectory(target, runId, 'scratch'));
      needsScratch = false;
    };
    if (arms.some((arm) => writesScratch(filesOf(arm, dataset)))) takeScratch();
    const progress = (work: WorkProgress) =>
      this.#sink.emit({ type: 'layout', target: target.name, ...work, etaNs: this.#etaNs() + (work.leftNs ?? 0) });
    for (const { files, share } of rankLayouts(plan, this.#options.dataset, target, this.#options.place ?? null)) {
      const missing = await missingFilesOf(target, files, stopped, share);
      if (missing.length === 0) continue;
      this.#wrote.add(target.name);
      takeScratch();
      await layOutMissing(target, runId, missing, { progress, stopped });
      if (arms.some(({ spec }) => spec.cache === 'cold'))
        await beginCold(missing.pathsIn(dataDirectory(target, runId)), stopped);
    }
    this.#requireUnchanged(target);
  }

  /** Waits for the other ranks' parts of the files, and learns to which targets they wrote. */
  async #meetForLayout(): Promise<void> {
    const { meet } = this.#sink;
    if (meet === undefined) return;
    this.#hasMet = true;
    const met = await meet({ at: 'layout' }, JSON.stringify([...this.#wrote]), null);
    if ('refusal' in met) throw this.#stopped ? new LayoutStopped() : new FeedrateError('measurement', met.refusal);
    for (const text of met.texts) {
      for (const name of JSON.parse(text) as string[])
        if (this.#options.place?.sharedTargets.includes(name)) this.#wrote.add(name);
    }
  }

  /** Tells the other ranks, unless they have met, that this one could not lay out its files. */
  async #refuseLayout(thrown: unknown): Promise<void> {
    if (this.#hasMet) return;
    this.#hasMet = true;
    await this.#sink.meet?.({ at: 'layout' }, '[]', systemFaultOf(thrown).message);
  }

  /** Waits until the files that other ranks wrote can be seen. */
  async #takeNewFiles(target: Target): Promise<void> {
    const { plan, dataset, place } = this.#options;
    if (place === undefined || !this.#wrote.has(target.name)) return;
    await awaitFilesOfOthers(target, dataFilesOf(plan, dataset, target), () => this.#stopped);
  }

  /** Removes the session's files, while the targets are still held. */
  #leave(held: readonly HeldData[], scratch: readonly string[]): void {
    try {
      for (const data of held) data.release();
      for (const directory of scratch) removeOwnDirectory(directory, this.#options.runId);
    } finally {
      this.#targets.release();
    }
  }

  async #remount(target: Target): Promise<void> {
    try {
      await this.#targets.releasedFor(async () => this.#sink.remount?.(target));
    } catch (thrown) {
      this.#fatal = thrown;
      throw thrown;
    }
  }

  #requireUnchanged(target: Target): void {
    try {
      this.#targets.requireUnchanged(target);
    } catch (thrown) {
      this.#fatal = thrown;
      throw thrown;
    }
  }

  async #runOne(trial: PlannedTrial, settings: TrialSettings): Promise<void> {
    const arm = settings.plan.arms[trial.arm];
    this.#sink.emit({ type: 'prepare', trialId: trial.id, arm: arm?.id ?? '' });
    this.#clock.begin(trial);
    const record = await runTrial(trial, settings);
    this.#clock.end();
    this.#sink.append(record);
    this.#doneHere++;
    this.#sink.emit({ type: 'trial', record });
    // Threads that wait for an unresponsive target cannot be ended, and nothing there can be removed.
    if (this.#abandoned) this.#sink.emit({ type: 'abandoned', target: record.target });
    if (this.#fatal !== null) throw this.#fatal;
  }

  /** Returns the progress of the whole plan. */
  #position({ fraction, elapsedNs }: { readonly fraction: number | null; readonly elapsedNs: number }): {
    doneTrials: number;
    totalTrials: number;
    leftNs: number | null;
    etaNs: number;
  } {
    const { plan, session } = this.#options;
    const before = plan.trials.filter((trial) => trial.session < session).length;
    return {
      doneTrials: before + this.#doneHere,
      totalTrials: plan.trials.length,
      leftNs: fraction === null || fraction === 0 ? null : Math.round(elapsedNs * (1 / fraction - 1)),
      etaNs: this.#etaNs(),
    };
  }

  #etaNs(): number {
    return Math.round(this.#clock.leftNs());
  }
}
