/** Finds the sections and jobs of a workload file, without reading their values. Overrides are applied to this outline. */
import { describeValue, type Entry, type Located } from './document.js';
import { HEAD_ROWS } from './file-fields.js';
import { FIO_OPTIONS } from './fio-words.js';
import type { IssueList } from './issues.js';
import { JOB_WORDS } from './job-fields.js';
import type { FileLocation } from './location.js';
import { didYouMean } from './suggest.js';
import { NAME_PATTERN } from './value-types.js';

export const TOP_WORDS: readonly string[] = [...Object.keys(HEAD_ROWS), 'thresholds'];
export const SECTION_WORDS = ['trials', 'dataset', 'defaults'] as const;
export type SectionWord = (typeof SECTION_WORDS)[number];

export interface JobOutline {
  readonly location: FileLocation;
  readonly file: Map<string, Entry>;
  /** Fields that an override sets in this job only. */
  readonly own: Map<string, Entry>;
}

export class Outline {
  /** Location of the whole file, reported for missing fields. */
  readonly location: FileLocation;
  readonly top = new Map<string, Entry>();
  readonly jobs = new Map<string, JobOutline>();
  /** Fields that an override sets in every job that has them. */
  readonly everyJob = new Map<string, Entry>();
  readonly #sections = new Map<SectionWord, { location: FileLocation; fields: Map<string, Entry> }>();

  constructor(location: FileLocation) {
    this.location = location;
  }

  /** Returns the fields of a section. Creates the section if needed. */
  section(word: SectionWord, location: FileLocation = this.location): Map<string, Entry> {
    const section = this.#sections.get(word) ?? { location, fields: new Map<string, Entry>() };
    this.#sections.set(word, section);
    return section.fields;
  }

  /** Returns the location of a section, or null when there is none. */
  sectionLocation(word: SectionWord): FileLocation | null {
    return this.#sections.get(word)?.location ?? null;
  }
}

const WORKLOAD = 'a workload';

/** Entries at the top of a file that feedrate ignores: a place for anchors, as in Compose files. */
export const EXTENSION_PATTERN = '^x-';
const EXTENSION = new RegExp(EXTENSION_PATTERN);

/** Finds the sections and jobs. Adds faults in their structure to the issues. */
export function outlineOf(root: Located, issues: IssueList): Outline {
  const outline = new Outline(root.location);
  const fields = fieldsOf(root, WORKLOAD, issues);
  const told = new FirstOfRow();
  for (const entry of fields?.values() ?? []) {
    if (EXTENSION.test(entry.key)) continue;
    const section = SECTION_WORDS.find((word) => word === entry.key);
    if (section !== undefined) {
      const target = outline.section(section, entry.location);
      for (const [key, field] of fieldsOf(entry.value, section, issues) ?? []) target.set(key, field);
      told.begin(isEmpty(entry.value));
    } else if (entry.key === 'jobs') {
      outlineJobs(entry, outline, issues);
      told.begin(isEmpty(entry.value));
    } else if (TOP_WORDS.includes(entry.key)) {
      outline.top.set(entry.key, entry);
      told.begin(false);
    } else if (told.isFirst(JOB_WORDS.has(entry.key))) {
      issues.addUnread(entry.location, unknownTopWord(entry.key));
    }
  }
  if (fields !== null && !fields.has('jobs') && !issues.hasUnread)
    issues.add(root.location, 'jobs: is missing; a workload needs at least one job');
  return outline;
}

/**
 * Decides which misplaced entries of a map are reported. A wrong indentation moves a whole row of entries to the wrong
 * map, and the first report covers the row.
 */
class FirstOfRow {
  #isTold = false;

  /** Called for an entry in its place. `isEmpty`: it should have entries, so those after it are its own. */
  begin(isEmpty: boolean): void {
    this.#isTold = isEmpty;
  }

  /** Called for a misplaced entry. `inRow`: the entries after it are likely to be misplaced for the same reason. */
  isFirst(inRow: boolean): boolean {
    const isFirst = !this.#isTold;
    this.#isTold ||= inRow;
    return isFirst;
  }
}

function isEmpty({ content }: Located): boolean {
  return content.type === 'scalar' && content.value === null;
}

function unknownTopWord(key: string): string {
  if (JOB_WORDS.has(key)) return `${key}: is a field of jobs; move it to a job, or to defaults for all jobs`;
  const advice = FIO_OPTIONS.get(key);
  if (advice !== undefined) return `${key}: feedrate has no such field; ${advice}`;
  return `${key}: no such field${didYouMean(key, [...TOP_WORDS, ...SECTION_WORDS, 'jobs'])}`;
}

function outlineJobs(entry: Entry, outline: Outline, issues: IssueList): void {
  const jobs = fieldsOf(entry.value, 'jobs', issues);
  if (jobs?.size === 0 && !issues.hasUnread)
    issues.add(entry.location, 'jobs: is empty; a workload needs at least one job');
  const told = new FirstOfRow();
  for (const [name, job] of jobs ?? []) {
    const isField = job.value.content.type !== 'map' && JOB_WORDS.has(name);
    if (isField) {
      if (told.isFirst(true))
        issues.addUnread(job.location, `${name}: is a field; indent it below the name of its job`);
      continue;
    }
    told.begin(isEmpty(job.value));
    if (!new RegExp(NAME_PATTERN).test(name)) {
      issues.add(
        job.location,
        `${JSON.stringify(name)} is not a valid job name; use letters, digits, _ . and -, and do not begin with . or -`,
      );
    }
    const file = fieldsOf(job.value, `job ${name}`, issues);
    if (file) outline.jobs.set(name, { location: job.location, file, own: new Map() });
  }
}

/** Returns a map's entries by key. Adds an issue and returns null when the value is not a map. */
function fieldsOf(value: Located, what: string, issues: IssueList): Map<string, Entry> | null {
  if (value.content.type === 'map') return new Map(value.content.entries().map((entry) => [entry.key, entry]));
  const mend = isEmpty(value) && what !== WORKLOAD ? '; indent its fields below it' : '';
  issues.addUnread(value.location, `${what}: expected a map of FIELD: VALUE, found ${describeValue(value)}${mend}`);
  return null;
}
