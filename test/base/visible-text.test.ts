/** What a terminal obeys is shown, and what people write stays as it is. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shellWord } from '../../src/base/shell-word.js';
import { visibleText } from '../../src/base/visible-text.js';
import { print, printLines, safeLine, safeText } from '../../src/cli/output/print.js';
import { aligned, columnsOf } from '../../src/report/table/columns.js';
import { markdownTable } from '../../src/report/table/markdown.js';
import { paragraphs } from '../../src/report/table/report-line.js';
import type { ShownColumn } from '../../src/report/table/shown-column.js';
import { painter, terminalTable } from '../../src/report/table/terminal.js';
import { assertHarmless, COMMAND_FIRST, HOSTILE } from '../support/hostile.js';

const test = suite('base/visible-text');

test('every control character, separator and direction mark becomes an escape', () => {
  for (let code = 0; code < 0x10000; code++) {
    const character = String.fromCharCode(code);
    const obeyed =
      code < 0x20 ||
      (code >= 0x7f && code < 0xa0) ||
      [0x61c, 0x200e, 0x200f, 0x2028, 0x2029].includes(code) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069);
    const shown = visibleText(character);
    assert.is(shown === character, !obeyed, code.toString(16));
    if (obeyed) assert.is(JSON.parse(`"${shown}"`), character);
  }
});

test('words of people stay: accents, Arabic, emoji, backslashes, brackets', () => {
  for (const text of ['naïve café', 'مرحبا', '日本語', '👩‍💻 🗄️', 'a\\n', '[x] # [y]', 'µ − ≤ …'])
    assert.is(visibleText(text), text);
});

test('the commands of CI systems are broken, and lines that begin like one', () => {
  assert.is(visibleText('a ##[error] ##vso[x] ##teamcity[y]'), 'a ##\\u005berror] ##vso\\u005bx] ##teamcity\\u005by]');
  assert.is(safeLine('::error::x'), '\\u003a:error::x');
  assert.is(safeLine('  ::add-mask::x'), '  \\u003a:add-mask::x');
  assert.is(safeLine('a ::b:: c'), 'a ::b:: c');
});

test('JSON stays JSON with the same values', () => {
  const value = { [HOSTILE]: [HOSTILE, COMMAND_FIRST] };
  const safe = safeText(JSON.stringify(value, null, 2));
  assertHarmless(safe, 'JSON');
  assert.equal(JSON.parse(safe), value);
});

test('a shell reads a word with control characters back', () => {
  for (const text of [HOSTILE, "it's", 'a\\b\n', '\u001b[31m', '\u202e'])
    assert.is(
      execFileSync('bash', ['--norc', '-c', `printf %s ${shellWord(text)}`], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      }),
      text,
    );
});

test('only the colours of reports pass, and none that a value brings', () => {
  const red = painter(true)('a\u001b[32mb', 'bad');
  const report = paragraphs([[red, '\u001b[31mplain\nsecond']]);
  assert.is(report, '\u001b[31ma\\u001b[32mb\u001b[39m\n\\u001b[31mplain\\nsecond\n');
  assert.is(safeText(report), report);
  assert.is(safeText('\u001b[2J\u001b[31mx\u001b[39m\u001b[1m'), '\\u001b[2J\u001b[31mx\u001b[39m\\u001b[1m');
});

test('a hostile cell takes one line of a table, and its width is what is shown', () => {
  const column: ShownColumn<string> = {
    ...{ head: HOSTILE, align: 'left', dropOrder: 0 },
    text: (text) => text,
    tone: () => 'bad',
  };
  const table = paragraphs([terminalTable([HOSTILE, 'x'], [column], { color: false, columns: 1000 })]);
  assertHarmless(table, 'table');
  assert.is(new Set(table.trimEnd().split('\n').map(columnsOf)).size, 1, table);
  const lines = aligned([
    [HOSTILE, 'end'],
    ['x', 'end'],
  ]);
  assert.is(lines[0]?.indexOf('  end'), lines[1]?.lastIndexOf('  end'));
  const markdown = markdownTable([HOSTILE], [column]);
  assert.is(markdown.length, 3);
  assertHarmless(markdown.join('\n'), 'Markdown');
});

test('printing goes through the same', () => {
  const written: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  try {
    printLines([HOSTILE, COMMAND_FIRST]);
    print(`${HOSTILE.replaceAll('\u001b[31m', '')}\n`);
  } finally {
    process.stdout.write = write;
  }
  assert.is(written[0]?.split('\n').length, 3);
  for (const text of written) assertHarmless(text, 'stdout');
});

test.run();
