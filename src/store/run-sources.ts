/** Where runs are read from, by the form of the name that a user gives. */

import type { StoredRun } from '../record/stored-run.js';
import type { TrialPart } from '../record/trial-reading.js';
import type { FoundRun } from './bucket-listing.js';
import { isBucketUrl } from './bucket-place.js';
import { listRuns, type PassedOver, resolveRun } from './find-runs.js';
import { readRun, readTrials } from './read-run.js';

interface RunSource {
  readonly takes: (spec: string) => boolean;
  readonly read: (spec: string, request: NamedRunRequest) => Promise<StoredRun>;
}

export interface NamedRunRequest {
  /** Where runs without a path are looked for. */
  readonly resultsDirectory: string;
  /** Parts of trials that are not needed. */
  readonly omitted?: readonly TrialPart[];
  readonly passedOver?: PassedOver;
}

/**
 * Calls `use` with the runs of a results directory or of a place in a bucket, oldest first. Their trials can be read until it
 * returns. Throws as `listRuns` and `withBucketRuns` do.
 */
export async function withListedRuns<Result>(
  place: string,
  passedOver: PassedOver,
  use: (runs: readonly FoundRun[]) => Promise<Result>,
): Promise<Result> {
  if (isBucketUrl(place)) return (await import('./bucket-listing.js')).withBucketRuns(place, passedOver, use);
  const runs = listRuns(place, passedOver);
  return use(runs.map((run) => ({ ...run, trials: async () => readTrials(run.directory) })));
}

/** The first one that takes a name reads it. */
const SOURCES: readonly RunSource[] = [
  {
    takes: isBucketUrl,
    read: async (spec, { omitted }) =>
      (await import('./bucket-run.js')).readBucketRun(spec, { omitted, isPacked: true }),
  },
  {
    takes: () => true,
    read: async (spec, { resultsDirectory, omitted, passedOver }) =>
      readRun(resolveRun(resultsDirectory, spec, passedOver), { omitted, isPacked: true }),
  },
];

/** Returns the run that a user names, with packed latencies. Throws as `resolveRun` and `readBucketRun` do. */
export async function readNamedRun(spec: string, request: NamedRunRequest): Promise<StoredRun> {
  for (const { takes, read } of SOURCES) if (takes(spec)) return read(spec, request);
  throw new Error(`nothing reads ${spec}`);
}
