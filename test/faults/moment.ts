/** A fault at a moment, and the words for moments. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LiveRun } from '../support/live-run.js';
import type { Struck } from './invariants.js';
import type { Scene, Variant } from './scene.js';

export interface Moment {
  /** Words between slashes: all that is needed to repeat it. */
  readonly id: string;
  /** More about it, for people. */
  readonly about?: string;
  readonly variant: Variant;
  /** Brings the fault about, waits for the end of the run, and undoes the fault. */
  readonly strike: (scene: Scene) => Promise<Struck>;
}

/**
 * When a fault comes: so many milliseconds after the start; `begun`, when the command begins to read the workload; `layout`,
 * when the first data file is laid out; `trial-N`, when the N-th trial has ended.
 */
export type When = number | 'begun' | 'layout' | `trial-${number}`;

/** The moment that a word names. */
export function whenOf(word: string): When {
  if (/^(?:begun|layout|trial-\d+)$/.test(word)) return word as When;
  if (/^\d+$/.test(word)) return Number(word);
  throw new Error(`${word}: expected begun, layout, trial-N or milliseconds`);
}

/** Waits for the moment. Returns early when the run ends before it. */
export async function untilMoment(scene: Scene, run: LiveRun, when: When): Promise<void> {
  const ended = run.outcome().then(() => 'ended' as const);
  if (typeof when === 'number') {
    await Promise.race([ended, wait(when)]);
    return;
  }
  const [, trials] = /^trial-(\d+)$/.exec(when) ?? [];
  const isThere = () => {
    if (when === 'begun') return scene.state.begun;
    if (trials === undefined) return run.events.some(({ type }) => type === 'layout');
    return run.events.filter(({ type }) => type === 'trial').length >= Number(trials);
  };
  while (!isThere()) if ((await Promise.race([ended, wait(2)])) === 'ended') return;
}
