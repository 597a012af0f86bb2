/** Applies `--set k=v`, `-P k=a,b` and `--engine v`, which replace values of the file. */
import type { Entry, Located } from './document.js';
import { EXISTING_ROWS, TRACED_ROWS } from './file-fields.js';
import type { IssueList } from './issues.js';
import { JOB_WORDS } from './job-fields.js';
import type { FileLocation } from './location.js';
import { type Outline, SECTION_WORDS, TOP_WORDS } from './outline.js';
import type { Row } from './row.js';
import { didYouMean } from './suggest.js';
import { globs, path } from './value-types.js';

/** One option. Its key is a path (`trials.rounds`, `dataset.nrfiles`, `JOB.bs`) or a field of every job that has it. */
export interface Override {
  readonly option: '--set' | '-P' | '--engine';
  readonly key: string;
  /** One value for `--set` and `--engine`; one or more, the levels of a factor, for `-P`. */
  readonly values: readonly string[];
  /** The argument as typed: `bs=4k,64k`, or `psync` for `--engine`. */
  readonly text: string;
}

const TEXT_WORDS = Object.values<Row>({ ...EXISTING_ROWS, ...TRACED_ROWS })
  .filter(({ type }) => [path, globs].some((each) => each === type))
  .map(({ word }) => word);

/** Applies the overrides to the outline. A later one wins over an earlier one with the same key. */
export function applyOverrides(outline: Outline, overrides: readonly Override[], issues: IssueList): void {
  for (const override of overrides) {
    const place = placeOf(outline, override.key);
    if (typeof place === 'string') {
      issues.addUnread(locationOf(override), place);
    } else if (override.option === '-P' && !place.isJobField) {
      issues.add(locationOf(override), `${override.key}: -P can only vary a field of a job; use --set`);
    } else {
      place.fields.set(place.word, entryOf(override, place.word, place.isText ? String : scalarOf));
    }
  }
}

interface OverridePlace {
  readonly fields: Map<string, Entry>;
  readonly word: string;
  readonly isJobField: boolean;
  /** Whether its values are text, such as the name of a directory that looks like a number. */
  readonly isText?: boolean;
}

/** Returns the field that a key names, or a message when there is none. */
function placeOf(outline: Outline, key: string): OverridePlace | string {
  if (TOP_WORDS.includes(key)) return { fields: outline.top, word: key, isJobField: false };
  const dot = key.lastIndexOf('.');
  const word = key.slice(dot + 1);
  if (dot < 0) {
    if (JOB_WORDS.has(word)) return { fields: outline.everyJob, word, isJobField: true };
    return `${key}: no such field${didYouMean(key, [...JOB_WORDS, ...TOP_WORDS])}`;
  }
  const owner = key.slice(0, dot);
  const section = SECTION_WORDS.find((each) => each === owner);
  if (section !== undefined) {
    const isText = section === 'dataset' && TEXT_WORDS.includes(word);
    return { fields: outline.section(section), word, isJobField: section === 'defaults', isText };
  }
  const name = owner.startsWith('jobs.') && !outline.jobs.has(owner) ? owner.slice('jobs.'.length) : owner;
  const job = outline.jobs.get(name);
  if (job) return { fields: job.own, word, isJobField: word !== 'kind' && word !== 'thresholds' };
  const owners = [...outline.jobs.keys(), ...SECTION_WORDS];
  return `${key}: no such job or section: ${owner}${didYouMean(owner, owners)}`;
}

function locationOf({ option, text }: Override): FileLocation {
  return { source: `${option} ${text}`, line: null, column: null };
}

/** Returns the override as an entry of a file. */
function entryOf(override: Override, key: string, read: typeof scalarOf): Entry {
  const location = locationOf(override);
  const items = override.values.map(
    (value): Located => ({ location, content: { type: 'scalar', value: read(value) } }),
  );
  const [only] = items;
  const value: Located =
    items.length === 1 && only ? only : { location, content: { type: 'list', items: () => items } };
  return { key, location, value };
}

/** Converts an option's text to the type that it would have in YAML. */
function scalarOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : text;
}
