/** Saves results of other programs as runs. */
import { basename, resolve } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { commandFor } from '../../base/results-command.js';
import { visibleText } from '../../base/visible-text.js';
import { packageVersion } from '../../host/system/installation.js';
import { dlioResults, isDlioSummary } from '../../record/foreign/dlio-results.js';
import { elbenchoResults, isElbenchoCsv } from '../../record/foreign/elbencho-results.js';
import { fioResults, fioResultsIn } from '../../record/foreign/fio-results.js';
import { type ForeignResults, foreignRun } from '../../record/foreign/foreign-results.js';
import { armsOfRun } from '../../stats/arm-columns.js';
import { writeArms } from '../../store/arms-file.js';
import { makeTablesDurable } from '../../store/derived-tables.js';
import { createRun } from '../../store/run-store.js';
import { parseLabels, parseTargets } from '../options/arguments.js';
import { type ForeignText, foreignText } from '../options/foreign-text.js';
import { printLines, tell } from '../output/print.js';

interface ResultsWishes {
  /** The results directory. */
  readonly output: string;
  readonly target?: string | undefined;
  readonly labels: readonly string[];
  /** The only program whose results are taken; null: any. */
  readonly program: string | null;
}

interface ResultFormat {
  readonly program: string;
  readonly form: string;
  readonly recognises: (text: string) => boolean;
  readonly read: (files: readonly ForeignText[]) => ForeignResults;
}

const FORMATS: readonly ResultFormat[] = [
  {
    program: 'fio',
    form: 'JSON of fio (--output-format=json+)',
    recognises: (text) => fioResultsIn(text) !== null,
    read: fioResults,
  },
  {
    program: 'elbencho',
    form: 'CSV of elbencho (--csvfile)',
    recognises: isElbenchoCsv,
    read: elbenchoResults,
  },
  { program: 'dlio', form: 'summary.json of DLIO', recognises: isDlioSummary, read: dlioResults },
];

/** Returns whether a text is one of these results. */
export function isResults({ text }: ForeignText): boolean {
  return FORMATS.some(({ recognises }) => recognises(text));
}

/** Reads and saves results. Throws `FeedrateError('workload')` for files that no program is known to write. */
export async function importResults(words: readonly string[], wishes: ResultsWishes): Promise<void> {
  const files: ForeignText[] = [];
  for (const word of words) files.push(await foreignText(word));
  saveResults(files, wishes);
}

/** Saves results that were read. */
export function saveResults(files: readonly ForeignText[], { output, target, labels, program }: ResultsWishes): void {
  const formats = FORMATS.filter((format) => program === null || format.program === program);
  const format = formats.find(({ recognises }) => files.some(({ text }) => recognises(text)));
  if (format === undefined) {
    const forms = formats.map(({ form }) => form).join(' or ');
    throw new FeedrateError('workload', `${files[0]?.path}: expected ${forms}`);
  }
  const found = format.read(files);
  const { run, trials } = foreignRun(found, {
    files: files.map(({ path }) => path),
    target: targetFor(target, found),
    labels: parseLabels(labels),
    command: ['import', 'results', ...files.map(({ path }) => path)],
    version: packageVersion(),
    pid: process.pid,
    now: new Date().toISOString(),
  });
  const store = createRun(output, run);
  for (const trial of trials) store.appendTrial(trial);
  writeArms(store.directory, armsOfRun(store.run, trials));
  makeTablesDurable(store.directory, store.run);
  for (const note of found.notes) tell(note);
  const id = basename(store.directory);
  tell(
    `saved ${trials.length} ${trials.length === 1 ? 'trial' : 'trials'} that ${visibleText(found.program)} measured`,
  );
  printLines([id]);
  tell(`Next: ${commandFor(output, `show ${id}`)}`);
}

/** A directory need not exist here: the results may come from another machine. */
function targetFor(word: string | undefined, { directory }: ForeignResults): { name: string; path: string } {
  const [named] = word === undefined ? [] : parseTargets([word]);
  if (named !== undefined) return { name: named.name, path: named.path };
  const path = directory === null ? 'unknown' : resolve(directory);
  return { name: basename(path).replaceAll(/[^A-Za-z0-9_.-]+/g, '-') || 'unknown', path };
}
