/** Runs in the formats of other programs. */
import { parquetReadObjects } from 'hyparquet';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHistogram, record } from '../../../src/histogram/histogram.js';
import type { ReadableRun } from '../../../src/record/stored-run.js';
import { csvTableText } from '../../../src/report/interchange/csv-table-text.js';
import { fioJobs, fioJsonText } from '../../../src/report/interchange/fio-json.js';
import { fioBin, fioLatency, latencyRanges } from '../../../src/report/interchange/fio-latency.js';
import { parquetTable } from '../../../src/report/interchange/parquet-table.js';
import { runTable } from '../../../src/report/interchange/run-tables.js';
import { makeArm, makeRun, makeTrial } from '../../support/records.js';

const test = suite('report/interchange/exports');

function stored(id: string, label: string, factor: string): ReadableRun {
  const arm = makeArm('read', [{ name: 'bs', label: factor }]);
  const run = makeRun([arm], 2, { id, labels: { [label]: 'x' } });
  const trials = [makeTrial(arm, 1, 1e9), makeTrial(arm, 2, 2e9)];
  return { directory: `/results/${id}`, id, status: 'complete', run, trials, problems: [] };
}

const RUNS = [stored('one', 'first', '4KiB'), stored('two', 'second', '4KiB/60:64KiB/40')];

test('the bins and percentiles are those of fio', () => {
  // Of fio 3.33: 791 ns is in the bin 788, 16924869 ns in 16908288, and everything from 2^34 ns on in the last bin.
  for (const [valueNs, bin] of [
    [0, 0],
    [127, 127],
    [129, 129],
    [791, 788],
    [30_400, 30_336],
    [2 ** 40, 17_112_760_320],
  ] as const)
    assert.is(fioBin(valueNs), bin);
  const histogram = createHistogram();
  for (let valueNs = 1000; valueNs <= 100_000; valueNs += 1000) record(histogram, valueNs);
  const { percentile = {}, bins = {}, N, min, max } = fioLatency(histogram);
  assert.is(N, 100);
  assert.is(
    Object.values(bins).reduce((sum, count) => sum + count, 0),
    100,
  );
  assert.is(percentile['50.000000'], fioBin(50_000));
  assert.is(percentile['99.000000'], fioBin(99_000));
  assert.is(percentile['99.990000'], fioBin(100_000));
  assert.ok(Math.abs(min - 1000) < 8 && Math.abs(max - 100_000) < 512);
  const { latency_us, latency_ms } = latencyRanges(histogram);
  assert.is(latency_us['2'], 1);
  assert.is(
    Math.round(Object.values({ ...latency_us }).reduce((sum, share) => sum + share, 0) + (latency_ms['2'] ?? 0)),
    100,
  );
});

test('a job has the keys that fio-plot reads, and sums over time', () => {
  const [first] = RUNS;
  const file = JSON.parse(fioJsonText(fioJobs(first === undefined ? [] : [first])));
  const [job] = file.jobs;
  assert.is(file['fio version'], 'fio-3.33');
  assert.is(job.jobname, 'read/bs=4KiB');
  for (const key of ['rw', 'iodepth', 'numjobs', 'bs']) assert.type(job['job options'][key], 'string', key);
  for (const key of ['latency_ns', 'latency_us', 'latency_ms', 'usr_cpu', 'sys_cpu']) assert.ok(key in job, key);
  assert.is(job.read.bw_bytes, 1.5e9);
  assert.is(job.read.io_bytes, 3e9);
  assert.is(job.read.lat_ns.N, 8);
  assert.is(job.write.total_ios, 0);
  assert.is(job.write.lat_ns.N, 0);
});

test('several runs become one table, with the columns of all of them', () => {
  const { columns, rows } = runTable('summary', RUNS);
  assert.is(rows, 4);
  const values = (name: string) => columns.find((column) => column.name === name)?.values;
  assert.equal(values('run'), ['one', 'one', 'two', 'two']);
  assert.equal(values('label_first'), ['x', 'x', null, null]);
  assert.equal(values('label_second'), [null, null, 'x', 'x']);
  assert.equal(values('factor_bs_bytes'), [4096, 4096, null, null]);
  assert.equal(values('factor_bs'), [null, null, '4KiB/60:64KiB/40', '4KiB/60:64KiB/40']);
  assert.is(csvTableText({ columns, rows }).trimEnd().split('\n').length, 5);
});

test('Parquet has the numbers of the table, with types', async () => {
  for (const name of ['arms', 'summary', 'timeseries', 'latency'] as const) {
    const table = runTable(name, RUNS);
    const bytes = parquetTable(table, 'x');
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    assert.is(rows.length, table.rows);
    for (const { name: column, values } of table.columns) {
      values.forEach((value, index) => {
        const read: unknown = rows[index]?.[column] ?? null;
        const plain = typeof read === 'bigint' ? Number(read) : read instanceof Date ? read.toISOString() : read;
        assert.is(plain, value, `${name}.${column}`);
      });
    }
  }
});

test('a table without rows, and names of columns from another person, are no trouble', async () => {
  const arm = makeArm('read');
  const run = makeRun([arm], 1, { id: 'empty', labels: { 'a,"b"\n': '=1+1' } });
  const none: ReadableRun = { directory: '/r', id: 'empty', status: 'aborted', run, trials: [], problems: [] };
  const table = runTable('timeseries', [none]);
  assert.is(table.rows, 0);
  assert.ok(parquetTable(table, 'x').length > 0);
  assert.throws(() => fioJobs([none]), /no trial of these runs counts/);
});

test.run();
