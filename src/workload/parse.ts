/** Parses the text of a workload, or reports every fault in it. */

import { formatWhole } from '../base/units.js';
import { describeValue, type Entry, type Located, readDocument } from './document.js';
import { DATASET_ROWS, HEAD_ROWS, type HeadFields, TRIALS_ROWS } from './file-fields.js';
import { IssueList } from './issues.js';
import { ARMS_MAX, readJobFields } from './job.js';
import { JOB_WORDS, KIND_ROW, type Kind, rowsOf } from './job-fields.js';
import type { FileLocation } from './location.js';
import { type JobOutline, type Outline, outlineOf } from './outline.js';
import { applyOverrides, type Override } from './overrides.js';
import type { Row, Rows, TypedRow } from './row.js';
import { didYouMean } from './suggest.js';
import { parseThreshold } from './threshold-text.js';
import { unknownFieldOf } from './unknown-field.js';
import type { Dataset } from './values.js';
import type { JobDeclaration, Threshold, Trials, Workload } from './workload.js';

/**
 * Parses a workload file.
 * @param source the name of the file in messages
 * @param overrides values from the command line that replace those of the file
 * @param options by line of the text, the option of the command line that it was made from. Default: none
 * @throws FeedrateError `workload` with an issue and a location for each fault
 */
export function parseWorkload(
  text: string,
  source: string,
  overrides: readonly Override[] = [],
  options?: ReadonlyMap<number, string>,
): Workload {
  const issues = new IssueList();
  const root = readDocument(text, source, issues, options);
  const outline = outlineOf(root, issues);
  if (root.content.type !== 'map') issues.throwIfAny(source);
  applyOverrides(outline, overrides, issues);
  const head = readHead(outline, issues);
  const dataset = readDataset(outline, head.seed, issues);
  const jobs = readJobs(outline, { seed: head.seed, dataset }, issues);
  const workload: Workload = {
    ...head,
    trials: readTrials(outline, issues),
    dataset,
    jobs,
    thresholds: readThresholds(outline.top.get('thresholds'), issues),
  };
  issues.throwIfAny(source);
  return workload;
}

/** The values of a section by word; null for one that is absent or faulty. */
type Section<S> = { readonly [P in keyof S]: S[P] | null };

/** Reads the rows of a section. `missing` is the location to report for a missing field. */
function readSection<S>(
  rows: Rows<S>,
  fields: ReadonlyMap<string, Entry>,
  missing: FileLocation,
  issues: IssueList,
): Section<S> {
  const read = (row: Row): unknown => readRow(row, fields, missing, issues);
  const values = Object.entries<Row>(rows).map(([word, row]) => [word, read(row)]);
  return Object.fromEntries(values) as Section<S>;
}

/** Returns the value of a row, its default when it is not given, or null when it is absent or faulty. */
function readRow<T>(
  row: Pick<TypedRow<T>, keyof Row>,
  fields: ReadonlyMap<string, Entry>,
  missing: FileLocation,
  issues: IssueList,
): T | null {
  const entry = fields.get(row.word);
  if (entry) return readScalar(row, entry.value, issues);
  if (row.fallback === 'required' && !issues.hasUnread) issues.add(missing, `${row.word}: is missing`);
  if (row.fallback === 'required' || !('written' in row.fallback)) return null;
  const read = row.type.read(row.fallback.written);
  return read.ok ? read.value : null;
}

function readScalar<T>(row: Pick<TypedRow<T>, keyof Row>, { location, content }: Located, issues: IssueList): T | null {
  if (content.type !== 'scalar') {
    issues.add(location, `${row.word}: expected one value, found ${describeValue({ location, content })}`);
    return null;
  }
  const read = content.value === null ? null : row.type.read(content.value);
  if (read?.ok) return read.value;
  issues.add(location, `${row.word}: ${read === null ? 'has no value' : read.message}`);
  return null;
}

function refuseUnknown(
  fields: ReadonlyMap<string, Entry>,
  rows: Readonly<Record<string, Row>>,
  issues: IssueList,
): void {
  const words = Object.values(rows).map(({ word }) => word);
  for (const { key, location } of fields.values()) {
    if (!words.includes(key)) issues.addUnread(location, `${key}: no such field${didYouMean(key, words)}`);
  }
}

function readHead(outline: Outline, issues: IssueList): HeadFields {
  const { name, description, seed } = readSection(HEAD_ROWS, outline.top, outline.location, issues);
  return { name: name ?? '', description: description ?? '', seed: seed ?? 0 };
}

function readTrials(outline: Outline, issues: IssueList): Trials {
  const fields = outline.section('trials');
  refuseUnknown(fields, TRIALS_ROWS, issues);
  const { sessions, rounds, warmup, filesets, order } = readSection(TRIALS_ROWS, fields, outline.location, issues);
  const written = fields.get(TRIALS_ROWS.order.word);
  if (order === 'abba' && rounds === 1 && written) {
    issues.add(written.value.location, 'order: abba has no effect with one round; set rounds to an even number');
  }
  const sets = fields.get(TRIALS_ROWS.filesets.word);
  if (order === 'read-once' && sets)
    issues.add(sets.value.location, 'filesets: has no effect with order: read-once, where every trial has its own set');
  return {
    sessions: sessions ?? 1,
    rounds: rounds ?? 1,
    warmup: warmup ?? 0,
    filesets: filesets ?? ((sessions ?? 1) > 1 ? 2 : 1),
    order: order ?? 'shuffled',
  };
}

function readDataset(outline: Outline, workloadSeed: number, issues: IssueList): Dataset | null {
  const location = outline.sectionLocation('dataset');
  if (location === null) return null;
  const fields = outline.section('dataset');
  refuseUnknown(fields, DATASET_ROWS, issues);
  const { nrfiles, filesize, seed, fallocate } = readSection(DATASET_ROWS, fields, location, issues);
  return {
    nrfiles: nrfiles ?? 1,
    // A faulty dataset counts as present, so that the jobs that read it are not reported as well.
    filesizeMinBytes: filesize?.minBytes ?? Number.MAX_SAFE_INTEGER,
    filesizeMaxBytes: filesize?.maxBytes ?? Number.MAX_SAFE_INTEGER,
    seed: seed ?? workloadSeed,
    fallocate: fallocate ?? 'none',
  };
}

/** Reads one threshold or a list of them. */
function readThresholds(entry: Entry | undefined, issues: IssueList): Threshold[] {
  if (!entry) return [];
  const { content } = entry.value;
  const items = content.type === 'list' ? content.items() : [entry.value];
  return items.flatMap((item) => {
    const value = item.content.type === 'scalar' ? item.content.value : null;
    const read = typeof value === 'string' ? parseThreshold(value) : null;
    if (read?.ok) return [read.value];
    const example = 'such as p99(latency) < 20ms';
    const message = read === null ? `${describeValue(item)} is not a threshold; write text ${example}` : read.message;
    issues.add(item.location, `thresholds: ${message}`);
    return [];
  });
}

type Shared = Pick<Parameters<typeof readJobFields>[1], 'seed' | 'dataset'>;

function readJobs(outline: Outline, shared: Shared, issues: IssueList): JobDeclaration[] {
  const defaults = outline.section('defaults');
  refuseUnknownShared(defaults, issues);
  const isWhole = !issues.hasUnread;
  const taken = new Set<Entry>();
  let skipped = !isWhole;
  let arms = 0;
  const jobs = [...outline.jobs].flatMap(([name, job]): JobDeclaration[] => {
    const kind = readKind(job, issues);
    if (kind === null) skipped = true;
    if (kind === null) return [];
    const isKnown = refuseUnknownInJob(job, kind, issues);
    const context = {
      name,
      isWhole: isKnown && isWhole,
      kind,
      location: job.location,
      ...shared,
      issues,
      taken: (entry: Entry) => taken.add(entry),
    };
    const fields = readJobFields({ own: job.own, everyJob: outline.everyJob, file: job.file, defaults }, context);
    const thresholds = readThresholds(job.own.get('thresholds') ?? job.file.get('thresholds'), issues);
    if (fields) arms += [...fields.values()].reduce((product, { levels }) => product * levels.length, 1);
    return fields ? [{ name, kind, location: job.location, fields, thresholds }] : [];
  });
  if (arms > ARMS_MAX) {
    const made = `its ${formatWhole(jobs.length)} jobs make ${formatWhole(arms)} arms`;
    issues.add(outline.location, `${made}; at most ${formatWhole(ARMS_MAX)} in all; use shorter lists or fewer jobs`);
  }
  // A shared field that no job uses has no effect. This is unknown if a faulty job was left out.
  for (const entry of skipped ? [] : [...defaults.values(), ...outline.everyJob.values()]) {
    if (JOB_WORDS.has(entry.key) && !taken.has(entry) && !isReplaced(entry, outline)) {
      issues.add(entry.location, `${entry.key}: no job of this workload uses it`);
    }
  }
  return jobs;
}

/** Returns whether an option replaces a default, which is then not a mistake. */
function isReplaced(entry: Entry, outline: Outline): boolean {
  const replacement = outline.everyJob.get(entry.key);
  return replacement !== undefined && replacement !== entry;
}

function readKind(job: JobOutline, issues: IssueList): Kind | null {
  const fields = new Map([...job.file, ...job.own]);
  return readRow(KIND_ROW, fields, job.location, issues);
}

/** Reports the fields that this kind of job does not have. Returns whether there are none. */
function refuseUnknownInJob(job: JobOutline, kind: Kind, issues: IssueList): boolean {
  const words = new Set(rowsOf(kind).map(({ word }) => word));
  let isKnown = true;
  for (const { key, location } of [...job.file.values(), ...job.own.values()]) {
    if (key !== KIND_ROW.word && key !== 'thresholds' && !words.has(key)) {
      issues.add(location, `${key}: ${unknownFieldOf(key, kind)}`);
      isKnown = false;
    }
  }
  return isKnown;
}

function refuseUnknownShared(fields: ReadonlyMap<string, Entry>, issues: IssueList): void {
  for (const { key, location } of fields.values()) {
    if (!JOB_WORDS.has(key)) issues.addUnread(location, `${key}: ${unknownFieldOf(key, null)}`);
  }
}
