/** The answer of `feedrate feed`, kept with its run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { readTextFile } from '../host/system/regular-file.js';
import { decodeFeed } from '../record/check-feed.js';
import type { FeedRecord } from '../record/feed-record.js';
import { whyUnread } from './cannot-read.js';
import { replaceFile } from './durable-files.js';
import { RUN_FILES } from './run-files.js';

/** Writes the answer, as a whole or not at all. Throws `FeedrateError('store')` when it cannot. */
export function writeFeed(runDirectory: string, record: FeedRecord): void {
  const remedy = 'the answer is shown, but not kept, and no later report can show it';
  replaceFile(join(runDirectory, RUN_FILES.feed), `${JSON.stringify(record, null, 2)}\n`, remedy);
}

/** Returns the answer of a run; null if it has none. Throws `FeedrateError('store')` when the file cannot be used. */
export function readFeed(runDirectory: string): FeedRecord | null {
  const path = join(runDirectory, RUN_FILES.feed);
  if (!existsSync(path)) return null;
  let text: string;
  try {
    text = readTextFile(path);
  } catch (thrown) {
    throw new FeedrateError('store', `${RUN_FILES.feed}: ${whyUnread(thrown, path)}`, { cause: thrown });
  }
  return decodeFeed(text, RUN_FILES.feed);
}
