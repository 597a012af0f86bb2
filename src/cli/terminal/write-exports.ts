/** Writes runs in the formats of other programs: to a file, to a directory, or on stdout. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { visibleText } from '../../base/visible-text.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { TABLE_NAMES, type TableName } from '../../report/interchange/run-tables.js';
import type { FileContent } from '../../store/durable-files.js';
import { writeOutputFile } from '../../store/output-file.js';
import { EXPORT_FORMATS, type ExportFormat } from '../options/export-formats.js';
import { printContent, tell } from '../output/print.js';
import { EXPORT_CONTENT } from './export-content.js';

export interface ExportWishes {
  readonly format: ExportFormat;
  /** A file, a directory, or `-` for stdout. */
  readonly place: string;
  readonly table: string | undefined;
  /** Whether to replace files that exist. */
  readonly force: boolean;
}

/** The longest name of a file, without its ending: a file system takes 255 bytes. */
const NAME_CHARACTERS = 180;

/** Writes the runs. Throws `FeedrateError('store')` when a file cannot be written, or exists and `force` is not set. */
export async function writeExports(
  runs: readonly ReadableRun[],
  { format, place, table, force }: ExportWishes,
): Promise<void> {
  const { isBinary, ending, hasTables } = EXPORT_FORMATS[format];
  const chosen = tableOf(format, hasTables, table);
  const { whole, parts } = EXPORT_CONTENT[format];
  if (place === '-') {
    if (isBinary && process.stdout.isTTY) {
      throw new FeedrateError(
        'usage',
        `--format ${format}: a terminal cannot show it; write it to a file with -o FILE`,
      );
    }
    await printContent(whole(runs, chosen ?? 'summary'));
    return;
  }
  if (!isDirectory(place)) {
    writeNew(place, () => whole(runs, chosen ?? 'summary'), force);
    return;
  }
  const taken = new Set<string>();
  const files = parts(runs, chosen).map(({ name, content }) => ({
    path: join(place, freeName(name, ending, taken)),
    content,
  }));
  for (const { path } of files) refuseExisting(path, force);
  for (const { path, content } of files) writeNew(path, content, force);
}

function tableOf(format: string, hasTables: boolean, table: string | undefined): TableName | null {
  if (table === undefined) return null;
  if (!hasTables)
    throw new FeedrateError('usage', `--table: has no effect with --format ${format}, which has no tables`);
  const found = TABLE_NAMES.find((name) => name === table);
  if (found !== undefined) return found;
  throw new FeedrateError('usage', `--table ${visibleText(table)}: expected one of ${TABLE_NAMES.join(', ')}`);
}

function isDirectory(place: string): boolean {
  return place.endsWith('/') || (existsSync(place) && statSync(place).isDirectory());
}

function writeNew(path: string, content: () => FileContent, force: boolean): void {
  refuseExisting(path, force);
  writeOutputFile(path, content());
  tell(`wrote ${visibleText(path)}`);
}

/** Pipes and devices are written to. */
function refuseExisting(path: string, force: boolean): void {
  if (force || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
  throw new FeedrateError('store', `${path}: is there already; to replace it, add --force`);
}

/** Returns a name that is safe for every file system and program, and not taken. */
function freeName(name: string, ending: string, taken: Set<string>): string {
  const safe =
    name
      .replaceAll(/[^A-Za-z0-9_.,=-]+/g, '-')
      .slice(0, NAME_CHARACTERS)
      .replace(/^[.-]+/, '') || 'run';
  let free = safe + ending;
  for (let number = 2; taken.has(free); number++) free = `${safe}-${number}${ending}`;
  taken.add(free);
  return free;
}
