/**
 * What messages advise exists: every command parses, every option belongs to a command, and every field is in the field
 * table. Whether an advice helps is the business of `cli/remedies`.
 */
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram, SUBCOMMANDS } from '../../src/cli/program.js';
import { DATASET_ROWS, EXISTING_ROWS, HEAD_ROWS, TRACED_ROWS, TRIALS_ROWS } from '../../src/workload/file-fields.js';
import { JOB_WORDS, KINDS, rowsOf } from '../../src/workload/job-fields.js';
import { unknownFieldOf } from '../../src/workload/unknown-field.js';
import { textsOf } from '../support/message-texts.js';
import { sourceFilesBelow, withStrings } from '../support/source.js';

const test = suite('house/remedies');

const texts = sourceFilesBelow('src').flatMap(({ path, text: source }) =>
  textsOf(withStrings(source)).map((text) => ({ path, text })),
);

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

const OPTIONS = new Set(
  commandsOf(createProgram(FIELD_TABLE)).flatMap(({ options }) => options.flatMap(({ short, long }) => [short, long])),
);
/** Options of other programs, with the program. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['--pids-limit', 'docker run'],
  ['--mpi', 'srun'],
  ['--output-format', 'fio'],
  ['--csvfile', 'elbencho'],
  ['--min-semi-space-size', 'V8'],
  ['--expose-gc', 'V8'],
  ['--timeout', 'udevadm settle'],
  ['--on-start', 'aws sagemaker'],
  ['--only-show-errors', 'aws s3 cp'],
  ['--key-id', 'aws kms describe-key'],
  ['--volume-type', 'aws fsx create-volume'],
  ['--volume-id', 'aws fsx create-backup'],
  ['--ontap-configuration', 'aws fsx create-volume'],
  ['--active-directory-configuration', 'aws fsx create-storage-virtual-machine'],
  ['--status', 'sha256sum'],
  ['--strip-components', 'tar'],
  ['--no-same-owner', 'tar'],
  ['--now', 'systemctl'],
  ['--seccomp-bpf', 'strace'],
  ['--absolute-timestamps', 'strace'],
  ['--syscall-times', 'strace'],
  ['--help', 'commander adds it'],
]);

const FIELDS: ReadonlySet<string> = new Set([
  ...JOB_WORDS,
  ...Object.keys(HEAD_ROWS),
  ...Object.keys(TRIALS_ROWS).map((word) => `trials.${word}`),
  ...Object.keys({ ...DATASET_ROWS, ...EXISTING_ROWS, ...TRACED_ROWS }).map((word) => `dataset.${word}`),
]);

/** A text that stands for what a message inserts: `${name}`. */
const INSERTED = 'INSERTED';

/** Why a command that a message names is refused, or null. What the message inserts is a word of its own. */
function refusal(text: string): string | null {
  const words = [...text.matchAll(/'[^']*'|\S+/g)].map(([word]) => word.replaceAll("'", ''));
  const program = createProgram(FIELD_TABLE, words[0]).configureOutput({
    writeErr: () => {},
    writeOut: () => {},
    outputError: () => {},
  });
  for (const command of commandsOf(program)) {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {}, outputError: () => {} });
    if (command.commands.length === 0) command.action(() => {});
  }
  try {
    program.parse(words, { from: 'user' });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const NAMES = new Set(SUBCOMMANDS.map(({ name }) => name));

/** The commands `feedrate …` that a text names, up to the end of the clause or of the line, without the explanation. */
function namedCommands(text: string): string[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  return [...joined.matchAll(/(?<![\w-])feedrate ([a-z-]+)(?!:)\b([^\n;)|>]*)/g)].flatMap(([, name = '', rest = '']) =>
    NAMES.has(name) ? [`${name}${rest.split(END_OF_COMMAND)[0] as string}`.trim()] : [],
  );
}

/** An explanation beside the command, another command, or the sentence around it. */
const END_OF_COMMAND = / {2,}| && |, | to (?:see|measure) | (?:wrote|shows) |\.(?:\s|$)/;

test('the texts of messages are found', () => {
  assert.ok(texts.length > 1500, `${texts.length}`);
  assert.equal(textsOf(withStrings("const a = 'x'; // 'no'\nconst b = `run $" + "{word('y')} now`;")), [
    'x',
    `run ${INSERTED} now`,
    'y',
  ]);
  assert.equal(namedCommands('see feedrate list; run feedrate gate --adaptive to see more'), [
    'list',
    'gate --adaptive',
  ]);
  assert.match(refusal('completion') ?? '', 'missing required argument');
  assert.match(refusal('gate --no-such') ?? '', '--no-such');
});

test('every command that a text names is one that feedrate takes', () => {
  // A bare name is a reference to the command, such as `measure it with feedrate run`.
  const named = texts.flatMap(({ path, text }) => namedCommands(text).map((command) => ({ path, command })));
  assert.ok(named.length > 40, `${named.length}`);
  assert.equal(
    named.flatMap(({ path, command }) => {
      const message = command.includes(' ') ? refusal(command) : null;
      return message === null ? [] : [`${path}: feedrate ${command}: ${message}`];
    }),
    [],
  );
});

test('every option that a text names exists', () => {
  const named = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => ({ path, option })),
  );
  assert.ok(named.length > 100);
  const isKnown = (option: string) => OPTIONS.has(option) || OTHERS.has(option);
  assert.equal(
    named.filter(({ option }) => !isKnown(option)).map(({ path, option }) => `${path}: ${option}`),
    [],
  );
});

test('every field that a text sets exists', () => {
  const set = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:--set|-P) ([\w.]+)=/g)].map(([, field = '']) => ({ path, field })),
  );
  assert.ok(set.length >= 8, `${set.length}`);
  const known = (field: string) => FIELDS.has(field) || field.includes(INSERTED);
  assert.equal(
    set.filter(({ field }) => !known(field)).map(({ path, field }) => `${path}: ${field}`),
    [],
  );
});

/** Words with an underscore that are no fields of a workload. The last are functions of start scripts. */
const NO_FIELDS =
  /^(?:max_session_slots|read_ahead_kb|tcp_max_slot_table_entries|local_lock|[a-z_]*_NO_[A-Z]*|io_uring(?:_\w+)?|(?:find|make|have)_mount|have_nfs|is_source|write_test)$/;

test('every word with an underscore in an advice is a field, or known to be none', () => {
  const advice = /\b(?:use|set|increase|reduce|raise|lower|add|remove|write|choose)\b[^;]*/gi;
  const named = texts.flatMap(({ path, text }) =>
    [...text.matchAll(advice)].flatMap(([clause]) =>
      [...clause.matchAll(/(?<![\w./$-])[a-z]+(?:_[a-z]+)+(?![\w/])/g)].map(([word]) => ({ path, word })),
    ),
  );
  assert.ok(named.length > 8, `${named.length}`);
  assert.equal(
    named
      .filter(({ word }) => !JOB_WORDS.has(word) && !NO_FIELDS.test(word))
      .map(({ path, word }) => `${path}: ${word}`),
    [],
  );
});

test('an option of fio is translated into fields that the kind of job has', () => {
  const options = ['bssplit', 'rwmixwrite', 'io_limit', 'buffered', 'invalidate', 'loops', 'filesize', 'readwrite'];
  for (const kind of KINDS) {
    const fields = new Set(rowsOf(kind).map(({ word }) => word));
    for (const option of options.filter((word) => !fields.has(word))) {
      const advice = unknownFieldOf(option, kind).split('; ')[1] ?? '';
      const missing = [...advice.matchAll(/[a-z_]+/g)].filter(([word]) => JOB_WORDS.has(word) && !fields.has(word));
      assert.equal(missing.map(String), [], `${kind} ${option}: ${advice}`);
    }
  }
});

test.run();
