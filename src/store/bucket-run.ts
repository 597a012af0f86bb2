/** Reads a run from a bucket. Nothing is kept on this machine. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path/posix';
import { FeedrateError } from '../base/errors.js';
import { decodeFeed } from '../record/check-feed.js';
import { decodeFsxMetrics } from '../record/fsx-metrics-record.js';
import { isSetAside } from '../record/run-purpose.js';
import type { StoredRun } from '../record/stored-run.js';
import type { TrialReading } from '../record/trial-reading.js';
import { S3Bucket } from './bucket.js';
import { type BucketPlace, bucketPlaceOf, placeBelow, urlOf } from './bucket-place.js';
import { LineDivider } from './lines.js';
import { type FileText, headerOf, storedRun, TrialCollector } from './run-content.js';
import { RUN_FILES, RUN_NAME, SUMS_FILE } from './run-files.js';

/**
 * Returns everything that can be read from a run at `s3://BUCKET/PREFIX/RUN`. RUN is the name of the run, a unique beginning
 * or end of it, or `latest`.
 * @throws FeedrateError `cloud` when the bucket cannot be asked, `store` when it has no such run, or the run changes
 */
export async function readBucketRun(url: string, reading: TrialReading = {}): Promise<StoredRun> {
  const asked = bucketPlaceOf(url);
  if (asked.prefix === '') throw new FeedrateError('usage', `${url}: expected the name of a run after the bucket`);
  const bucket = await S3Bucket.open({ ...asked, prefix: parentOf(asked) });
  try {
    const run = await bucket.text(placeBelow(asked, RUN_FILES.run));
    return run === null ? await readFound(bucket, asked, reading) : await readAt(bucket, asked, run, reading);
  } finally {
    bucket.close();
  }
}

/** Reads the run whose name only begins or ends as asked. */
async function readFound(bucket: S3Bucket, asked: BucketPlace, reading: TrialReading): Promise<StoredRun> {
  const parent = { ...asked, prefix: parentOf(asked) };
  const spec = basename(asked.prefix);
  const names = (await bucket.namesBelow(parent)).filter((name) => RUN_NAME.test(name)).sort();
  const matches =
    spec === 'latest' ? names.reverse() : names.filter((name) => name.startsWith(spec) || name.endsWith(spec));
  if (spec !== 'latest' && matches.length > 1) {
    const shown = matches.slice(0, 5).join(', ') + (matches.length > 5 ? ', …' : '');
    throw new FeedrateError(
      'store',
      `${urlOf(parent)}: '${spec}' matches ${matches.length} runs (${shown}); give more of the name`,
    );
  }
  for (const name of matches) {
    const place = placeBelow(parent, name);
    const run = await bucket.text(placeBelow(place, RUN_FILES.run));
    // An unfinished export has no run.json. As in a directory, the latest run is not a calibration.
    if (run === null) continue;
    const { run: header } = headerOf(run);
    if (spec !== 'latest' || (header !== null && !isSetAside(header))) return readAt(bucket, place, run, reading);
  }
  const [unfinished] = spec === 'latest' ? [] : matches;
  if (unfinished !== undefined) {
    const why = 'its export is not finished, because run.json is missing';
    const again = `feedrate export ${urlOf(parent)} ${unfinished}`;
    throw new FeedrateError('store', `${urlOf(placeBelow(parent, unfinished))}: ${why}; export it again: ${again}`);
  }
  const have = names.length > 1 ? `there are ${names.length}, such as ${names[0]}` : `there is ${names[0] ?? 'none'}`;
  throw new FeedrateError('store', `${urlOf(parent)}: no run '${spec}'; ${have}`);
}

/** Reads the run at a place whose `run.json` was read. Throws as `readBucketRun` does. */
export async function readAt(
  bucket: S3Bucket,
  place: BucketPlace,
  run: string,
  reading: TrialReading,
): Promise<StoredRun> {
  const sums = sumsIn(await bucket.text(placeBelow(place, SUMS_FILE)));
  requireSum(place, sums, RUN_FILES.run, createHash('sha256').update(run).digest('hex'));
  const partial =
    sums.size > 0 && !sums.has(RUN_FILES.partial) ? null : await bucket.text(placeBelow(place, RUN_FILES.partial));
  const trials = new TrialCollector(reading);
  const lines = new LineDivider(trials.visit);
  const hash = createHash('sha256');
  const isThere = await bucket.read(placeBelow(place, RUN_FILES.trials), (bytes) => {
    hash.update(bytes);
    lines.push(bytes);
  });
  lines.end();
  if (isThere) requireSum(place, sums, RUN_FILES.trials, hash.digest('hex'));
  else trials.cut('missing');
  const missing: FileText = new Error('missing');
  const stored = storedRun(
    { directory: urlOf(place), id: basename(place.prefix) },
    headerOf(run),
    trials.result(),
    partial ?? missing,
  );
  const problems = [...stored.problems];
  const added = async <T>(name: string, decode: (text: string, where: string) => T): Promise<T | null> => {
    const text = sums.size > 0 && !sums.has(name) ? null : await bucket.text(placeBelow(place, name));
    if (text === null) return null;
    requireSum(place, sums, name, createHash('sha256').update(text).digest('hex'));
    try {
      return decode(text, name);
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      problems.push(thrown.message);
      return null;
    }
  };
  const feed = await added(RUN_FILES.feed, decodeFeed);
  const fsxMetrics = await added(RUN_FILES.fsxMetrics, decodeFsxMetrics);
  return { ...stored, problems, ...(feed !== null && { feed }), ...(fsxMetrics !== null && { fsxMetrics }) };
}

/** Returns the checksums by file. Empty without a list: another program copied the run there. */
function sumsIn(text: string | null): ReadonlyMap<string, string> {
  const lines = (text ?? '').split('\n').flatMap((line) => {
    const [, sum, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    return sum === undefined || name === undefined ? [] : [[name, sum] as const];
  });
  return new Map(lines);
}

function requireSum(place: BucketPlace, sums: ReadonlyMap<string, string>, name: string, actual: string): void {
  const expected = sums.get(name);
  if (expected === undefined || expected === actual) return;
  throw new FeedrateError(
    'store',
    `${urlOf(placeBelow(place, name))}: does not match ${SUMS_FILE}: the run is being replaced, or was damaged; try again, or export it again`,
  );
}

function parentOf({ prefix }: BucketPlace): string {
  return prefix.includes('/') ? dirname(prefix) : '';
}
