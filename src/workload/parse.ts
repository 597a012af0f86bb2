/** Parses the text of a workload, or reports every fault in it. */

import { formatWhole } from '../base/units.js';
import { checkBesides } from './besides.js';
import { readDataset } from './dataset.js';
import { describeValue, type Entry, readDocument } from './document.js';
import { HEAD_ROWS, type HeadFields, TRIALS_ROWS } from './file-fields.js';
import { IssueList } from './issues.js';
import { ARMS_MAX, readJobFields } from './job.js';
import { JOB_WORDS, KIND_ROW, type Kind, rowsOf } from './job-fields.js';
import { type JobOutline, type Outline, outlineOf } from './outline.js';
import { applyOverrides, type Override } from './overrides.js';
import { readRow, readSection, refuseUnknown } from './section.js';
import { parseThreshold } from './threshold-text.js';
import { unknownFieldOf } from './unknown-field.js';
import type { Dataset, JobDeclaration, Threshold, Trials, Workload } from './workload.js';

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
    trials: readTrials(outline, dataset, issues),
    dataset,
    jobs,
    thresholds: readThresholds(outline.top.get('thresholds'), issues),
  };
  issues.throwIfAny(source);
  return workload;
}

function readHead(outline: Outline, issues: IssueList): HeadFields {
  const { name, description, seed } = readSection(HEAD_ROWS, outline.top, outline.location, issues);
  return { name: name ?? '', description: description ?? '', seed: seed ?? 0 };
}

function readTrials(outline: Outline, dataset: Dataset | null, issues: IssueList): Trials {
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
    // Files that exist are all of them wanted in every session, unless somebody divides them.
    filesets: filesets ?? ((sessions ?? 1) > 1 && !readsExisting(dataset) ? 2 : 1),
    order: order ?? 'shuffled',
  };
}

function readsExisting(dataset: Dataset | null): boolean {
  return dataset?.kind === 'existing' || (dataset?.kind === 'traced' && dataset.existing !== null);
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
  checkBesides(jobs, outline.jobs.keys(), issues);
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
