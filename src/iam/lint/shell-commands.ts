/** Commands of the AWS CLI in a shell script, with the places of their words. */
import type { SourceText, Span } from '../source-text.js';

/** A part of a text that is a shell script. */
export interface ScriptPart extends Span {
  readonly source: SourceText;
}

/** A word without its quotes. Its place includes them. */
export interface ShellWord extends Span {
  readonly text: string;
}

/** The words that follow `aws`: service, operation and the rest. */
export interface AwsCommand {
  readonly service: string;
  readonly operation: ShellWord;
  readonly rest: readonly ShellWord[];
}

/** Returns the commands in the order of the script. What a shell would insert, such as `$NAME`, stays as it is. */
export function awsCommands({ source: { text }, start, end }: ScriptPart): AwsCommand[] {
  const commands: AwsCommand[] = [];
  const begin = /(?<![\w./-])aws(?=[ \t])/g;
  begin.lastIndex = start;
  for (let match = begin.exec(text); match !== null && match.index < end; match = begin.exec(text)) {
    const words = wordsFrom(text, match.index, end);
    const [, service, operation, ...rest] = words;
    if (service !== undefined && operation !== undefined) commands.push({ service: service.text, operation, rest });
    begin.lastIndex = Math.max(begin.lastIndex, words.at(-1)?.end ?? 0);
  }
  return commands;
}

/** A space, a line that goes on, or a part of a word: quoted, escaped, or plain. The end of a command is none of them. */
const TOKEN = /[ \t]+|\\\r?\n|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\;&|()<>]+)/y;

function wordsFrom(text: string, start: number, end: number): ShellWord[] {
  const words: ShellWord[] = [];
  let word: { text: string; start: number; end: number } | null = null;
  TOKEN.lastIndex = start;
  for (let match = TOKEN.exec(text); match !== null && match.index < end; match = TOKEN.exec(text)) {
    const part = match[1] ?? match[2]?.replaceAll(/\\(["\\$`])/g, '$1') ?? match[3] ?? match[4];
    if (part === undefined) word = null;
    else if (word === null) {
      word = { text: part, start: match.index, end: TOKEN.lastIndex };
      words.push(word);
    } else {
      word.text += part;
      word.end = TOKEN.lastIndex;
    }
  }
  return words;
}

/** Returns the value of an option, `--name VALUE` or `--name=VALUE`, or null. */
export function optionValue({ rest }: AwsCommand, option: string): ShellWord | null {
  const at = rest.findIndex(({ text }) => text === option || text.startsWith(`${option}=`));
  const found = rest[at];
  if (found === undefined) return null;
  if (found.text === option) return rest[at + 1] ?? null;
  return { ...found, text: found.text.slice(option.length + 1) };
}
