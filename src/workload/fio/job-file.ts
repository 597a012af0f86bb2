/**
 * Reads job files of fio into sections and options, as `init.c` and `options.c` of fio do: comments begin with `;` or `#`
 * anywhere, `[global]` affects the sections after it, and includes stand for their lines.
 */
import { quoted } from '../../base/units.js';
import type { IssueList } from '../issues.js';
import type { FileLocation } from '../location.js';

/** An option as it is written. */
export interface FioOption {
  readonly name: string;
  /** Null without `=`. */
  readonly value: string | null;
  readonly location: FileLocation;
}

export interface FioSection {
  readonly name: string;
  readonly location: FileLocation;
  /** The last one of each name counts. Those of `[global]` come first. */
  readonly options: readonly FioOption[];
}

/** What a job file may refer to. */
export interface FioSurroundings {
  /** Returns the text of an included file, or throws. `from` is the file that includes it. */
  readonly include: (path: string, from: string) => { readonly text: string; readonly path: string };
  /** `${NAME}` */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `$pagesize`, `$mb_memory`, `$ncpus` */
  readonly keywords: Readonly<Record<string, number>>;
}

interface JobLine {
  readonly text: string;
  readonly location: FileLocation;
}

/** fio takes every section whose name begins so for a global one. */
const GLOBAL = 'global';
const INCLUDES_MOST = 20;

/** Returns the sections that are jobs. Adds an issue for each line that cannot be read. */
export function readFioJobs(
  text: string,
  path: string,
  surroundings: FioSurroundings,
  issues: IssueList,
): FioSection[] {
  const sections: FioSection[] = [];
  let globals: FioOption[] = [];
  let current: FioOption[] | null = null;
  const lines = linesOf(text, path, surroundings, issues);
  for (const { text: line, location } of lines) {
    const name = /^\[(.*)\]$/s.exec(line)?.[1];
    if (name?.startsWith(GLOBAL)) {
      globals = [...globals];
      current = globals;
    } else if (name !== undefined) {
      const options = [...globals];
      sections.push({ name, location, options });
      current = options;
    } else if (line.startsWith('[')) issues.add(location, `${quoted(line)}: expected [NAME] of a job`);
    else if (current === null)
      issues.add(location, `${quoted(line)} is above the first section; add [global] before it`);
    else {
      const option = optionOf(line, location, surroundings, issues);
      if (option !== null) current.push(option);
    }
  }
  if (sections.length === 0)
    issues.add({ source: path, line: null, column: null }, 'no job: expected a section such as [job1] with options');
  return sections;
}

/** Returns the lines that are not empty, without comments, and with those of included files. */
function linesOf(text: string, path: string, surroundings: FioSurroundings, issues: IssueList, depth = 0): JobLine[] {
  return text.split(/\r?\n/).flatMap((written, index): JobLine[] => {
    const line = written.replace(/[;#].*$/s, '').trim();
    if (line === '') return [];
    const location = { source: path, line: index + 1, column: written.indexOf(line) + 1 };
    const included = /^include\s+(.+)$/.exec(line)?.[1];
    if (included === undefined) return [{ text: line, location }];
    if (depth >= INCLUDES_MOST) {
      issues.add(location, `include ${included}: more than ${INCLUDES_MOST} files include each other`);
      return [];
    }
    try {
      const file = surroundings.include(included, path);
      return linesOf(file.text, file.path, surroundings, issues, depth + 1);
    } catch (error) {
      issues.add(location, `include ${included}: cannot be read (${(error as Error).message})`);
      return [];
    }
  });
}

function optionOf(
  line: string,
  location: FileLocation,
  { environment, keywords }: FioSurroundings,
  issues: IssueList,
): FioOption | null {
  const at = line.indexOf('=');
  if (at < 0) return { name: line, value: null, location };
  const name = line.slice(0, at).trim();
  const written = line.slice(at + 1).trim();
  const unset = [...written.matchAll(VARIABLE)].find(([, variable = '']) => environment[variable] === undefined);
  if (unset !== undefined) {
    issues.add(location, `${name}: ${unset[0]} is not set; put ${unset[1]}=VALUE before the command`);
    return null;
  }
  const value = written
    .replaceAll(VARIABLE, (_, variable: string) => environment[variable] ?? '')
    .replaceAll(/\$([a-z_]+)/g, (whole, keyword: string) =>
      Object.hasOwn(keywords, keyword) ? String(keywords[keyword]) : whole,
    );
  return { name, value: product(value), location };
}

const VARIABLE = /\$\{([^}]*)\}/g;

/** fio hands keywords with a factor to bc: `10*$mb_memory`. */
function product(value: string): string {
  return /^\d{1,9}(?:\*\d{1,9})+$/.test(value)
    ? String(value.split('*').reduce((result, factor) => result * Number(factor), 1))
    : value;
}
