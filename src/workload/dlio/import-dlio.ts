/** Turns configurations of DLIO and MLPerf Storage into a workload of feedrate. */
import { FeedrateError } from '../../base/errors.js';
import { IssueList } from '../issues.js';
import { parseWorkload } from '../parse.js';
import { NAME_PATTERN } from '../value-types.js';
import { checkpointFields, savingFields } from './dlio-checkpoints.js';
import { DlioSource, type ImportedField, type Loss } from './dlio-source.js';
import { evaluationFields, trainingFields } from './dlio-training.js';
import { readDlio } from './dlio-values.js';

/** The text of a configuration, and its path for messages. */
interface DlioFile {
  readonly text: string;
  readonly path: string;
}

interface DlioRequest {
  readonly files: readonly DlioFile[];
  /** For every file, as Hydra writes them. */
  readonly overrides: readonly string[];
  /** Processes, as `mpirun -n` gives them; null: 1, or those of a checkpoint's model. */
  readonly ranks: number | null;
  /** The value of the jobs' `reader`. */
  readonly reader: string;
}

/** A workload, and what it lacks of the configurations. */
export interface ImportedWorkload {
  readonly source: string;
  readonly losses: readonly Loss[];
}

interface ImportedJob {
  readonly name: string;
  readonly kind: string;
  readonly fields: readonly ImportedField[];
  /** The least AU that passes; null: none. */
  readonly leastAu: number | null;
}

/** Returns a workload with the jobs of all files. Throws `FeedrateError('workload')` for what makes no sense. */
export function importDlio({ files, overrides, ranks, reader }: DlioRequest): ImportedWorkload {
  const losses: Loss[] = [];
  const jobs = files.flatMap(({ text, path }) => {
    const issues = new IssueList();
    const source = new DlioSource(readDlio(text, path, overrides, issues), path, issues);
    const imported = jobsOf(source, nameFor(path), { ranks, reader });
    issues.throwIfAny(path);
    source.loseTheRest();
    losses.push(...source.losses);
    return imported;
  });
  const twin = jobs.find(({ name }, index) => jobs.findIndex((each) => each.name === name) < index);
  if (twin !== undefined) throw new FeedrateError('workload', `two files make a job ${twin.name}; rename one of them`);
  return { source: textOf(jobs, files), losses };
}

/** Keys that have no effect without an evaluation. */
const EVALUATION = ['evaluation.', 'dataset.num_files_eval', 'dataset.num_subfolders_eval', 'reader.batch_size_eval'];

function jobsOf(
  source: DlioSource,
  name: string,
  { ranks, reader }: Pick<DlioRequest, 'ranks' | 'reader'>,
): ImportedJob[] {
  const [trains, saves, evaluates] = [
    source.flag('workflow.train', true),
    source.flag('workflow.checkpoint', false),
    source.flag('workflow.evaluation', false),
  ];
  const leastAu = source.number('metric.au', 0, 1);
  const jobs: ImportedJob[] = [];
  const saving = trains && saves ? savingFields(source) : null;
  if (trains) {
    const fields = trainingFields(source, ranks ?? 1);
    // MLPerf Storage reads data that is not in memory.
    const own = { reader, cache: 'cold' };
    const added = Object.entries(own).map(([word, value]): ImportedField => ({ word, value, place: null }));
    const job = { kind: 'training', leastAu };
    jobs.push({ ...job, name, fields: [...fields, ...(saving ?? []), ...added] });
    if (evaluates) jobs.push({ ...job, name: `${name}-eval`, fields: [...evaluationFields(source, fields), ...added] });
  }
  if (!trains) for (const room of ['dataset.', 'reader.', 'train.', 'framework', 'metric.']) source.passOver(room);
  if (!evaluates) for (const room of EVALUATION) source.passOver(room);
  if (saves) {
    if (saving !== null) source.passOver('checkpoint.num_checkpoints_write');
    const { write, restore } = checkpointFields(source, ranks);
    if (saving === null) jobs.push({ name: `${name}-save`, kind: 'checkpoint-write', fields: write, leastAu: null });
    if (restore.length > 0)
      jobs.push({ name: `${name}-restore`, kind: 'checkpoint-restore', fields: restore, leastAu: null });
  } else for (const room of ['checkpoint.', 'model.']) source.passOver(room);
  if (jobs.length === 0)
    source.fault('workflow.train', 'neither trains nor writes checkpoints, so there is nothing to measure');
  return jobs;
}

/** Returns the workload as YAML. Throws `FeedrateError('workload')`, with the places in the files, if it is faulty. */
function textOf(jobs: readonly ImportedJob[], files: readonly DlioFile[]): string {
  const [only] = files;
  const name = files.length === 1 && only !== undefined ? nameFor(only.path) : 'dlio';
  const lines = [
    `# From ${files.map(({ path }) => path.replaceAll(/[^\x20-\x7e]/g, '?')).join(', ')}, which DLIO reads.`,
    '# MLPerf-Storage-shaped, not an MLPerf result.',
    `name: ${name}`,
    `description: The I/O of ${name}, imported from DLIO`,
    // A configuration of DLIO is run once.
    'trials: {rounds: 1}',
    'jobs:',
  ];
  const places = new Map<number, string>();
  for (const job of jobs) {
    lines.push(`  ${job.name}:`, `    kind: ${job.kind}`);
    for (const { word, value, place } of job.fields) {
      lines.push(`    ${word}: ${value}`);
      if (place !== null) places.set(lines.length, place);
    }
    if (job.leastAu !== null) lines.push('    thresholds:', `      - au >= ${Math.round(job.leastAu * 1e4) / 100}%`);
  }
  const text = `${lines.join('\n')}\n`;
  parseWorkload(text, files.map(({ path }) => path).join(', '), [], places);
  return text;
}

/** Returns the name of a file without its directory and ending, in letters that a name may have. */
function nameFor(path: string): string {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.ya?ml$/, '')
    .replaceAll(/[^A-Za-z0-9_.-]/g, '-');
  return new RegExp(NAME_PATTERN).test(name) ? name : 'dlio';
}
