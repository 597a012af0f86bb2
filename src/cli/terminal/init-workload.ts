/** Asks about a new workload, makes it and writes it. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { shellWord } from '../../base/shell-word.js';
import { composeWorkload, DEFAULT_SIZE, type GivenField, lacksSize } from '../../workload/compose.js';
import { parseWorkload } from '../../workload/parse.js';
import {
  explained,
  faultIn,
  rowOf,
  STARTER_TRIALS,
  STARTERS,
  type Starter,
  type StarterName,
} from '../../workload/starters.js';
import { NAME_PATTERN } from '../../workload/value-types.js';
import { NAME_OPTION } from '../options/ad-hoc-workload.js';
import { print, tell } from '../output/print.js';
import { withQuestions } from './questions.js';

/** The file that stands for standard output. */
const STDOUT = '-';

const HEAD = [
  'A workload for feedrate run. A list of values is a factor: every combination is measured.',
  'All fields and their units: feedrate guide fields',
  'A file with which editors check them: feedrate schema > schema.json',
];

/** What `init` was asked for. */
export interface InitRequest {
  readonly file: string;
  /** A key of `STARTERS`. Default: the user is asked, if there is a terminal and no field is given. */
  readonly purpose: StarterName | undefined;
  readonly force: boolean;
  readonly fields: readonly GivenField[];
}

/**
 * Writes a workload that feedrate can run, and returns the exit status: `interrupted` if the user ended the questions.
 * Throws `FeedrateError('workload')` with an issue for each faulty field, and `FeedrateError('usage')` when the file exists
 * or cannot be written.
 */
export async function initWorkload({ file, purpose, force, fields }: InitRequest): Promise<number> {
  const starter = await starterFor(purpose, fields);
  if (starter === null) return EXIT.interrupted;
  const { source, options } = composed(starter, fields, file);
  parseWorkload(source, file, [], options);
  if (file === STDOUT) {
    print(source);
    return EXIT.pass;
  }
  try {
    writeFileSync(file, source, { flag: force ? 'w' : 'wx' });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const remedy = code === 'EEXIST' ? 'it exists; choose another name, or replace it with --force' : code;
    throw new FeedrateError('usage', `cannot write ${file}: ${remedy}`, { cause: thrown });
  }
  tell(`wrote ${file}. Next: feedrate run ${shellWord(file)} -t DIRECTORY --dry-run`);
  return EXIT.pass;
}

/** Returns what to start from: nothing when fields say it all; null when the user ended the questions. */
async function starterFor(purpose: StarterName | undefined, fields: readonly GivenField[]): Promise<Starter | null> {
  if (purpose !== undefined) return STARTERS[purpose];
  if (fields.some(({ word }) => word !== NAME_OPTION)) return { purpose: '', dataset: {}, job: {}, questions: {} };
  return process.stdin.isTTY && process.stderr.isTTY ? withQuestions(askStarter) : STARTERS.sequential;
}

async function askStarter(ask: (question: string) => Promise<string>): Promise<Starter> {
  const starters: readonly Starter[] = Object.values(STARTERS);
  tell('What does your training do?');
  for (const [index, { purpose }] of starters.entries()) tell(`  ${index + 1}  it ${purpose}`);
  let starter: Starter | undefined;
  while (starter === undefined) starter = starters[Number((await ask(`number [1]: `)) || '1') - 1];
  let { dataset, job } = starter;
  for (const [word, question] of Object.entries(starter.questions)) {
    const isOfDataset = word in dataset;
    const proposed = (isOfDataset ? dataset : job)[word] ?? '';
    const text = await askValue(ask, `${question} [${proposed}]: `, proposed, (answer) => {
      const row = rowOf(starter, word);
      return row === undefined ? null : faultIn(row, answer, !isOfDataset);
    });
    if (isOfDataset) dataset = { ...dataset, [word]: text };
    else job = { ...job, [word]: text };
  }
  return { ...starter, dataset, job };
}

/** Asks until the answer has no fault. An empty answer is the proposed one. */
async function askValue(
  ask: (question: string) => Promise<string>,
  question: string,
  proposed: string,
  faultOf: (answer: string) => string | null,
): Promise<string> {
  for (;;) {
    const answer = (await ask(question)) || proposed;
    const fault = faultOf(answer);
    if (fault === null) return answer;
    tell(`  ${fault}`);
  }
}

function composed(starter: Starter, fields: readonly GivenField[], file: string): ReturnType<typeof composeWorkload> {
  const name = fields.find(({ word }) => word === NAME_OPTION) ?? { word: NAME_OPTION, text: nameFor(file) };
  const own = fields.filter(({ word }) => word !== NAME_OPTION);
  const replaced = new Map(own.map((field) => [field.word, field]));
  const ofStarter = fieldsOf(starter.job).map((field) => replaced.get(field.word) ?? field);
  const added = own.filter(({ word }) => !(word in starter.job));
  const job = [...ofStarter, ...added];
  const dataset = fieldsOf(starter.dataset);
  const isUnsized = dataset.length === 0 && lacksSize(job);
  const kind = { dataset: starter.dataset, job: Object.fromEntries(job.map(({ word, text }) => [word, text])) };
  return composeWorkload({
    comments: HEAD,
    head: [name],
    sections: { trials: STARTER_TRIALS, dataset: explained(kind, dataset) },
    job: explained({ dataset: {}, job: kind.job }, isUnsized ? [...job, { word: 'size', text: DEFAULT_SIZE }] : job),
    jobPlace: file,
  });
}

function fieldsOf(values: Readonly<Record<string, string>>): GivenField[] {
  return Object.entries(values).map(([word, text]) => ({ word, text }));
}

/** Returns the file's name without its suffix, if a workload can have that name. */
function nameFor(file: string): string {
  const name = basename(file).replace(/\.ya?ml$/, '');
  return new RegExp(NAME_PATTERN).test(name) ? name : 'workload';
}
