/** The workload of a command: its argument names one, or options describe one job, each a field of the table. */
import { type Command, Option } from 'commander';
import { FeedrateError } from '../../base/errors.js';
import { shellWord } from '../../base/shell-word.js';
import type { WorkloadText } from '../../run/request.js';
import type { GivenField } from '../../workload/compose.js';
import type { FieldOfTable, FieldTable } from './field-table.js';
import { namedWorkload } from './workload-input.js';

const HEADING = 'Ad hoc job:';
const HELP_WIDTH = 78;

/** The name of the workload, which is the only option that is no field of its job. */
const NAME: FieldOfTable = { word: 'name', meaning: 'Name of the workload.', isFlag: false };

/** An option that is a field of a job. Its value is kept apart from those of the command's own options. */
class FieldOption extends Option {
  readonly word: string;

  constructor(spelling: string, { word, meaning, isFlag }: FieldOfTable) {
    super(`--${spelling} ${isFlag ? '[true|false]' : '<value>'}`, meaning);
    this.word = word;
    this.helpGroup(HEADING);
    // The spelling with hyphens works, too, but is not offered.
    this.hideHelp(spelling !== word);
    if (isFlag) this.preset('true');
  }

  override attributeName(): string {
    return `field ${this.word}`;
  }
}

/**
 * Adds the argument that names a workload, and an option for every field of a job. Called last, so that the help lists the
 * command's own options first.
 * @param table undefined: no word of the command line needs these options
 * @param otherwise the installed workload that is used when there is no argument
 */
export function addWorkload(command: Command, table: FieldTable | undefined, otherwise?: string): Command {
  const fallback = otherwise === undefined ? '' : ` (default: ${otherwise})`;
  command.argument('[workload]', `YAML file, name from feedrate workloads, or - for standard input${fallback}`);
  return table === undefined ? command : addFields(command, table);
}

/** Adds an option for every field of a job, except for words that the command has options for: they are given by --set. */
export function addFields(command: Command, { fields: all, kinds, advice }: FieldTable): Command {
  const fields = all.filter(({ word }) => command.options.every(({ long }) => long !== `--${word}`));
  for (const field of [NAME, ...fields]) {
    // An option of the command itself comes first: --format is that of the report.
    for (const spelling of new Set([field.word, field.word.replaceAll('_', '-')]))
      if (!command.options.some(({ long }) => long === `--${spelling}`))
        command.addOption(new FieldOption(spelling, field));
  }
  const { outputError } = command.configureOutput();
  return command
    .configureOutput({ outputError: (text, write) => outputError?.(withAdvice(text, advice), write) })
    .configureHelp({
      // A line for each field would bury the command's own options. Completion offers all of them.
      optionTerm: (option) => (option instanceof FieldOption ? '' : option.flags),
      formatItemList: (heading, items) => {
        if (items.length === 0) return [];
        return [heading, ...(heading === HEADING ? helpLines(fields, kinds) : items), ''];
      },
    });
}

/** Returns the names of the fields in lines, for the help: those of each kind of job, after those of all and of several. */
function helpLines(fields: readonly FieldOfTable[], kinds: readonly string[]): string[] {
  const group = (title: string, isIn: (own: readonly string[]) => boolean): string[] => {
    const members = [NAME, ...fields].filter(({ kinds: own = kinds }) => isIn(own));
    return wrapped(
      title,
      members.map(({ word }) => `--${word}`),
    );
  };
  return [
    '  describes a job without a workload file. Commas make values to compare:',
    '  --rw randread --bs 4k,128k. The meaning of each field: feedrate guide fields',
    '',
    ...group('every kind', (own) => own.length === kinds.length),
    ...kinds.flatMap((kind) => group(kind, (own) => own.length === 1 && own[0] === kind)),
    ...group('several kinds', (own) => own.length > 1 && own.length < kinds.length),
  ];
}

/** Returns words in lines after a title; none without words. */
function wrapped(title: string, words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? `  ${title}:`} ${word}`;
    if (lines.length === 0 || longer.length > HELP_WIDTH) lines.push(lines.length === 0 ? longer : `    ${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Adds what to use instead to commander's message about an option of fio that feedrate lacks. */
function withAdvice(text: string, advice: FieldTable['advice']): string {
  const [, word = ''] = /^error: unknown option '--([A-Za-z_-]+)/.exec(text) ?? [];
  const instead = advice(word.replaceAll('-', '_'));
  return instead === null ? text : `error: --${word}: feedrate has no such field; ${instead}`;
}

/** Returns the fields that options gave, in the order of the table. */
export function givenFields(command: Command): GivenField[] {
  return command.options.flatMap((option): GivenField[] => {
    if (!(option instanceof FieldOption) || option.hidden) return [];
    const { word } = option;
    const text = command.getOptionValue(option.attributeName()) as string | undefined;
    return text === undefined ? [] : [{ word, text, option: `--${word} ${text}` }];
  });
}

/**
 * Returns the workload of a command: the one that its argument names (see `namedWorkload`), or the one that its options
 * describe. Throws as `namedWorkload` does, and `FeedrateError('usage')` when both are given.
 * @param otherwise the installed workload that is used when neither is given
 */
export async function workloadOf(
  word: string | undefined,
  command: Command,
  otherwise?: string,
): Promise<WorkloadText> {
  const fields = givenFields(command);
  if (fields.length === 0) return namedWorkload(word, command.name(), otherwise);
  if (word !== undefined) throw refusedBeside(word, fields);
  const { adHocWorkload } = await import('./ad-hoc-workload.js');
  return adHocWorkload(fields, `feedrate ${command.name()}`, namesFiles(command.opts()));
}

/** Returns whether the options that change a workload say which files a job uses, or how large they are. */
function namesFiles({
  set = [],
  param = [],
  data,
}: {
  readonly set?: readonly string[];
  readonly param?: readonly string[];
  readonly data?: string;
}): boolean {
  return data !== undefined || [...set, ...param].some((text) => /^(?:dataset\.|(?:[^=]*\.)?size=)/.test(text));
}

function refusedBeside(workload: string, fields: readonly GivenField[]): FeedrateError {
  const changes = fields.map(({ word, text }) => {
    return `${text.includes(',') ? '-P' : '--set'} ${shellWord(`${word}=${text}`)}`;
  });
  const why = `describes a job, but the workload ${workload} has its own; to change it, write ${changes.join(' ')}`;
  return new FeedrateError('usage', `${fields[0]?.option}: ${why}`);
}
