/** Writes a workload of one job as YAML, from fields as they are typed on the command line. */
import { FeedrateError } from '../base/errors.js';
import { DEFAULT_KIND, KIND_ROW, KINDS, type Kind, rowsOf } from './job-fields.js';
import { NAME_PATTERN } from './value-types.js';

/** A field with its value as typed. Commas separate the levels of a factor. */
export interface GivenField {
  readonly word: string;
  readonly text: string;
  /** The option that gave it, as typed. It is its location in messages. Default: the field is not the user's. */
  readonly option?: string;
  /** Written above the field. Default: nothing. */
  readonly comment?: string;
}

/** The parts of a workload of one job. */
export interface Composition {
  /** Written at the top, one line each. */
  readonly comments: readonly string[];
  readonly head: readonly GivenField[];
  /** Sections by name: `trials`, `dataset`. Empty ones are left out. */
  readonly sections: Readonly<Record<string, readonly GivenField[]>>;
  readonly job: readonly GivenField[];
  /** Where a field is reported that the job lacks. */
  readonly jobPlace: string;
}

/** The YAML, and for each line that was made from an option, the option. */
export interface Composed {
  readonly source: string;
  readonly options: ReadonlyMap<number, string>;
}

/** The size of an ad hoc job's files when nothing says it. fio would refuse such a job. */
export const DEFAULT_SIZE = '256MiB';

/** The widest line of a comment. */
const COMMENT_WIDTH = 110;

/** Returns the workload as YAML. Throws `FeedrateError('usage')` for a field with an empty level. */
export function composeWorkload({ comments, head, sections, job, jobPlace }: Composition): Composed {
  const lines: string[] = [];
  const options = new Map<number, string>();
  const write = (indent: string, fields: readonly GivenField[]): void => {
    for (const field of fields) {
      if (field.comment !== undefined) lines.push(...commentLines(field.comment, indent));
      lines.push(`${indent}${field.word}: ${valueText(field)}`);
      if (field.option !== undefined) options.set(lines.length, field.option);
    }
  };
  lines.push(...comments.flatMap((comment) => commentLines(comment, '')));
  write('', head);
  for (const [name, fields] of Object.entries(sections)) {
    if (fields.length === 0) continue;
    lines.push('', `${name}:`);
    write('  ', fields);
  }
  if (Object.keys(sections).length > 0) lines.push('');
  lines.push('jobs:', `  ${jobNameOf(job)}:`);
  options.set(lines.length, jobPlace);
  write('    ', job);
  return { source: `${lines.join('\n')}\n`, options };
}

/** Returns whether a job of these fields needs a `size` that it does not have, unless there is a dataset. */
export function lacksSize(job: readonly GivenField[]): boolean {
  const kind = textOf(job, KIND_ROW.word) ?? DEFAULT_KIND;
  const known = KINDS.find((each): each is Kind => each === kind);
  return known !== undefined && rowsOf(known).some(({ word }) => word === 'size') && textOf(job, 'size') === undefined;
}

/** Returns the job's name: its `rw`, or its kind. */
function jobNameOf(job: readonly GivenField[]): string {
  const kind = textOf(job, KIND_ROW.word) ?? DEFAULT_KIND;
  const name = kind === DEFAULT_KIND ? (textOf(job, 'rw') ?? 'read') : kind;
  return new RegExp(NAME_PATTERN).test(name) && !isNumber(name) ? name : DEFAULT_KIND;
}

function textOf(fields: readonly GivenField[], word: string): string | undefined {
  return fields.find((field) => field.word === word)?.text;
}

/** Returns the value as YAML: one level, or a list of them. */
function valueText({ text, word, option }: GivenField): string {
  const levels = text.split(',').map((level) => level.trim());
  if (levels.includes('')) {
    throw new FeedrateError('usage', `${option ?? word}: expected a value, or values separated by commas`);
  }
  const scalars = levels.map(scalarText);
  return scalars.length === 1 ? (scalars[0] as string) : `[${scalars.join(', ')}]`;
}

/** Returns a level as a YAML scalar with the type that `-P` gives it: a decimal number, true or false, or text. */
function scalarText(level: string): string {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._/:%-]*(?<!:)$/.test(level) && !/^[0-9]+[eExXoO]/.test(level);
  return isPlain || isNumber(level) ? level : JSON.stringify(level);
}

function isNumber(text: string): boolean {
  return /^-?[0-9]+(\.[0-9]+)?$/.test(text);
}

/** Returns the comment in lines that fit. */
function commentLines(comment: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of comment.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < COMMENT_WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}# ${word}`);
  }
  return lines;
}
