/** Turns a job file of fio into a workload of feedrate. */
import { FeedrateError } from '../../base/errors.js';
import type { Loss } from '../dlio/dlio-source.js';
import type { ImportedWorkload } from '../dlio/import-dlio.js';
import { IssueList } from '../issues.js';
import { parseWorkload } from '../parse.js';
import { NAME_PATTERN } from '../value-types.js';
import { fioJob, type ImportedFioJob } from './fio-job.js';
import { type FioSurroundings, readFioJobs } from './job-file.js';

interface FioRequest extends FioSurroundings {
  readonly text: string;
  readonly path: string;
  /** Whether jobs that fio runs at the same time are run one after the other. */
  readonly oneByOne: boolean;
}

/** Returns a workload with the jobs of a file. Throws `FeedrateError('workload')` with the place of each fault. */
export function importFio({ text, path, oneByOne, ...surroundings }: FioRequest): ImportedWorkload {
  const issues = new IssueList();
  const sections = readFioJobs(text, path, surroundings, issues);
  const jobs = sections.map((section) => fioJob(section, issues));
  issues.throwIfAny(path);
  const merged = inTurn(jobs, path, oneByOne);
  const losses = [
    ...new Map(merged.flatMap(({ notes }) => notes).map((note) => [note.where + note.message, note])).values(),
  ];
  return { source: textOf(merged, path, losses), losses };
}

/**
 * Returns the jobs as feedrate runs them: one after the other. Jobs that fio runs at the same time become one if they are
 * alike. Throws `FeedrateError('workload')` if they are not, unless they are to be run in turn.
 */
function inTurn(jobs: readonly ImportedFioJob[], path: string, oneByOne: boolean): ImportedFioJob[] {
  const done: ImportedFioJob[] = [];
  let group: ImportedFioJob[] = [];
  for (const job of jobs) {
    if (group.length > 0 && startsLater(job, group)) {
      done.push(...groupInTurn(group, path, oneByOne));
      group = [];
    }
    group.push(job);
  }
  return [...done, ...groupInTurn(group, path, oneByOne)];
}

function startsLater({ waits, waitsFor }: ImportedFioJob, group: readonly ImportedFioJob[]): boolean {
  return waits || (waitsFor !== null && group.every(({ name }) => name === waitsFor));
}

function groupInTurn(group: readonly ImportedFioJob[], path: string, oneByOne: boolean): ImportedFioJob[] {
  const alike = new Map<string, ImportedFioJob[]>();
  for (const job of group) {
    const key = job.fields
      .filter(({ word }) => word !== 'numjobs')
      .map(({ word, value }) => `${word}=${value}`)
      .join('\n');
    alike.set(key, [...(alike.get(key) ?? []), job]);
  }
  const kinds = [...alike.values()];
  refuseEarlyEnd(group, path);
  const other = kinds[1]?.[0];
  if (other !== undefined && !oneByOne) {
    const first = group[0]?.name ?? '';
    const why = `[${other.name}] runs at the same time as [${first}] in fio, but feedrate executes one job after the other`;
    const message = `${why}; add stonewall to it, or import with --one-by-one`;
    throw new FeedrateError('workload', `${path}: cannot be imported`, { issues: [{ where: other.place, message }] });
  }
  return kinds.map(joined);
}

/** Throws `FeedrateError('workload')` if the first of several workers to be done would end the others. */
function refuseEarlyEnd(group: readonly ImportedFioJob[], path: string): void {
  const where = group.find(({ endsOthers }) => endsOthers !== null)?.endsOthers ?? null;
  if (where === null || group.reduce((sum, { workers }) => sum + workers, 0) === 1) return;
  const message = 'exitall: feedrate cannot do this; a trial ends when every worker has done its part';
  throw new FeedrateError('workload', `${path}: cannot be imported`, { issues: [{ where, message }] });
}

/** Returns one job with the workers of all of them. */
function joined(jobs: readonly ImportedFioJob[]): ImportedFioJob {
  const [first, ...others] = jobs as [ImportedFioJob, ...ImportedFioJob[]];
  if (others.length === 0) return first;
  const workers = jobs.reduce((sum, job) => sum + job.workers, 0);
  const fields = first.fields.filter(({ word }) => word !== 'numjobs');
  const note: Loss = {
    where: first.place,
    message: `[${first.name}]: also stands for ${others.map(({ name }) => `[${name}]`).join(', ')}, which do the same`,
  };
  return {
    ...first,
    workers,
    fields: [...fields, { word: 'numjobs', value: String(workers), place: first.place }],
    notes: jobs.flatMap(({ notes }) => notes).concat(note),
  };
}

/** Returns the workload as YAML. Throws `FeedrateError('workload')`, with the places in the file, if it is faulty. */
function textOf(jobs: readonly ImportedFioJob[], path: string, losses: readonly Loss[]): string {
  const name = nameFrom(fileName(path), 'fio');
  const directories = [...new Set(jobs.map(({ directory }) => directory).filter((directory) => directory !== null))];
  const lines = [
    `# From ${plain(path)}, a job file of fio.`,
    ...directories.map((directory) => `# fio has its files in ${plain(directory)}: name that directory with -t.`),
    ...losses.map(({ where, message }) => `# ${plain(`${where}: ${message}`)}`),
    `name: ${name}`,
    `description: The jobs of ${name}, imported from fio`,
    // fio runs a job file once, in its order.
    `trials: {rounds: 1${jobs.length > 1 ? ', order: listed' : ''}}`,
    'jobs:',
  ];
  const places = new Map<number, string>();
  const taken = new Set<string>();
  for (const job of jobs) {
    lines.push(`  ${freeName(nameFrom(job.name, 'job'), taken)}:`);
    places.set(lines.length, job.place);
    for (const { word, value, place } of job.fields) {
      lines.push(`    ${word}: ${value}`);
      places.set(lines.length, place);
    }
  }
  const text = `${lines.join('\n')}\n`;
  parseWorkload(text, path, [], places);
  return text;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.fio$/, '');
}

/** A comment is one line. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

function nameFrom(text: string, otherwise: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 60);
  return new RegExp(NAME_PATTERN).test(name) ? name : otherwise;
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  taken.add(free);
  return free;
}
