import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Attributed, gridOf, varyingNames } from '../../src/gate/grid.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('stats/grid');

const member = (attributes: Readonly<Record<string, string>>): Attributed => ({
  attributes: new Map(Object.entries(attributes)),
});
/** Both block sizes on both targets; the mount says `vers` of each target. */
const MEMBERS = [
  member({ job: 'read', bs: '4KiB', target: 'a', vers: '3' }),
  member({ job: 'read', bs: '4KiB', target: 'b', vers: '4.1' }),
  member({ job: 'read', bs: '1MiB', target: 'a', vers: '3' }),
  member({ job: 'read', bs: '1MiB', target: 'b', vers: '4.1' }),
];
/** The rows as text: what they have in common, then the values of `bs target` in each column. */
const shown = (grid: ReturnType<typeof gridOf>) =>
  grid.rows.map(({ attributes, members }) => [
    [...attributes.values()].join(' '),
    ...members.map((cell) => (cell === null ? null : `${cell.attributes.get('bs')} ${cell.attributes.get('target')}`)),
  ]);

test('columns are the values of an attribute; rows are what varies within a column', () => {
  const grid = gridOf(MEMBERS, { columns: ['target'] });
  assert.equal(grid.columns, ['a', 'b']);
  assert.equal(grid.rowNames, ['bs'], 'neither job, which does not vary, nor vers, which goes with the target');
  assert.equal(shown(grid), [
    ['4KiB', '4KiB a', '4KiB b'],
    ['1MiB', '1MiB a', '1MiB b'],
  ]);
});

test('the base comes first, the others in the order in which they are met', () => {
  const grid = gridOf(MEMBERS, { columns: ['bs'], rows: ['target'], base: '1MiB' });
  assert.equal(grid.columns, ['1MiB', '4KiB']);
  assert.equal(shown(grid)[0], ['a', '1MiB a', '4KiB a']);
});

test('several attributes make a column, and rows may be one', () => {
  const grid = gridOf(MEMBERS, { columns: ['target', 'bs'], rows: [] });
  assert.equal(grid.columns, ['a 4KiB', 'b 4KiB', 'a 1MiB', 'b 1MiB']);
  assert.equal(shown(grid), [['', '4KiB a', '4KiB b', '1MiB a', '1MiB b']]);
});

test('where nothing was measured the cell is empty, also for an attribute that only some have', () => {
  const grid = gridOf([...MEMBERS.slice(0, 3), member({ job: 'read', bs: '8KiB', target: 'b' })], {
    columns: ['target'],
    rows: ['bs'],
  });
  assert.equal(shown(grid).slice(1), [
    ['1MiB', '1MiB a', null],
    ['8KiB', null, '8KiB b'],
  ]);
  assert.equal(
    gridOf(MEMBERS.slice(0, 3).concat(member({ bs: '1MiB', target: 'b' })), { columns: ['vers'], rows: ['bs'] })
      .columns,
    ['3', '4.1', '–'],
  );
});

test('values with spaces do not run into each other', () => {
  const grid = gridOf(
    [
      member({ run: '1', x: 'a b', y: 'c' }),
      member({ run: '1', x: 'a', y: 'b c' }),
      member({ run: '2', x: 'a', y: 'b c' }),
    ],
    { columns: ['run'] },
  );
  assert.equal(
    grid.rows.map(({ members }) => members.map((cell) => cell !== null)),
    [
      [true, false],
      [true, true],
    ],
  );
});

test('what makes no grid is refused in one line that says what would', () => {
  const cases = [
    [{ columns: ['nope'] }, /^no attribute “nope”; known: job, bs, target, vers$/],
    [{ columns: ['target'], rows: ['bs', ''] }, /^no attribute “”/],
    [{ columns: ['job'] }, /^nothing to compare: job has only one value \(read\); these vary: bs, target, vers$/],
    [{ columns: ['target'], base: 'c' }, /^--base c: no such column; choose one of: a, b$/],
    [{ columns: ['target'], rows: ['target', 'bs'] }, /^target is in both --rows and --cols/],
    [
      { columns: ['target'], rows: [] },
      /^two arms in one cell \(a\): they differ in bs; add one of these to --rows, or choose with --where bs=1MiB$/,
    ],
  ] as const;
  for (const [options, message] of cases)
    assert.throws(() => gridOf(MEMBERS, options), feedrateError('usage', message));
  // What the last one advises is accepted: `bs` in the rows, or only one of its values.
  assert.is(gridOf(MEMBERS, { columns: ['target'], rows: ['bs'] }).rows.length, 2);
  const chosen = MEMBERS.filter(({ attributes }) => attributes.get('bs') === '1MiB');
  assert.is(gridOf(chosen, { columns: ['target'], rows: [] }).rows.length, 1);
  const twice = () => gridOf([MEMBERS[0], MEMBERS[1], MEMBERS[0]] as Attributed[], { columns: ['target'] });
  assert.throws(twice, feedrateError('usage', /they differ in nothing; name each run only once$/));
  assert.is(gridOf(MEMBERS.slice(0, 2), { columns: ['target'] }).rows.length, 1);
  assert.throws(
    () => gridOf(MEMBERS.slice(0, 1), { columns: ['bs'] }),
    feedrateError('usage', /; nothing else varies$/),
  );
  assert.throws(() => gridOf([], { columns: ['bs'] }), feedrateError('usage', /no attribute “bs”/));
});

test('each member of a full grid has a cell of its own, in the row and the column of its attributes', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(names, names, (columns, rows) => {
      const members = columns.flatMap((column) => rows.map((row) => member({ column, row })));
      const grid = gridOf(members, { columns: ['column'] });
      assert.equal(grid.columns, columns);
      assert.equal(
        grid.rows.map(({ attributes }) => attributes.get('row')),
        rows,
      );
      for (const { attributes, members: cells } of grid.rows) {
        for (const [index, cell] of cells.entries()) {
          assert.is(cell?.attributes.get('column'), columns[index]);
          assert.is(cell?.attributes.get('row'), attributes.get('row'));
        }
      }
    }),
  );
});

test('what varies', () => {
  assert.equal(varyingNames(MEMBERS), ['bs', 'target', 'vers']);
  assert.equal(varyingNames([...MEMBERS, member({ extra: '1' })]), ['job', 'bs', 'target', 'vers', 'extra']);
  assert.equal(varyingNames([]), []);
});

test.run();
