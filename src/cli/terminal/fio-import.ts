/** Makes workloads from job files of fio. */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { shellWord } from '../../base/shell-word.js';
import { visibleText } from '../../base/visible-text.js';
import { writeOutputFile } from '../../store/output-file.js';
import { importFio } from '../../workload/fio/import-fio.js';
import { foreignText } from '../options/foreign-text.js';
import { tell } from '../output/print.js';
import { printWorkload } from './workload-print.js';

interface FioImportWishes {
  /** Where the workload is written. Default: stdout. */
  readonly output?: string | undefined;
  readonly oneByOne: boolean;
}

/** Memory pages of every machine that feedrate runs on have this size, or a multiple of it. */
const PAGE_BYTES = 4096;

/** Prints or writes the workload. Throws `FeedrateError('workload')` for a file that cannot be read or imported. */
export async function importFioFile(word: string, wishes: FioImportWishes): Promise<void> {
  importFioText(await foreignText(word), wishes);
}

/** Does the same for a text that was read. */
export function importFioText(file: { readonly text: string; readonly path: string }, wishes: FioImportWishes): void {
  const { output, oneByOne } = wishes;
  const { source, losses } = importFio({
    ...file,
    oneByOne,
    include,
    environment: process.env,
    keywords: {
      pagesize: PAGE_BYTES,
      mb_memory: Math.floor(totalmem() / 2 ** 20),
      ncpus: availableParallelism(),
    },
  });
  for (const { where, message } of losses) tell(`${where}: ${message}`);
  if (output === undefined) printWorkload(source, []);
  else {
    writeOutputFile(output, source);
    tell(`wrote ${visibleText(output)}`);
    tell(`Next: feedrate run ${shellWord(output)} -t DIRECTORY`);
  }
}

/** As fio does: a path that leads nowhere from here is looked for beside the file that includes it. */
function include(path: string, from: string): { text: string; path: string } {
  const places = isAbsolute(path) ? [path] : [path, join(dirname(from), path)];
  for (const place of places.slice(0, -1)) {
    try {
      return { text: readFileSync(place, 'utf8'), path: place };
    } catch {
      // The next place may have it.
    }
  }
  const last = places.at(-1) ?? path;
  return { text: readFileSync(last, 'utf8'), path: last };
}
