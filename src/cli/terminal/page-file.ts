/** Writes the page of a report. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { FeedrateError } from '../../base/errors.js';
import { readPageFiles } from '../../host/system/page-files.js';
import type { Page } from '../../page/page.js';
import { GENERATOR, pageHtml } from '../../page/page-html.js';
import { requireWritable, writeOutputFile } from '../../store/output-file.js';

/** The beginning of a page has its generator. */
const HEAD_BYTES = 2048;

/**
 * Checks that a page can be written there. Throws `FeedrateError`: `usage` if the file exists and is no page of feedrate,
 * `store` if it cannot be written.
 * @param force whether any file may be replaced
 */
export function requirePagePlace(path: string, force = false): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory())
    throw new FeedrateError(
      'usage',
      `-o ${path}: it is a directory; name a file, and the runs' directory with --results`,
    );
  if (found?.isFile() && found.size > 0 && !force && !isPage(path))
    throw new FeedrateError(
      'usage',
      `${path}: it exists and is no report of feedrate; name another file, or use --force`,
    );
  requireWritable(path);
}

/** Writes the page completely or not at all. Throws `FeedrateError('store')` when it cannot be written. */
export function writePage(path: string, page: Page): void {
  writeOutputFile(path, pageHtml(page, readPageFiles()));
}

function isPage(path: string): boolean {
  const bytes = Buffer.alloc(HEAD_BYTES);
  try {
    const fd = openSync(path, 'r');
    try {
      readSync(fd, bytes, 0, HEAD_BYTES, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // It cannot be read, so nobody knows what would be lost.
    return false;
  }
  return bytes.toString('latin1').includes(GENERATOR);
}
