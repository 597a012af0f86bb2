/** What can be checked of the documents: sizes, links, paths, command lines, and lists that follow from the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Command } from 'commander';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { FIELD_TABLE } from '../../src/cli/options/field-table.js';
import { createProgram } from '../../src/cli/program.js';
import { WARNING_CODES } from '../../src/record/warning.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { repositoryRoot } from '../support/repository.js';

const README_MAX_BYTES = 8192;
const ARCHITECTURE_MAX_LINES = 180;

const FOLDERS = ['src', 'results', 'test', 'workloads'];
const documents = [
  'README.md',
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('fixtures') && !/(?:^|\/)\d{8}T\d{6}Z_/.test(path))
      .map((path) => posix.join(folder, path)),
  ),
].sort();

const textOf = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');

/** A document without its blocks of code. */
const proseOf = (path: string): string => textOf(path).replace(/^ *```[\s\S]*?^ *```$/gm, '');

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(path: string): string[] {
  return [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with the links of a document. */
function brokenLinks(path: string): string[] {
  return [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const to = file === '' ? path : posix.join(posix.dirname(path), file);
    if (!existsSync(join(repositoryRoot, to))) return [`${path}: ${link}: no such file`];
    if (anchor !== undefined && !anchorsOf(to).includes(anchor)) return [`${path}: ${link}: no such heading`];
    return [];
  });
}

/** The command lines `feedrate …` of a document's blocks of shell and Python, continued lines joined, as words. */
function commandLines(path: string): string[][] {
  const blocks = [...textOf(path).matchAll(/^ *```(?:sh|python|yaml)\n([\s\S]*?)^ *```$/gm)].map(
    ([, code = '']) => code,
  );
  return blocks.flatMap((code) =>
    code
      .replace(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap((line) => line.split(/&&|\|\||<\(/))
      .map((line) => /^\s*(?:- |!|run: )?(?:npx )?(feedrate (?!=).*)$/.exec(line)?.[1])
      .filter((line) => line !== undefined && !/^feedrate:/.test(line))
      .map((line) => wordsOf((line as string).replace(/\s#.*$/, '').replace(/\)$/, '')).slice(1)),
  );
}

/** The words of a shell line up to a pipe or redirection, without their quotes. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word);
  const end = words.findIndex((word) => /^[|>]/.test(word));
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/['"]/g, ''));
}

/** Every command does nothing but parse. */
function withoutActions(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  command.commands.forEach(withoutActions);
  return command;
}

function fault(words: readonly string[]): string | null {
  if (words[0] === 'help') return null;
  try {
    withoutActions(createProgram(FIELD_TABLE, words[0])).parse(words, { from: 'user' });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const test = suite('house/documents');

test('every promise of the Safety section names tests that exist', () => {
  const section = /^## Safety$([\s\S]*?)^## /m.exec(textOf('README.md'))?.[1] ?? '';
  const promises = section.split(/^- /m).slice(1);
  assert.ok(promises.length >= 9);
  for (const promise of promises) {
    const named = [...(/\(((?:`[a-z]+\/[a-z-]+`(?:,\s+)?)+)\)/.exec(promise)?.[1] ?? '').matchAll(/`([^`]+)`/g)];
    assert.ok(named.length > 0, `no test is named: ${promise}`);
    for (const [, name] of named) assert.ok(existsSync(join(repositoryRoot, `test/${name}.test.ts`)), name);
  }
});

test(`README.md has at most ${README_MAX_BYTES} bytes`, () => {
  const bytes = Buffer.byteLength(textOf('README.md'));
  assert.ok(bytes <= README_MAX_BYTES, `${bytes} bytes`);
});

test(`src/ARCHITECTURE.md has at most ${ARCHITECTURE_MAX_LINES} lines, and its paths exist`, () => {
  const map = textOf('src/ARCHITECTURE.md');
  assert.ok(map.trimEnd().split('\n').length <= ARCHITECTURE_MAX_LINES);
  const paths = [...map.matchAll(/`([a-z][\w-]*\/[\w./-]*)`/g)].map(([, path = '']) => path);
  assert.ok(paths.length > 40);
  assert.equal(
    paths.filter((path) => !(existsSync(join(repositoryRoot, 'src', path)) || existsSync(join(repositoryRoot, path)))),
    [],
  );
});

test('every link leads to a file and to a heading that are there', () => {
  assert.equal(documents.flatMap(brokenLinks), []);
});

test('every command line in the documents is one that feedrate takes', () => {
  const pages = documents.filter((path) => path === 'README.md' || /^(?:workloads|results|test)\//.test(path));
  const lines = pages.flatMap((path) => commandLines(path).map((words) => ({ path, words })));
  assert.ok(lines.length > 40, `${lines.length} lines`);
  assert.equal(
    lines.flatMap(({ path, words }) => {
      const message = fault(words);
      return message === null ? [] : [`${path}: feedrate ${words.join(' ')}: ${message}`];
    }),
    [],
  );
  assert.match(fault(['run', 'w.yaml', '--fromat', 'json']) ?? '', '--fromat');
});

test('the npm scripts in the documents are those of the package', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Readonly<Record<string, string>> };
  assert.equal(
    documents.flatMap((path) =>
      [...textOf(path).matchAll(/npm run (?:--silent )?([a-z][\w:-]*\w)/g)]
        .filter(([, name = '']) => scripts[name] === undefined && !name.endsWith(':'))
        .map(([line]) => `${path}: ${line}`),
    ),
    [],
  );
});

test('the README’s workload is one', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(textOf('README.md'))?.[1] ?? '';
  assert.is(parseWorkload(example, 'README.md').name, (parse(example) as { name: string }).name);
});

test('the guide lists all of its pages, and every warning', () => {
  const folder = join(repositoryRoot, 'workloads', 'guide');
  const index = textOf('workloads/guide/README.md');
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');
  assert.equal(
    pages.filter((name) => !index.includes(`](${name})`)),
    [],
  );
  const troubleshooting = textOf('workloads/guide/troubleshooting.md');
  assert.equal(
    WARNING_CODES.filter((code) => !troubleshooting.includes(`| \`${code}\` |`)),
    [],
  );
});

test.run();
