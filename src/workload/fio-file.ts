/** Recognises job files of fio, and says how feedrate is asked for the same jobs. */
import { FeedrateError, type Issue } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';
import { ENGINE_CHOICES } from './engines.js';
import { rowsOf } from './job-fields.js';

/** One section of a job file, with the options of `[global]` before it. */
interface FioJob {
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
}

const SECTION = /^\[([^\]]+)\]$/;

/** Other names of fio's options for fields of feedrate. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['blocksize', 'bs'],
  ['bssplit', 'bs'],
  ['readwrite', 'rw'],
  ['io_limit', 'io_size'],
]);

/** Options that feedrate does without, because it always does what they ask for. */
const IMPLIED: ReadonlySet<string> = new Set(['group_reporting', 'thread', 'stonewall', 'wait_for_previous']);

/**
 * Returns the error for a text that is a job file of fio: what to do, and for each job the command that comes nearest to
 * it. Null for another text.
 * @param path the name of the file in messages
 */
export function fioFileError(text: string, path: string): FeedrateError | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const [first = ''] = lines.filter((line) => line !== '' && !/^[#;]/.test(line));
  if (!SECTION.test(first) && !(path.endsWith('.fio') && lines.some((line) => SECTION.test(line)))) return null;
  const advice = 'is a job file of fio, which feedrate does not read; describe each job by options';
  const issues: Issue[] = [
    { where: path, message: `${advice}, and add --print-workload > FILE.yaml to get a workload file:` },
    ...jobsIn(lines).map(({ name, options }) => ({ where: `${path}: [${name}]`, message: commandFor(name, options) })),
  ];
  return new FeedrateError('workload', `${path} ${advice}`, { issues });
}

function jobsIn(lines: readonly string[]): FioJob[] {
  const global = new Map<string, string>();
  const jobs: { name: string; options: Map<string, string> }[] = [];
  let current = global;
  for (const line of lines) {
    if (line === '' || /^[#;]/.test(line)) continue;
    const name = SECTION.exec(line)?.[1];
    if (name === 'global') current = global;
    else if (name !== undefined) {
      current = new Map(global);
      jobs.push({ name, options: current });
    } else {
      const [word = '', ...value] = line.split('=');
      current.set(word.trim(), value.join('=').trim());
    }
  }
  return jobs;
}

/** Returns the command of feedrate for a job, and the options that it leaves out. */
function commandFor(name: string, options: ReadonlyMap<string, string>): string {
  const words = new Set(rowsOf('io').map(({ word }) => word));
  const fields: string[] = [];
  const leftOut: string[] = [];
  let target = 'DIRECTORY';
  for (const [option, value] of options) {
    const word = SYNONYMS.get(option) ?? option;
    const isEngine = word === 'ioengine' && !ENGINE_CHOICES.some((choice) => choice === value);
    if (option === 'directory') target = value;
    else if (option === 'rwmixwrite') fields.push(`--rwmixread ${100 - Number(value)}`);
    // fio separates the values for reads, writes and trims with commas; here they would be compared.
    else if (words.has(word) && !value.includes(',') && !isEngine)
      fields.push(value === '' ? `--${word}` : `--${word} ${shellWord(value)}`);
    else if (!IMPLIED.has(option)) leftOut.push(value === '' ? option : `${option}=${value}`);
  }
  const isName = /^[A-Za-z0-9_][\w.-]*$/.test(name);
  const command = [...(isName ? [`--name ${name}`] : []), ...fields, `-t ${shellWord(target)}`].join(' ');
  return `feedrate run ${command}${leftOut.length === 0 ? '' : `   (left out: ${leftOut.join(', ')})`}`;
}
