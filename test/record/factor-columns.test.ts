/** Factors as columns for programs: every kind of field, and every label that a report prints. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOfFactor, factorValues } from '../../src/record/factor-columns.js';
import { JOB_ROWS } from '../../src/workload/job-fields.js';

const test = suite('record/factor-columns');

function tableOf(name: string, labels: readonly string[]): Record<string, unknown[]> {
  return Object.fromEntries(columnsOfFactor(name, labels).map((column) => [column.name, labels.map(column.of)]));
}

test('sizes, times, rates, counts and truth values are numbers in base units', () => {
  assert.equal(tableOf('bs', ['4KiB', '1MiB', '1500B']), { bs_bytes: [4096, 1048576, 1500] });
  assert.equal(tableOf('runtime', ['10s', '1.5s', '500ms']), { runtime_ns: [10e9, 1.5e9, 5e8] });
  assert.equal(tableOf('rate', ['none', '100MiB/s']), { rate_bytes_per_s: [null, 104857600] });
  assert.equal(tableOf('iodepth', ['1', '32']), { iodepth: [1, 32] });
  assert.equal(tableOf('norandommap', ['false', 'true']), { norandommap: [false, true] });
  assert.equal(tableOf('thinktime', ['50us']), { thinktime_ns: [50_000] });
});

test('words stay words, and so do factors that are no fields', () => {
  assert.equal(tableOf('rw', ['read', 'randread']), { rw: ['read', 'randread'] });
  assert.equal(tableOf('cache', ['none', 'cold']), { cache: ['none', 'cold'] });
  assert.equal(tableOf('target', ['4k', '1']), { target: ['4k', '1'] });
});

test('levels that are no single number have a column of their own, which leaves the numbers alone', () => {
  const mix = '4KiB/60:64KiB/40';
  assert.equal(tableOf('bs', ['4KiB', mix]), { bs_bytes: [4096, null], bs: [null, mix] });
  assert.equal(factorValues([{ name: 'bs', label: mix }]), { bs: mix });
  assert.equal(factorValues([{ name: 'bs', label: '4KiB' }]), { bs_bytes: 4096 });
});

test('every default of every field comes back from its label', () => {
  for (const { word, type, fallback } of JOB_ROWS) {
    if (fallback === 'required' || !('written' in fallback) || type.column === undefined) continue;
    const read = type.read(fallback.written);
    assert.ok(read.ok, word);
    const [column] = columnsOfFactor(word, [type.label(read.value)]);
    assert.equal(column?.of(type.label(read.value)), type.column.of(read.value), word);
  }
});

test.run();
