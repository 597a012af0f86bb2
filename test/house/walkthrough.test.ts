/**
 * The walk-through of the guide in both languages: its shell blocks run as they stand, with an `aws` that only writes down
 * what it is asked, and with feedrate itself.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram } from '../../src/cli/program.js';
import { mainPath } from '../support/feedrate-cli.js';
import { TEST_CREDENTIALS } from '../support/moto-server.js';
import { repositoryRoot } from '../support/repository.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const PAGES = ['from-an-empty-account.md', 'from-an-empty-account.ja.md'] as const;

const pageText = (name: string): string => readFileSync(join(repositoryRoot, 'workloads', 'guide', name), 'utf8');

/** The blocks of code of a page, with their language. */
const blocksOf = (name: string): string[] =>
  [...pageText(name).matchAll(/^```(\w+\n[\s\S]*?)^```$/gm)].map(([, block = '']) => block);

/** What the AWS CLI prints for commands whose answer the next ones need. */
const ANSWERS: Readonly<Record<string, string>> = {
  'ec2 create-security-group': 'sg-0123456789abcdef0',
  'kms create-key': 'arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'kms get-key-policy':
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}',
  'fsx create-file-system': 'fs-0123456789abcdef0',
  'fsx create-storage-virtual-machine': 'svm-0123456789abcdef0',
  'fsx create-volume': 'fsvol-0123456789abcdef0',
};

/** The commands of feedrate that need neither AWS nor a target: they are run, and must pass. */
const RUN_COMMANDS = ['iam policy', 'iam lint', 'iam check', 'notebook script'];

/** Runs the shell blocks of a page. Returns the words of each `aws` and `feedrate` in it. */
function wordsIn(page: string, directory: string): string[][] {
  const answers = Object.entries(ANSWERS).map(([words, text]) => `'${words}') echo '${text}' ;;`);
  const stubs = `set -u
note() { printf '%s\\0' "$#" "$@" >> calls; }
aws() { note aws "$@"; case "$1 $2" in ${answers.join(' ')} esac; }
feedrate() {
  note feedrate "$@"
  case "$1 \${2-}" in
    ${RUN_COMMANDS.map((words) => `'${words}'`).join('|')}) "$NODE" "$MAIN" "$@" || echo "feedrate $*: status $?" >&2 ;;
  esac
}
ssh() { :; }; cd() { :; }; cp() { :; }
`;
  const code = blocksOf(page).flatMap((block) => (block.startsWith('sh\n') ? [block.slice(3)] : []));
  // `aws s3 cp` reads it.
  writeFileSync(join(directory, 'feedrate-0.1.0-linux-x64.tar.gz'), '');
  const ran = spawnSync('bash', ['-c', `${stubs}${code.join('\n')}`], {
    cwd: directory,
    input: 'An-Example-Passw0rd\n',
    encoding: 'utf8',
    env: { ...process.env, ...TEST_CREDENTIALS, NODE: process.execPath, MAIN: mainPath },
  });
  assert.is(ran.status, 0, ran.stderr);
  assert.equal(ran.stderr.match(/^.*(?:: status \d|unbound|syntax|No such file).*$/gm), null);
  const parts = readFileSync(join(directory, 'calls'), 'utf8').split('\0').slice(0, -1);
  const calls: string[][] = [];
  for (let at = 0; at < parts.length; ) {
    const count = Number(parts[at]);
    calls.push(parts.slice(at + 1, at + 1 + count));
    at += 1 + count;
  }
  return calls;
}

const test = suite('house/walkthrough');

test('both languages have the same structure and the same code', () => {
  const [english, japanese] = PAGES;
  assert.ok(blocksOf(english).length > 15);
  assert.equal(blocksOf(japanese), blocksOf(english));
  const shape = (name: string): string[] =>
    pageText(name)
      .split('\n')
      .flatMap((line) => /^(?:#+ (?:\d+\.)?|\|)/.exec(line)?.[0] ?? []);
  assert.equal(shape(japanese), shape(english));
});

test('its commands are those of feedrate and of the AWS CLI, with parameters that botocore’s models allow', () =>
  withTemporaryDirectory((directory) => {
    const calls = wordsIn(PAGES[0], directory);
    const callsOf = (program: string): string[][] =>
      calls.filter(([name]) => name === program).map(([, ...words]) => words);
    for (const words of callsOf('feedrate')) {
      const program = createProgram(FIELD_TABLE, words[0]);
      silence(program);
      assert.not.throws(() => program.parse(words, { from: 'user' }), words.join(' '));
    }
    const asked = callsOf('aws');
    assert.ok(asked.length > 35, String(asked.length));
    const wrong = faultsOf([...asked, ['fsx', 'create-volume', '--volume-type', 'ONTAPP', '--name', 'x']], directory);
    assert.match(wrong.at(-1) ?? '', /ONTAPP is none of/);
    assert.equal(
      asked.flatMap((words, index) => (wrong[index] === null ? [] : [`${words.join(' ')}: ${wrong[index]}`])),
      [],
    );
  }));

function silence(command: ReturnType<typeof createProgram>): void {
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  for (const each of command.commands) silence(each as ReturnType<typeof createProgram>);
}

/** What the AWS CLI and botocore's models say against each command, or null. */
function faultsOf(commands: readonly (readonly string[])[], cwd: string): (string | null)[] {
  const checked = spawnSync('python3', [join(repositoryRoot, 'test', 'support', 'aws-commands.py')], {
    input: JSON.stringify(commands),
    encoding: 'utf8',
    env: { ...process.env, ...TEST_CREDENTIALS, AWS_DEFAULT_REGION: 'ap-northeast-1' },
    cwd,
  });
  if (checked.error !== undefined || checked.status === 3)
    skipTest('python3 has no AWS CLI of 2026 or later (pip install awscli); Debian’s is older');
  assert.is(checked.status, 0, checked.stderr);
  return JSON.parse(checked.stdout) as (string | null)[];
}

test.run();
