/** Reads one job of a workload file: merges the sources of its fields and checks them against each other. */
import { quoted } from '../base/units.js';
import { describeValue, type Entry, type Located } from './document.js';
import type { IssueList, SharedCause } from './issues.js';
import { type JobRow, jobKind, type Kind, rowsOf } from './job-fields.js';
import type { FileLocation } from './location.js';
import type { Condition, Fault, RuleContext } from './rules.js';
import type { Dataset } from './values.js';
import type { Field, Level } from './workload.js';

/** The sources of a job's fields, strongest first. Shared fields apply only where they have an effect. */
export interface Layers {
  /** `--set JOB.bs=…` */
  readonly own: ReadonlyMap<string, Entry>;
  /** `--set bs=…`, shared. */
  readonly everyJob: ReadonlyMap<string, Entry>;
  readonly file: ReadonlyMap<string, Entry>;
  /** `defaults:`, shared. */
  readonly defaults: ReadonlyMap<string, Entry>;
}

export interface JobContext {
  readonly name: string;
  readonly kind: Kind;
  readonly location: FileLocation;
  /** Whether all fields of the job are known. If not, a field that seems to be missing may be there in another word. */
  readonly isWhole: boolean;
  readonly seed: number;
  readonly dataset: Dataset | null;
  readonly issues: IssueList;
  /** Called with each shared entry that this job uses. */
  readonly taken: (entry: Entry) => void;
}

interface Draft {
  readonly row: JobRow;
  readonly levels: readonly Level[];
  readonly origin: 'job' | 'shared' | 'default';
}

/** Drafts by property. */
type Drafts = ReadonlyMap<string, Draft>;

/** The most arms of a workload, all jobs together. More are a mistake and would run for years. */
export const ARMS_MAX = 10_000;

/** Returns the fields of a job, or null when a fault was added to the issues. */
export function readJobFields(layers: Layers, context: JobContext): ReadonlyMap<string, Field> | null {
  const rows = rowsOf(context.kind);
  const offered: Entry[] = [];
  const offer = { ...context, taken: (entry: Entry) => offered.push(entry) };
  const everything: ReadonlyMap<string, Draft | null> = new Map(
    rows.map((row) => [row.property, draftOf(row, layers, offer, () => false)]),
  );
  if (!allRead(everything)) {
    // It is unknown what this job would have used, so report nothing as unused.
    for (const entry of offered) context.taken(entry);
    return null;
  }
  const isIdle = (draft: Draft): boolean => isIdleEverywhere(draft, everything, context.kind);
  const effective: ReadonlyMap<string, Draft | null> = new Map(
    rows.map((row) => [row.property, draftOf(row, layers, context, isIdle)]),
  );
  if (!allRead(effective)) return null;

  const arms = [...effective.values()].reduce((product, { levels }) => product * levels.length, 1);
  if (arms > ARMS_MAX) {
    context.issues.add(context.location, `${context.name}: its lists make ${arms} arms; at most ${ARMS_MAX}`);
    return null;
  }
  const sound = [checkEffects(effective, context), checkRules(effective, context)].every(Boolean);
  if (!sound) return null;
  return new Map([...effective].map(([property, { row, levels }]) => [property, { word: row.word, levels }]));
}

function allRead(drafts: ReadonlyMap<string, Draft | null>): drafts is Drafts {
  return [...drafts.values()].every((draft) => draft !== null);
}

function draftOf(row: JobRow, layers: Layers, context: JobContext, skip: (draft: Draft) => boolean): Draft | null {
  for (const layer of ['own', 'everyJob', 'file', 'defaults'] as const) {
    const entry = layers[layer].get(row.word);
    if (!entry) continue;
    const isShared = layer === 'everyJob' || layer === 'defaults';
    const levels = readLevels(entry.value, row, context.issues);
    if (isShared && levels === null) context.taken(entry);
    if (levels === null) return null;
    const draft: Draft = { row, levels, origin: isShared ? 'shared' : 'job' };
    if (isShared && skip(draft)) continue;
    if (isShared) context.taken(entry);
    return draft;
  }
  return defaultOf(row, context);
}

function defaultOf(row: JobRow, context: JobContext): Draft | null {
  const { fallback, type, word } = row;
  if (fallback === 'required') {
    if (context.isWhole) context.issues.add(context.location, `${word}: is required for kind: ${context.kind}`);
    return null;
  }
  const absent = 'inherits' in fallback ? context.seed : null;
  const read = 'written' in fallback ? type.read(fallback.written) : ({ ok: true, value: absent } as const);
  const value = read.ok ? read.value : null;
  const label = value === null ? 'none' : type.label(value);
  return { row, origin: 'default', levels: [{ label, value, location: context.location }] };
}

/** Returns one level for a scalar, and one for each item of a list. */
function readLevels(value: Located, row: JobRow, issues: IssueList): readonly Level[] | null {
  if (value.content.type === 'map' && row.type.takesMap !== true) {
    issues.add(value.location, `${row.word}: expected one value or a list of values, found a map`);
    return null;
  }
  const items = value.content.type === 'list' ? value.content.items() : [value];
  if (items.length === 0) issues.add(value.location, `${row.word}: the list is empty; give at least one value`);
  if (items.length > ARMS_MAX) {
    issues.add(value.location, `${row.word}: has ${items.length} values; at most ${ARMS_MAX}`);
    return null;
  }
  const byLabel = new Map<string, Level>();
  let isSound = items.length > 0;
  for (const item of items) {
    const level = readLevel(item, row, issues);
    if (level && byLabel.has(level.label))
      issues.add(item.location, `${row.word}: ${describeValue(item)} is listed twice`);
    if (!level || byLabel.has(level.label)) isSound = false;
    else byLabel.set(level.label, level);
  }
  return isSound ? [...byLabel.values()] : null;
}

function readLevel(item: Located, row: JobRow, issues: IssueList): Level | null {
  const { location, content } = item;
  const value = content.type === 'map' && row.type.takesMap ? mapOf(content.entries()) : undefined;
  if (content.type !== 'scalar' && value === undefined) {
    issues.add(location, `${row.word}: a list must contain single values, found ${describeValue(item)}`);
    return null;
  }
  const given = content.type === 'scalar' ? content.value : value;
  const read = given === null ? null : row.type.read(given);
  if (read?.ok) return { label: row.type.label(read.value), value: read.value, location };
  issues.add(location, `${row.word}: ${read === null ? 'has no value' : read.message}`);
  return null;
}

/** Returns a map as an object. What is no single value stays undefined, which no type takes. */
function mapOf(entries: readonly Entry[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    entries.map(({ key, value }) => [key, value.content.type === 'scalar' ? value.content.value : undefined]),
  );
}

/** Yields every combination of the levels of these properties. */
function* combinations(drafts: Drafts, properties: readonly string[]): Generator<Map<string, Level>> {
  const [first, ...rest] = properties;
  if (first === undefined) {
    yield new Map();
    return;
  }
  for (const level of drafts.get(first)?.levels ?? []) {
    for (const others of combinations(drafts, rest)) yield new Map([[first, level], ...others]);
  }
}

function valuesOf(combination: ReadonlyMap<string, Level>): Record<string, unknown> {
  return Object.fromEntries([...combination].map(([property, level]) => [property, level.value]));
}

function conditionOf(property: string, kind: Kind): Condition | undefined {
  return jobKind(kind).conditions.find((each) => each.property === property);
}

function isIdleEverywhere(draft: Draft, all: Drafts, kind: Kind): boolean {
  const condition = conditionOf(draft.row.property, kind);
  if (!condition) return false;
  const drafts = new Map([...all, [draft.row.property, draft]]);
  return [...combinations(drafts, condition.of)].every((each) => condition.idle(valuesOf(each)) !== null);
}

/** Reports a level that has no effect anywhere, and a level of a factor that would make two arms equal. */
function checkEffects(drafts: Drafts, context: JobContext): boolean {
  let isSound = true;
  for (const [property, draft] of drafts) {
    const condition = draft.origin === 'default' ? undefined : conditionOf(property, context.kind);
    if (!condition) continue;
    for (const level of draft.levels) {
      const only = new Map([...drafts, [property, { ...draft, levels: [level] }]]);
      const reasons = [...combinations(only, condition.of)].map((each) => condition.idle(valuesOf(each)));
      const reason = reasons.find((each) => each !== null);
      if (reason === undefined || (draft.levels.length === 1 && reasons.includes(null))) continue;
      context.issues.add(
        level.location,
        `${draft.row.word}: ${level.label} has no effect ${reason}`,
        draft.origin === 'shared' ? { job: nameOf(context), location: level.location } : undefined,
      );
      isSound = false;
    }
  }
  return isSound;
}

function checkRules(drafts: Drafts, context: JobContext): boolean {
  let isSound = true;
  const given = (property: string): boolean => drafts.get(property)?.origin !== 'default';
  const ruleContext: RuleContext = { dataset: context.dataset, given };
  for (const rule of jobKind(context.kind).rules) {
    for (const combination of combinations(drafts, rule.of)) {
      const fault = rule.check(valuesOf(combination), ruleContext);
      if (fault === null) continue;
      isSound = false;
      const property = fault.at.find(given) ?? fault.at[0];
      if (!given(property) && !context.isWhole) continue;
      const draft = drafts.get(property) as Draft;
      const location = combination.get(property)?.location ?? context.location;
      context.issues.add(location, `${draft.row.word}: ${fault.message}`, causeOf(fault, combination, drafts, context));
    }
  }
  return isSound;
}

/** Returns the first shared value that is part of the fault, if there is one. */
function causeOf(
  { at }: Fault,
  combination: ReadonlyMap<string, Level>,
  drafts: Drafts,
  context: JobContext,
): SharedCause | undefined {
  const property = at.find((each) => drafts.get(each)?.origin === 'shared');
  const location = property === undefined ? undefined : combination.get(property)?.location;
  return location === undefined ? undefined : { job: nameOf(context), location };
}

/** Returns the job's name in messages. */
function nameOf({ name }: JobContext): string {
  return quoted(name).slice(1, -1);
}
