/** The state of a running run, derived from its events. */
import type { SessionEvent } from '../../trial/events.js';

/** Number of rates in the sparkline. */
const HISTORY = 12;
/** Events that the current rate is averaged over: one second at four events per second. */
const CURRENT = 4;

export interface ProgressState {
  /** The last event other than a finished or abandoned trial. */
  readonly current: Exclude<SessionEvent, { type: 'trial' | 'abandoned' }> | null;
  /** Time that the run was expected to take; null while unknown. */
  readonly expectedNs: number | null;
  readonly previousType: SessionEvent['type'] | null;
  /** Rates of the running trial in the unit of its progress, oldest first. */
  readonly ratesPerSecond: readonly number[];
  /** Mean rate of the last second; null before the first measurement. */
  readonly ratePerSecond: number | null;
  /** Trials of the whole plan; null while unknown. */
  readonly totalTrials: number | null;
  readonly doneTrials: number;
  take(event: SessionEvent): void;
}

/** Returns a new state. `planned` is the number of trials of the plan, and `expectedNs` their time, or null if unknown. */
export function createProgressState(planned: number | null, expectedNs: number | null = null): ProgressState {
  let current: ProgressState['current'] = null;
  let lastType: SessionEvent['type'] | null = null;
  let previousType: SessionEvent['type'] | null = null;
  let rates: number[] = [];
  let totalTrials = planned;
  let doneTrials = 0;
  const takeProgress = (event: Extract<SessionEvent, { type: 'progress' }>): void => {
    rates = [...rates, event.unit === 'bytes' ? event.bytesPerSecond : event.opsPerSecond].slice(-HISTORY);
    totalTrials = event.totalTrials;
    doneTrials = event.doneTrials;
  };
  return {
    expectedNs,
    get current() {
      return current;
    },
    get previousType() {
      return previousType;
    },
    get ratesPerSecond() {
      return rates;
    },
    get ratePerSecond() {
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
