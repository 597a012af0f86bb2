import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatRange, formatValue } from '../../src/report/table/format.js';
import { sparkline } from '../../src/report/table/sparkline.js';

const test = suite('report/sparkline');

test('heights are from zero to the largest value', () => {
  assert.is(sparkline([1, 2, 3, 4, 5, 6, 7, 8]), '▁▂▃▄▅▆▇█');
  assert.is(sparkline([100, 99, 101]), '███');
  assert.is(sparkline([0, 1]), '▁█');
  assert.is(sparkline([0, 1, 2, 4, 8]), '▁▁▂▄█');
});

test('values that are none are blank, no values are nothing', () => {
  assert.is(sparkline([Number.NaN, 1]), ' █');
  assert.is(sparkline([0, 0, -1]), '▁▁▁');
  assert.is(sparkline([]), '');
  assert.is(sparkline([Number.NaN]), ' ');
});

test('more values than characters are averaged', () => {
  assert.is(sparkline([1, 1, 8, 8], 2), '▁█');
  assert.is(
    [
      ...sparkline(
        Array.from({ length: 100 }, (_, i) => i),
        7,
      ),
    ].length,
    7,
  );
  assert.is(sparkline([Number.NaN, Number.NaN, 4, 4], 2), ' █');
});

test('a range names a common unit once', () => {
  assert.is(formatRange(1.4 * 2 ** 30, 1.5 * 2 ** 30, 'bytes/s'), '1.4–1.5 GiB/s');
  assert.is(formatRange(900 * 2 ** 20, 1.5 * 2 ** 30, 'bytes/s'), '900 MiB/s–1.5 GiB/s');
  assert.is(formatRange(10, 2000, 'count'), '10–2k');
});

test('what was not measured is a dash, in every unit', () => {
  for (const unit of ['bytes/s', 'ops/s', 'ns', 'bytes', 'ratio', 'count', 'ns/op'] as const) {
    assert.is(formatValue(Number.NaN, unit), '–');
    assert.is(formatValue(null, unit), '–');
    assert.not.match(formatValue(0, unit), /–|NaN/);
  }
});

test.run();
