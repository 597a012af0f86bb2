/** The files that a page of a report is made of, which are installed with feedrate. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { packageRoot } from './installation.js';

interface PageFile {
  readonly text: string;
  /** In Base64. */
  readonly sha256: string;
}

/** Returns the bundled script and style of a page. Throws `FeedrateError('usage')` when they are not installed. */
export function readPageFiles(): { readonly script: PageFile; readonly style: PageFile } {
  return { script: assetOf('dist/assets/report-page.js'), style: assetOf('dist/assets/page.css') };
}

/** Returns the guide's glossary as Markdown. Throws as `readPageFiles` does. */
export function readGlossary(): string {
  return installed('workloads/guide/glossary.md');
}

function assetOf(path: string): PageFile {
  const text = installed(path);
  return { text, sha256: createHash('sha256').update(text).digest('base64') };
}

function installed(path: string): string {
  const root = packageRoot();
  try {
    return readFileSync(join(root ?? '', path), 'utf8');
  } catch (error) {
    const where = root === null ? 'feedrate is not installed as a package' : `${join(root, path)} is missing`;
    throw new FeedrateError('usage', `cannot make a report: ${where}; install feedrate again`, { cause: error });
  }
}
