/** Reads a run directory, even when parts of it are missing or damaged. */
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { readTextFile } from '../host/system/regular-file.js';
import { mergeTrials } from '../record/merge-ranks.js';
import { withMetricEvidence } from '../record/metric-evidence.js';
import type { RunRecord } from '../record/run-record.js';
import type { StoredRun } from '../record/stored-run.js';
import type { TrialReading } from '../record/trial-reading.js';
import { whyUnread } from './cannot-read.js';
import { readFeed } from './feed-file.js';
import { readFsxMetrics } from './fsx-metrics-file.js';
import { forEachLine } from './lines.js';
import { readOntapSamples } from './ontap-samples.js';
import {
  type FileText,
  headerOf,
  type RecordedTrials,
  type RunHeader,
  storedRun,
  TrialCollector,
} from './run-content.js';
import { RUN_FILES, rankDirectory } from './run-files.js';

/**
 * Returns everything that can be read from a run directory. `problems` lists parts that are missing,
 * cut off or damaged.
 * @param reading which parts of the trials are left out, which make up most of a long run
 * @param known its trials, if the caller has them. Default: they are read
 * @throws FeedrateError `store` only when the directory does not exist
 */
export function readRun(directory: string, reading: TrialReading = {}, known?: RecordedTrials): StoredRun {
  const path = resolve(directory);
  requireDirectory(path);
  const partial = readText(join(path, RUN_FILES.partial));
  const header = readHeader(path);
  const trials = known ?? readTrials(path, reading);
  const isUnmerged = trials.trials.length === 0 && header.run?.status === 'running';
  const ofRanks = isUnmerged ? trialsOfRanks(path, header.run, reading) : null;
  const stored = storedRun({ directory: path, id: basename(path) }, header, ofRanks ?? trials, partial);
  const judged = withMetrics(path, stored);
  const ontapSamples = readOntapSamples(path);
  return withFeed(path, ontapSamples.length === 0 ? judged : { ...judged, ontapSamples });
}

/**
 * Returns the trials of a group whose ranks are not merged yet: rank 0 does that at the end, which it may not have lived to
 * see. Null for other runs.
 */
function trialsOfRanks(
  directory: string,
  { group }: Pick<RunRecord, 'group'>,
  reading: TrialReading,
): RecordedTrials | null {
  if (group === undefined || group.rank !== undefined) return null;
  const parts = group.members.map(({ rank }) => readTrials(join(directory, rankDirectory(rank)), reading));
  const { trials, problems } = mergeTrials(parts.flatMap((part) => part.trials));
  return { trials, problems: [...new Set(parts.flatMap((part) => part.problems)), ...problems] };
}

/** Adds the answer of `feedrate feed`, if it is kept with the run. */
function withFeed(path: string, stored: StoredRun): StoredRun {
  try {
    const feed = readFeed(path);
    return feed === null ? stored : { ...stored, feed };
  } catch (error) {
    if (!(error instanceof FeedrateError)) throw error;
    return { ...stored, problems: [...stored.problems, error.message] };
  }
}

/** Judges the residency of the targets with the metrics that are kept with the run. */
function withMetrics(path: string, stored: StoredRun): StoredRun {
  const { run, trials, problems } = stored;
  if (run === null || run.environment.targets.every(({ residency }) => residency === undefined)) return stored;
  try {
    const metrics = readFsxMetrics(path);
    return metrics === null ? stored : { ...stored, run: withMetricEvidence(run, trials, metrics) };
  } catch (error) {
    const reason =
      error instanceof FeedrateError
        ? error.message
        : `${RUN_FILES.fsxMetrics}: ${readFaultOf(error, join(path, RUN_FILES.fsxMetrics))}`;
    return { ...stored, problems: [...problems, reason] };
  }
}

/** Reads only `run.json`, for lists of many runs. */
export function readHeader(directory: string): RunHeader {
  return headerOf(readText(join(directory, RUN_FILES.run)));
}

/** Returns the trials that can be read: see `TrialCollector`. */
export function readTrials(directory: string, reading: TrialReading = {}): RecordedTrials {
  const trials = new TrialCollector(reading);
  const path = join(directory, RUN_FILES.trials);
  try {
    forEachLine(path, trials.visit);
  } catch (error) {
    trials.cut(readFaultOf(error, path));
  }
  return trials.result();
}

function requireDirectory(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    throw new FeedrateError(
      'store',
      `${path}: no such run directory; feedrate list shows the runs of a results directory`,
    );
  }
}

function readText(path: string): FileText {
  try {
    return readTextFile(path);
  } catch (error) {
    return new Error(readFaultOf(error, path));
  }
}

function readFaultOf(error: unknown, path: string): string {
  return systemFaultOf(error).code === 'ENOENT' ? 'missing' : whyUnread(error, path);
}
