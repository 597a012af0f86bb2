/** Lists the runs at a place in a bucket. Nothing is kept on this machine. */
import { FeedrateError } from '../base/errors.js';
import { S3Bucket } from './bucket.js';
import { type BucketPlace, bucketPlaceOf, placeBelow, urlOf } from './bucket-place.js';
import { readAt } from './bucket-run.js';
import { oldestFirst, type PassedOver, type RunListing } from './find-runs.js';
import { headerOf, type RecordedTrials, statusOf } from './run-content.js';
import { RUN_FILES, RUN_NAME } from './run-files.js';

/** A run in a list, wherever it is. */
export interface FoundRun extends RunListing {
  /** Reads the trials. What cannot be read is among the problems. Throws `FeedrateError('cloud')`. */
  readonly trials: () => Promise<RecordedTrials>;
}

/** Headers that are fetched at once. */
const AT_ONCE = 8;

/**
 * Calls `use` with the runs below `s3://BUCKET/PREFIX`, oldest first. Their trials can be read until it returns.
 * @param passedOver told how many exports are not finished
 * @throws FeedrateError `cloud` when the bucket cannot be asked
 */
export async function withBucketRuns<Result>(
  url: string,
  passedOver: PassedOver,
  use: (runs: readonly FoundRun[]) => Promise<Result>,
): Promise<Result> {
  const place = bucketPlaceOf(url);
  const bucket = await S3Bucket.open(place);
  try {
    const names = (await bucket.namesBelow(place)).filter((name) => RUN_NAME.test(name));
    const found: (FoundRun | null)[] = [];
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const some = names.slice(from, from + AT_ONCE);
      found.push(...(await Promise.all(some.map((name) => listedRun(bucket, place, name)))));
    }
    const runs = found.filter((run) => run !== null);
    const unfinished = found.length - runs.length;
    if (unfinished > 0) passedOver(`${urlOf(place)}: left out ${unfinished} whose export is not finished`);
    return await use(runs.sort(oldestFirst));
  } finally {
    bucket.close();
  }
}

/** Returns null for an export that is not finished. */
async function listedRun(bucket: S3Bucket, parent: BucketPlace, id: string): Promise<FoundRun | null> {
  const place = placeBelow(parent, id);
  const text = await bucket.text(placeBelow(place, RUN_FILES.run));
  if (text === null) return null;
  const { run, problems } = headerOf(text);
  const trials = async (): Promise<RecordedTrials> => {
    try {
      const stored = await readAt(bucket, place, text, { omitted: ['series'] });
      return { trials: [...stored.trials], problems: stored.problems.filter((problem) => !problems.includes(problem)) };
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError) || thrown.code !== 'store') throw thrown;
      return { trials: [], problems: [thrown.message] };
    }
  };
  return { id, directory: urlOf(place), status: run === null ? 'unknown' : statusOf(run), run, problems, trials };
}
