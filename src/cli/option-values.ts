/** What the shell completes for the values of options. */
import { METRICS } from '../base/metrics.js';
import { ACCELERATOR_MODELS } from '../training/models.js';
import { DATASET_ROWS, HEAD_ROWS, TRIALS_ROWS } from '../workload/file-fields.js';
import { JOB_ROWS, JOB_WORDS } from '../workload/job-fields.js';
import type { Row } from '../workload/row.js';

/** A candidate and its description. */
export type ValueCandidate = readonly [value: string, description: string];

export interface OptionValues {
  readonly candidates: readonly ValueCandidate[];
  /** Whether something may follow a candidate, so that the shell adds no space. */
  readonly mayGoOn: boolean;
}

/** Returns the candidates for a value that is being typed. */
type Complete = (typed: string) => OptionValues;

/** Attributes of arms that are no fields of jobs. */
const ATTRIBUTES = ['run', 'target', 'job', 'engine', 'source', 'mount-options', 'kernel'];

/** By word. The first of several rows is the one of the default kind. */
const jobFields: ReadonlyMap<string, Row> = new Map(
  [...JOB_WORDS].map((word) => [word, JOB_ROWS.find((row) => row.word === word) as Row]),
);
/** The fields that `--set` names with their section. */
const otherFields: ReadonlyMap<string, Row> = new Map([
  ...withSection('trials.', TRIALS_ROWS),
  ...withSection('dataset.', DATASET_ROWS),
  ...withSection('', HEAD_ROWS),
]);

function withSection(section: string, rows: Readonly<Record<string, Row>>): [string, Row][] {
  return Object.values(rows).map((row) => [section + row.word, row]);
}

const metrics: readonly ValueCandidate[] = METRICS.flatMap(({ key, label, distribution }) =>
  distribution ? ['p50', 'p99', 'mean'].map((of): ValueCandidate => [`${of}(${key})`, label]) : [[key, label] as const],
);

/** Models that `feed` and `run` know, with the edition that their numbers are from. */
export const models: readonly ValueCandidate[] = ACCELERATOR_MODELS.map(({ name, round }) => [name, round]);

const attributes: readonly ValueCandidate[] = [...jobFields.keys(), ...ATTRIBUTES].map((word) => [word, '']);

/** Returns what completes the value of an option, by its long name; undefined for options whose values only the user knows. */
export function valuesOf(option: string): Complete | undefined {
  switch (option) {
    case '--set':
      return (typed) => assignment(typed, new Map([...jobFields, ...otherFields]), false);
    case '--model':
    case '--what-if':
      return () => ({ candidates: models, mayGoOn: false });
    case '--param':
      return (typed) => assignment(typed, jobFields, true);
    case '--cols':
    case '--rows':
      return (typed) => ({ candidates: inList(typed, attributes), mayGoOn: true });
    case '--where':
      return () => ({ candidates: attributes.map(([word]) => [`${word}=`, '']), mayGoOn: true });
    case '--metric':
      return () => ({ candidates: metrics, mayGoOn: false });
    default:
      return undefined;
  }
}

/** Completes `FIELD=`, and then the values that the field may have. */
function assignment(typed: string, fields: ReadonlyMap<string, Row>, isList: boolean): OptionValues {
  const equals = typed.indexOf('=');
  if (equals < 0) {
    const candidates = [...fields].map(([word, row]): ValueCandidate => [`${word}=`, firstSentence(row.meaning)]);
    return { candidates, mayGoOn: true };
  }
  const key = typed.slice(0, equals);
  if (key === 'thresholds' || key.endsWith('.thresholds')) {
    return { candidates: metrics.map(([metric, label]) => [`${key}=${metric}`, label]), mayGoOn: true };
  }
  const row = fields.get(key) ?? jobFields.get(key.slice(key.lastIndexOf('.') + 1));
  const values = row === undefined ? [] : candidatesOf(row);
  const listed = isList ? inList(typed.slice(equals + 1), values) : values;
  return { candidates: listed.map(([value, about]) => [`${key}=${value}`, about]), mayGoOn: isList };
}

/** Returns all values of a field if they are few words, else its default as an example. */
function candidatesOf({ type, fallback }: Row): ValueCandidate[] {
  if (type.choices !== undefined) return type.choices.map((value) => [value, '']);
  return typeof fallback === 'object' && 'written' in fallback && fallback.written !== ''
    ? [[String(fallback.written), 'default']]
    : [];
}

/** Completes the last part of a list with commas, with values that are not in it yet. */
function inList(typed: string, values: readonly ValueCandidate[]): ValueCandidate[] {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const given = before.split(',');
  return values
    .filter(([value]) => !given.includes(value))
    .map(([value, description]): ValueCandidate => [before + value, description]);
}

function firstSentence(markdown: string): string {
  return (/^.*?[.](?= |$)/s.exec(markdown)?.[0] ?? markdown).replace(/[*`]/g, '');
}
