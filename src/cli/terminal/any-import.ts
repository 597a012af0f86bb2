/** Imports a file of another program that is recognised by its content. */
import { FeedrateError } from '../../base/errors.js';
import { DEFAULT_RESULTS } from '../../base/results-command.js';
import { isFioFile } from '../../workload/fio-file.js';
import { type ForeignText, foreignText } from '../options/foreign-text.js';
import { importFioText } from './fio-import.js';
import { isResults, saveResults } from './results-import.js';

interface ForeignImporter {
  readonly recognises: (file: ForeignText) => boolean;
  readonly take: (file: ForeignText, output: string | undefined) => void;
}

/** The first one that recognises a file takes it. */
const IMPORTERS: readonly ForeignImporter[] = [
  {
    recognises: ({ text, path }) => isFioFile(text, path),
    take: (file, output) => importFioText(file, { output, oneByOne: false }),
  },
  {
    recognises: isResults,
    take: (file, output = DEFAULT_RESULTS) => saveResults([file], { output, labels: [], program: null }),
  },
];

/** Imports the file. Throws `FeedrateError('usage')` for one that no program is known to write. */
export async function importAny(word: string, output: string | undefined): Promise<void> {
  const file = await foreignText(word);
  const importer = IMPORTERS.find(({ recognises }) => recognises(file));
  if (importer === undefined)
    throw new FeedrateError(
      'usage',
      `${file.path}: cannot tell which program wrote it; name the kind after import: fio, results, elbencho, dlio or trace`,
    );
  importer.take(file, output);
}
