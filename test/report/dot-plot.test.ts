import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeTicks } from '../../src/report/comparison/session-plots.js';
import { dotPlot } from '../../src/report/table/dot-plot.js';

const test = suite('report/dot-plot');

test('dots stand above their place on the axis, equal ones on top of each other', () => {
  const lines = dotPlot(
    {
      rows: [{ name: 'sessions', values: [-2, 0, 0, 2] }],
      ranges: [{ name: '95 %', low: -1, estimate: 0, high: 1 }],
      band: { low: -0.5, high: 0.5 },
      ticks: () => [
        { at: -2, label: 'a' },
        { at: 0, label: 'b' },
      ],
    },
    33,
  );
  assert.equal(lines, [
    '                      ●',
    '  sessions  ●         ●         ●',
    '  95 %           ├────┼────┤',
    '            ┴───────━━┷━━━───────',
    '            a         b',
  ]);
});

test('a session that measured nothing stands at the end of the axis, an open interval has arrows', () => {
  const [dots, range] = dotPlot(
    {
      rows: [{ name: 'n', values: [-Infinity, 0, 1] }],
      ranges: [{ name: 'i', low: -Infinity, estimate: 0, high: Infinity }],
      band: { low: 0, high: 0 },
      ticks: () => [],
    },
    26,
  );
  assert.match(dots ?? '', /^ {2}n {2}● {2}● +●$/);
  assert.match(range ?? '', /^ {2}i {2}◂──┼─+▸$/);
});

const finite = fc.double({ min: -3, max: 3, noNaN: true });

test('every value has its dot and no line is wider than the terminal', () => {
  fc.assert(
    fc.property(
      fc.array(finite, { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 40, max: 160 }),
      (values, columns) => {
        const lines = dotPlot(
          { rows: [{ name: 'x', values }], ranges: [], band: { low: -0.01, high: 0.01 }, ticks: changeTicks },
          columns,
        );
        for (const line of lines) assert.ok([...line].length <= columns, line);
        const dots = [...lines.join('')].filter((character) => character === '●').length;
        const perDot = Number(/each ● is up to (\d+)/.exec(lines.at(-1) ?? '')?.[1] ?? 1);
        const drawn = perDot === 1 ? dots : dots - 1;
        assert.ok(perDot === 1 ? drawn === values.length : drawn <= values.length && drawn * perDot >= values.length);
      },
    ),
  );
});

test('ticks are round changes within the axis', () => {
  const labels = (low: number, high: number) => changeTicks(Math.log(low), Math.log(high)).map(({ label }) => label);
  assert.equal(labels(0.9, 1.03), ['−10 %', '−5 %', '0']);
  assert.equal(labels(0.996, 1.004), ['−0.4 %', '−0.2 %', '0', '+0.2 %', '+0.4 %']);
  assert.equal(labels(0.4, 1.1), ['0.500×', '0']);
  assert.equal(labels(0.9, 9), ['0', '2.00×', '4.00×', '8.00×']);
});

test.run();
