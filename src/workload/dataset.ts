/** Reads the section `dataset`: files that feedrate generates, files that exist, or the files of a trace. */
import type { Entry } from './document.js';
import { DATASET_ROWS, EXISTING_ROWS, TRACED_ROWS } from './file-fields.js';
import type { IssueList } from './issues.js';
import type { FileLocation } from './location.js';
import type { Outline } from './outline.js';
import { readSection, refuseUnknown } from './section.js';
import type { Dataset, ExistingDataset, GeneratedDataset, TracedDataset } from './values.js';

/** The words that say that the files exist. */
const SAYS_EXISTING = [EXISTING_ROWS.path.word, EXISTING_ROWS.manifest.word];
const OF_GENERATED = Object.values(DATASET_ROWS)
  .map(({ word }) => word)
  .filter((word) => word !== DATASET_ROWS.seed.word);

/** Returns the dataset, or null when there is none. Adds its faults to the issues. */
export function readDataset(outline: Outline, workloadSeed: number, issues: IssueList): Dataset | null {
  const location = outline.sectionLocation('dataset');
  if (location === null) return null;
  const fields = outline.section('dataset');
  const existing = SAYS_EXISTING.map((word) => fields.get(word)).filter((entry) => entry !== undefined);
  const [first] = existing;
  const left = existing.some(isOption) ? withoutReplaced(fields) : fields;
  if (fields.has(TRACED_ROWS.trace.word)) return readTraced(left, first, location, workloadSeed, issues);
  if (first === undefined) return readGenerated(fields, location, workloadSeed, issues);
  return readExisting(left, first, workloadSeed, issues);
}

function readTraced(
  fields: ReadonlyMap<string, Entry>,
  path: Entry | undefined,
  location: FileLocation,
  workloadSeed: number,
  issues: IssueList,
): TracedDataset {
  const others = new Map([...fields].filter(([word]) => word !== TRACED_ROWS.trace.word));
  if (path === undefined) refuseUnknown(others, TRACED_ROWS, issues);
  const { trace, seed } = readSection(TRACED_ROWS, fields, location, issues);
  const existing = path === undefined ? null : readExisting(others, path, workloadSeed, issues);
  return { kind: 'traced', trace: trace ?? '', seed: seed ?? workloadSeed, existing };
}

/** An option has no line. `--data` takes the place of the files that the workload would generate. */
function isOption({ location }: Entry): boolean {
  return location.line === null;
}

function withoutReplaced(fields: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  return new Map([...fields].filter(([word, entry]) => isOption(entry) || !OF_GENERATED.includes(word)));
}

function readGenerated(
  fields: ReadonlyMap<string, Entry>,
  location: FileLocation,
  workloadSeed: number,
  issues: IssueList,
): GeneratedDataset {
  for (const { key, location } of fields.values()) {
    if (key in EXISTING_ROWS && !(key in DATASET_ROWS))
      issues.addUnread(location, `${key}: needs path, the files that it chooses from`);
  }
  refuseUnknown(fields, { ...EXISTING_ROWS, ...DATASET_ROWS }, issues);
  const { nrfiles, filesize, seed, fallocate } = readSection(DATASET_ROWS, fields, location, issues);
  return {
    kind: 'generated',
    nrfiles: nrfiles ?? 1,
    // A faulty dataset counts as present, so that the jobs that read it are not reported as well.
    filesizeMinBytes: filesize?.minBytes ?? Number.MAX_SAFE_INTEGER,
    filesizeMaxBytes: filesize?.maxBytes ?? Number.MAX_SAFE_INTEGER,
    seed: seed ?? workloadSeed,
    fallocate: fallocate ?? 'none',
  };
}

function readExisting(
  fields: ReadonlyMap<string, Entry>,
  { key: reason, location }: Entry,
  workloadSeed: number,
  issues: IssueList,
): ExistingDataset {
  for (const { key, location } of fields.values()) {
    if (OF_GENERATED.includes(key))
      issues.add(location, `${key}: has no effect with ${reason}, because files that exist are not generated`);
  }
  refuseUnknown(fields, { ...DATASET_ROWS, ...EXISTING_ROWS }, issues);
  const { path, manifest, include, exclude, follow, limit, seed } = readSection(
    EXISTING_ROWS,
    fields,
    location,
    issues,
  );
  return {
    kind: 'existing',
    path: path ?? '.',
    manifest,
    include: include ?? [],
    exclude: exclude ?? [],
    follow: follow ?? false,
    limit,
    seed: seed ?? workloadSeed,
  };
}
