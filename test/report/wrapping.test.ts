/** What is too wide for a terminal: prose is broken at words, lines that are copied stay whole, a list is cut. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunEntry, runTable } from '../../src/report/history/run-list.js';
import { columnsOf, wrapped } from '../../src/report/table/columns.js';
import { paragraphs } from '../../src/report/table/report-line.js';

const test = suite('report/wrapping');

test('prose is broken at words, with an indent', () => {
  assert.equal(wrapped('differences below 1 % are ignored', 22), ['differences below 1 %', '  are ignored']);
  assert.equal(wrapped('differences below 1 % are ignored', 20), ['differences below', '  1 % are ignored']);
  assert.equal(wrapped('delivers 6.52 GiB/s', 15), ['delivers', '  6.52 GiB/s']);
  for (const value of ['4 KiB', '512 B', '9.4 µs', '12.5k IOPS', '11.6 M IOPS', '90 s', '2 min'])
    assert.equal(wrapped(`for ${value}`, 6), ['for', `  ${value}`]);
  assert.equal(wrapped('3 sessions in 2 minutes', 14), ['3 sessions in', '  2 minutes']);
  assert.equal(wrapped('all 3 sessions', 6), ['all 3', '  sessions']);
  assert.equal(wrapped('short enough', 12), ['short enough']);
  assert.equal(wrapped('', 12), ['']);
  assert.equal(wrapped('  the slowest: open()', 15), ['  the slowest:', '    open()']);
  assert.equal(wrapped('a_word_that_is_wider and more', 10), ['a_word_that_is_wider', '  and more']);
});

test('colours take no space', () => {
  const red = '\x1b[31mgate: regression\x1b[39m';
  assert.equal(wrapped(red, 16), [red]);
  assert.equal(wrapped(red, 15), ['\x1b[31mgate:', '  regression\x1b[39m']);
});

test('tables, code, far indented lines and commands stay whole', () => {
  for (const line of [
    '│ read │ 1 GiB/s │',
    '  pd.read_csv("results/x/summary.csv")  # one row per trial',
    '  {"Effect": "Allow", "Action": "s3:GetObject"}',
    '    sysctl -w sunrpc.tcp_slot_table_entries=128',
    'remove it with: feedrate clean -t /mnt/train',
    'run: mount -t nfs -o vers=4.1 fs1:/data /mnt/train',
  ])
    assert.equal(wrapped(line, 10), [line]);
});

test('a report is broken only where it is told to be', () => {
  const groups = [['one two three', '│ a table │'], [], ['four']];
  assert.is(paragraphs(groups), 'one two three\n│ a table │\n\nfour\n');
  assert.is(paragraphs(groups, { columns: 8 }), 'one two three\n│ a table │\n\nfour\n');
  assert.is(paragraphs(groups, { columns: 8, wraps: true }), 'one two\n  three\n│ a table │\n\nfour\n');
});

const ENTRY: RunEntry = {
  id: '20261123T191203Z_quick_a1f3',
  directory: '/r/20261123T191203Z_quick_a1f3',
  status: 'complete',
  endedBy: null,
  startedAt: '2026-11-23T19:12:03.000Z',
  workload: 'quick',
  targets: ['a', 'b'].map((name) => ({ name, path: `/mnt/a-long-path-to-the-data-of-${name}` })),
  labels: {},
  calibration: false,
  trialsPlanned: 4,
  trialsRecorded: 4,
  best: { arm: 'read', throughputBytesPerSecond: 2 ** 30 },
  problems: [],
};

test('a list has one line per run, whatever the width', () => {
  const [, whole = ''] = runTable([ENTRY], () => 'a1f3', { columns: 80 });
  assert.match(whole, /^a1f3 .* 4\/4 +1 GiB\/s read +\/mnt\/.*-a \/mnt\/.*-b$/);
  for (const line of runTable([ENTRY], () => 'a1f3', { columns: 80, wraps: true })) assert.ok(columnsOf(line) <= 80);
  assert.match(runTable([ENTRY], () => 'a1f3', { columns: 80, wraps: true })[1] ?? '', / 1 GiB\/s read +\/mnt\/.*…$/);
});

test.run();
