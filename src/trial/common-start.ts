/** The start of a trial on all machines of a group at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNs } from '../engine/core/clock.js';
import type { Counters } from '../engine/core/counters.js';
import type { WorkerOutcome } from '../engine/core/protocol.js';
import type { RankFilesPlace } from '../plan/rank-files.js';
import { PEER_FAULT } from '../record/merge-ranks.js';
import type { TrialRecord } from '../record/trial-record.js';

/** The place of this session among those of a group. Plain data. */
export interface GroupPlace extends RankFilesPlace {
  /** The name of this machine. */
  readonly host: string;
  /** `monotonicNs()` plus this is the time in ns since 1970 by the clock of rank 0. */
  readonly clockShiftNs: number;
  /** Names of the targets whose storage all ranks share. Each rank lays out its part of the missing files there. */
  readonly sharedTargets: readonly string[];
}

/** Why this rank goes to a meeting. */
export type MeetingPurpose = { readonly at: 'layout' } | { readonly at: 'start'; readonly trial: string };

/**
 * The answer of a meeting: the text of each rank, and the moment of the common start on this machine's monotonic clock. Or
 * why there is none: a rank could not prepare, the run was stopped, or the group has broken up.
 */
export type Met = { readonly texts: readonly string[]; readonly startNs: number } | { readonly refusal: string };

/** Meets the other ranks. `problem` says why this rank cannot go on; null: it can. */
export type Meet = (purpose: MeetingPurpose, text: string, problem: string | null) => Promise<Met>;

/** How often this thread looks whether its workers are ready, ms. Nothing is measured yet. */
const LOOK_MS = 1;

/** Starts the workers of one trial together with those of the other ranks. The ranks meet once, whatever happens. */
export class CommonStart {
  readonly #meet: Meet;
  readonly #trial: string;
  #hasMet = false;
  #refusal: string | null = null;

  constructor(meet: Meet, trial: string) {
    this.#meet = meet;
    this.#trial = trial;
  }

  /** The fault of a trial that did not start because of another rank; null: it was not refused. */
  get fault(): TrialRecord['fault'] {
    if (this.#refusal === null) return null;
    return { code: PEER_FAULT, syscall: 'meet', path: null, offsetBytes: null, message: this.#refusal, worker: -1 };
  }

  /**
   * Returns the outcomes of workers whose counters are held. Releases them when all ranks are ready, and stops them when
   * one is not.
   */
  async release(counters: Counters, running: Promise<WorkerOutcome[]>): Promise<WorkerOutcome[]> {
    let early: WorkerOutcome[] | null = null;
    running.then(
      (outcomes) => {
        early = outcomes;
      },
      () => {
        early = [];
      },
    );
    while (early === null && !counters.isWaiting) await sleep(LOOK_MS);
    if (early !== null) {
      const outcomes = await running;
      const fault = outcomes.find((outcome) => outcome.fault !== null)?.fault;
      await this.refuse(fault?.message ?? 'its workers ended before the start');
      return outcomes;
    }
    this.#hasMet = true;
    const met = await this.#meet({ at: 'start', trial: this.#trial }, '', null);
    if ('refusal' in met) {
      this.#refusal = met.refusal;
      counters.requestStop();
    } else counters.release(met.startNs);
    return running;
  }

  /** Tells the other ranks, unless they have met for this trial already, that this one does not start. */
  async refuse(problem: string): Promise<void> {
    if (this.#hasMet) return;
    this.#hasMet = true;
    await this.#meet({ at: 'start', trial: this.#trial }, '', problem);
  }
}

/** Returns the common start of a trial in ns since 1970; undefined if the workers did not start. */
export function beganSince1970(
  { beganNs }: Counters,
  place: Pick<GroupPlace, 'clockShiftNs'> | null,
): number | undefined {
  return beganNs === null ? undefined : beganNs + (place?.clockShiftNs ?? wallShiftNs());
}

/** Returns what to add to `monotonicNs()` to have ns since 1970 by this machine's clock. */
export function wallShiftNs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1e6) - monotonicNs();
}
