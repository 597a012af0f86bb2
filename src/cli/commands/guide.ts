/** `feedrate guide`: prints a page of the guide, which is installed with feedrate. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { packageRoot } from '../../host/system/installation.js';
import type { Subcommand } from '../options/subcommand.js';
import { print, printLines } from '../output/print.js';
import { exits } from '../terminal/exits.js';

const SUFFIX = '.md';

/** The page that lists the others. */
const INDEX = 'README';

/** The reference of the workload language. It is not a page of a task, and lies beside the workloads. */
const REFERENCE = 'fields';

export const guide: Subcommand = {
  name: 'guide',
  description: 'print a page of the guide: how results are measured, compared and read',
  configure(command) {
    command.argument('[page]', 'name of the page (default: the list of pages)').action(exits(printPage));
  },
  examples:
    '\nExamples:\n  feedrate guide\n  feedrate guide workloads\n  feedrate guide fields        every field of a workload\n',
};

/** Prints the page, or the names and titles of all pages. Throws `FeedrateError('usage')` for an unknown page. */
async function printPage(page: string | undefined): Promise<number> {
  const directory = guideDirectory();
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(SUFFIX) && name !== `${INDEX}${SUFFIX}`)
    .map((name) => name.slice(0, -SUFFIX.length))
    .concat(REFERENCE)
    .sort();
  const pathOf = (name: string) => (name === REFERENCE ? `../${INDEX}` : name);
  const read = (name: string) => readFileSync(join(directory, `${pathOf(name)}${SUFFIX}`), 'utf8');
  if (page === undefined) {
    const width = Math.max(...names.map((name) => name.length));
    printLines(names.map((name) => `${name.padEnd(width)}  ${titleOf(read(name))}`));
    return EXIT.pass;
  }
  if (!names.includes(page))
    throw new FeedrateError('usage', `the guide has no page “${page}”; choose one of: ${names.join(', ')}`);
  print(read(page));
  return EXIT.pass;
}

function titleOf(text: string): string {
  return text.slice(0, text.indexOf('\n')).replace(/^#+ /, '');
}

function guideDirectory(): string {
  const root = packageRoot();
  if (root === null) throw new FeedrateError('usage', 'the guide is not here: feedrate is not installed as a package');
  return join(root, 'workloads/guide');
}
