/** What the server of a results directory tells its pages, and how its list is filtered and sorted. */
import type { LiveStatus } from '../base/live-status.js';

/** A run in the list. */
export interface ServedRun {
  readonly id: string;
  /** The four characters that identify it in most results directories; else its id. */
  readonly shortName: string;
  readonly status: string;
  /** ISO 8601; null when `run.json` cannot be read. */
  readonly startedAt: string | null;
  readonly workload: string | null;
  readonly targets: readonly { readonly name: string; readonly path: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly isCalibration: boolean;
  /** Null when unknown: the run is not over, or was killed. */
  readonly doneTrials: number | null;
  readonly failedTrials: number;
  readonly totalTrials: number | null;
  /** The arm with the highest median throughput. Null before the run has ended, and if it measured none. */
  readonly best: { readonly arm: string; readonly bytesPerSecond: number } | null;
  readonly problem: string | null;
}

export interface ServedList {
  /** Where the runs are, as the user named it. */
  readonly results: string;
  /** Newest first. */
  readonly runs: readonly ServedRun[];
}

/** A run that is measured at this moment. */
export interface ServedLive {
  readonly id: string;
  readonly workload: string | null;
  /** Null while the run has not told anything. */
  readonly status: LiveStatus | null;
}

/** The state that pages follow: a new one is sent when something has changed. */
export interface ServedState {
  /** Changes with the list. */
  readonly listVersion: number;
  readonly live: readonly ServedLive[];
}

export interface RunFilter {
  readonly workload: string;
  readonly target: string;
  /** Words that all occur in the run's id, workload, targets, labels, status or best arm. */
  readonly text: string;
  /** Dates in UTC, `2026-11-30`, both included. Empty: any. */
  readonly since: string;
  readonly until: string;
}

export type RunOrder = 'newest' | 'oldest' | 'fastest' | 'workload';

/** Returns the runs that the filter lets through. Empty fields let everything through. */
export function filteredRuns(runs: readonly ServedRun[], filter: RunFilter): ServedRun[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    const day = run.startedAt?.slice(0, 10) ?? '';
    return (
      (filter.workload === '' || run.workload === filter.workload) &&
      (filter.target === '' || run.targets.some(({ path }) => path === filter.target)) &&
      (filter.since === '' || day >= filter.since) &&
      (filter.until === '' || (day !== '' && day <= filter.until)) &&
      words.every((word) => searchText(run).includes(word))
    );
  });
}

function searchText(run: ServedRun): string {
  const { id, workload, status, targets, labels, best } = run;
  const places = targets.flatMap(({ name, path }) => [name, path]);
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [id, workload ?? '', status, ...places, ...pairs, best?.arm ?? ''].join('\n').toLowerCase();
}

const COMPARE: Readonly<Record<RunOrder, (a: ServedRun, b: ServedRun) => number>> = {
  newest: (a, b) => byText(b.startedAt ?? '', a.startedAt ?? ''),
  oldest: (a, b) => byText(a.startedAt ?? '', b.startedAt ?? ''),
  fastest: (a, b) => (b.best?.bytesPerSecond ?? -1) - (a.best?.bytesPerSecond ?? -1),
  workload: (a, b) => byText(a.workload ?? '', b.workload ?? '') || COMPARE.newest(a, b),
};

/** Returns the runs in this order. Runs of equal rank keep theirs. */
export function sortedRuns(runs: readonly ServedRun[], order: RunOrder): ServedRun[] {
  return runs.toSorted(COMPARE[order]);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
