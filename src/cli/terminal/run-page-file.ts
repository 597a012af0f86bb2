/** Writes the page at the end of a run. */
import { isAbsolute, join } from 'node:path';
import type { StoredRun } from '../../record/stored-run.js';
import { pageOfStored } from '../../serve/stored-page.js';
import { RUN_FILES } from '../../store/run-files.js';
import { pathFromHere } from '../output/path-from-here.js';
import { tell } from '../output/print.js';
import { requirePagePlace, writePage } from './page-file.js';

/**
 * Writes the page of a run that has just ended, and names it on stderr. A page that cannot be made is one line there:
 * whatever is wrong with it, the run is measured and saved.
 * @param file where to write it; true: in the directory of the run
 */
export function writeRunPage(stored: StoredRun, file: string | true): void {
  const path = file === true ? join(pathFromHere(stored.directory), RUN_FILES.report) : file;
  try {
    requirePagePlace(path);
    writePage(path, pageOfStored(stored, pathFromHere(stored.directory)));
    tell(`report: ${path}`);
    for (const line of frameLines(path)) tell(line);
  } catch (thrown) {
    tell(`feedrate: no report was written: ${(thrown as Error).message.split('\n')[0]}`);
  }
}

/** Returns the line that shows the page in a notebook. Jupyter serves what is below the notebook’s own directory. */
function frameLines(path: string): string[] {
  if (process.env['JPY_PARENT_PID'] === undefined || isAbsolute(path) || path.startsWith('..')) return [];
  const address = path.split('/').map(encodeURIComponent).join('/');
  return [`  from IPython.display import IFrame; IFrame(${JSON.stringify(address)}, width="100%", height=800)`];
}
