/** Generates the JSON Schema of workload files, which editors use for completion, help and checks. */
import * as z from 'zod';
import { MERGE_KEY } from './document.js';
import { DATASET_ROWS, EXISTING_ROWS, HEAD_ROWS, TRACED_ROWS, TRIALS_ROWS } from './file-fields.js';
import { DEFAULT_KIND, JOB_ROWS, JOB_WORDS, type JobRow, KIND_ROW, KINDS, type Kind, rowsOf } from './job-fields.js';
import { EXTENSION_PATTERN } from './outline.js';
import type { Row } from './row.js';
import { THRESHOLD_PATTERN } from './threshold-text.js';
import { NAME_PATTERN } from './value-types.js';

const threshold = z.string().meta({
  id: 'threshold',
  pattern: THRESHOLD_PATTERN,
  examples: ['p99(latency) < 20ms', 'throughput > 1GiB/s', 'iops >= 1000'],
});
const thresholds = z
  .union([threshold, z.array(threshold)])
  .optional()
  .meta({ description: 'Bounds that every arm must meet.' });

/** Most YAML parsers resolve merge keys themselves. This is for those that do not. */
const merged = z.record(z.string(), z.unknown());
const MERGE = {
  [MERGE_KEY]: z
    .union([merged, z.array(merged)])
    .optional()
    .meta({ description: 'Fields of other maps, such as *anchor.' }),
};
const EXTENSION = { description: 'Ignored. A place for anchors.' };

/**
 * Returns the JSON Schema, draft 2020-12. It checks words, types and ranges. Only `parseWorkload` checks rules between
 * fields.
 */
export function jsonSchema(): object {
  return z.toJSONSchema(workloadSpelling(), { io: 'input', target: 'draft-2020-12' });
}

function workloadSpelling(): z.ZodType {
  const defaults = Object.fromEntries([...JOB_WORDS].map((word) => [word, defaultSpelling(word)]));
  const jobs = z.union(KINDS.map(jobSpelling)).meta({ id: 'job' });
  return z
    .strictObject({
      ...shapeOf(HEAD_ROWS),
      ...MERGE,
      trials: z
        .strictObject({ ...shapeOf(TRIALS_ROWS), ...MERGE })
        .optional()
        .meta({ description: 'How often and in which order the arms are measured.' }),
      dataset: z
        .union([
          z.strictObject({ ...shapeOf(DATASET_ROWS), ...MERGE }).meta({
            description: 'Files with incompressible content, generated once in each target and reused if identical.',
          }),
          z.strictObject({ ...shapeOf(EXISTING_ROWS), ...MERGE }).meta({
            description: 'Files that exist in each target already. They are only read.',
          }),
          z.strictObject({ ...shapeOf(EXISTING_ROWS), ...shapeOf(TRACED_ROWS), ...MERGE }).meta({
            description: 'The files of a recorded program: generated with the same sizes, or your own.',
          }),
        ])
        .optional(),
      defaults: z
        .strictObject({ ...defaults, ...MERGE })
        .optional()
        .meta({ description: 'Default fields for every job that has them.' }),
      jobs: z
        .record(z.string().regex(new RegExp(NAME_PATTERN)), jobs)
        .meta({ description: 'Jobs by name.', minProperties: 1 }),
      thresholds,
    })
    .meta({ title: 'feedrate workload', patternProperties: { [EXTENSION_PATTERN]: EXTENSION } });
}

/** Returns the schemas of fields that have one value each. */
function shapeOf(rows: Readonly<Record<string, Row>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.values(rows).map((row) => [row.word, described(row, row.type.spelling(z))]));
}

function described(row: Row, spelling: z.ZodType): z.ZodType {
  const about = { description: plainText(row.meaning) };
  if (row.fallback === 'required') return spelling.meta(about);
  return spelling.optional().meta('written' in row.fallback ? { ...about, default: row.fallback.written } : about);
}

/** The schema of each row of the job table, once. Kinds and defaults refer to it. */
const fieldSpellings: ReadonlyMap<JobRow, z.ZodType> = new Map(
  JOB_ROWS.map((row) => {
    const isShared = JOB_ROWS.some((other) => other !== row && other.word === row.word);
    const id = `job.${row.word}${isShared ? `.${row.kinds[0]}` : ''}`;
    const spelling = row.type.spelling(z);
    // One value or, as a factor of the matrix, a list of values.
    return [row, described(row, z.union([spelling, z.array(spelling).min(1)])).meta({ id })];
  }),
);

function jobSpelling(kind: Kind): z.ZodType {
  // A field that a kind requires may also be in `defaults`, so the schema requires none here.
  const fields = rowsOf(kind).map((row) => [row.word, fieldSpellings.get(row)?.optional()]);
  const literal = z.literal(kind).meta({ description: plainText(KIND_ROW.meaning) });
  return z.strictObject({
    kind: kind === DEFAULT_KIND ? literal.optional() : literal,
    ...Object.fromEntries(fields),
    thresholds,
    ...MERGE,
  });
}

/** Returns the schema of a word in `defaults`, which may be for any of the kinds that have it. */
function defaultSpelling(word: string): z.ZodType {
  const spellings = JOB_ROWS.filter((row) => row.word === word).map((row) => fieldSpellings.get(row) as z.ZodType);
  return (spellings.length === 1 ? (spellings[0] as z.ZodType) : z.union(spellings)).optional();
}

/** Removes Markdown, which editors would show as it is. */
function plainText(markdown: string): string {
  return markdown.replace(/\*\*|`/g, '');
}
