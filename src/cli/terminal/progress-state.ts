/** What the events so far say of a run under way. */
import type { SessionEvent } from '../../trial/events.js';

/** Rates that the sparkline shows. */
const HISTORY = 12;
/** Progress comes four times a second: the current rate is that of the last second. */
const CURRENT = 4;

export interface ProgressState {
  /** The last event, but for finished trials: what is going on now. */
  readonly current: Exclude<SessionEvent, { type: 'trial' | 'abandoned' }> | null;
  readonly previousType: SessionEvent['type'] | null;
  /** Of the trial under way, oldest first. */
  readonly ratesBytesPerSecond: readonly number[];
  /** The mean of the last second; null when nothing was measured yet. */
  readonly rateBytesPerSecond: number | null;
  /** Of the whole plan; null while it is not known. */
  readonly totalTrials: number | null;
  readonly doneTrials: number;
  take(event: SessionEvent): void;
}

export function createProgressState(planned: number | null): ProgressState {
  let current: ProgressState['current'] = null;
  let lastType: SessionEvent['type'] | null = null;
  let previousType: SessionEvent['type'] | null = null;
  let rates: number[] = [];
  let totalTrials = planned;
  let doneTrials = 0;
  const takeProgress = (event: Extract<SessionEvent, { type: 'progress' }>): void => {
    rates = [...rates, event.bytesPerSecond].slice(-HISTORY);
    totalTrials = event.totalTrials;
    doneTrials = event.doneTrials;
  };
  return {
    get current() {
      return current;
    },
    get previousType() {
      return previousType;
    },
    get ratesBytesPerSecond() {
      return rates;
    },
    get rateBytesPerSecond() {
      const recent = rates.slice(-CURRENT);
      return recent.length === 0 ? null : recent.reduce((sum, rate) => sum + rate, 0) / recent.length;
    },
    get totalTrials() {
      return totalTrials;
    },
    get doneTrials() {
      return doneTrials;
    },
    take(event) {
      previousType = lastType;
      lastType = event.type;
      if (event.type === 'trial') {
        doneTrials++;
        return;
      }
      if (event.type === 'abandoned') return;
      current = event;
      if (event.type === 'progress') takeProgress(event);
      else rates = [];
    },
  };
}
