/** Keeps the answer of `feedrate feed` beside the run that it is computed from. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTextFile } from '../host/system/regular-file.js';
import { decodeFeed } from '../record/check-feed.js';
import type { FeedRecord } from '../record/feed-record.js';
import { replaceFile } from './durable-files.js';
import { RUN_FILES } from './run-files.js';

/** Returns the answer of the run, or null if it has none. Throws `FeedrateError('store')` if it is damaged, and Node's errors. */
export function readFeed(runDirectory: string): FeedRecord | null {
  const path = join(runDirectory, RUN_FILES.feed);
  return existsSync(path) ? decodeFeed(readTextFile(path), RUN_FILES.feed) : null;
}

/** Keeps the answer, as a whole or not at all. Throws `FeedrateError('store')` if it cannot be written. */
export function keepFeed(runDirectory: string, record: FeedRecord): void {
  const remedy = 'the answer is shown, but not kept, and feedrate report cannot show it';
  replaceFile(join(runDirectory, RUN_FILES.feed), `${JSON.stringify(record)}\n`, remedy);
}
