/** The state of models, the files of writers, and the calls that they make. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointShape, restoredShares, shardBytesOf, writtenShares } from '../../src/plan/jobs/shards.js';
import { archiveOfEach, archiveToPath, safetensorsFile } from '../../src/training/checkpoints/archive-calls.js';
import {
  dalyInterval,
  lostShare,
  stalledShare,
  youngInterval,
} from '../../src/training/checkpoints/checkpoint-interval.js';
import { type ModelState, modelState, placeOf, type TensorGroup } from '../../src/training/checkpoints/model-state.js';
import { filesOfRanks } from '../../src/training/checkpoints/writer-files.js';
import { WRITER_NAMES, WRITERS } from '../../src/workload/checkpoint-writers.js';
import { gridText, MODEL_NAMES, MODELS, parameters, ranksOf } from '../../src/workload/model-words.js';
import { restoreJobOf, writeJobOf } from '../support/checkpoint-job.js';
import { repositoryRoot } from '../support/repository.js';

const checkpoints = suite('checkpoints');
const GIB = 1024 ** 3;
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
const bytesOf = (fields: string): number =>
  sum(filesOfRanks(checkpointShape(writeJobOf(fields))).map(({ file }) => file.bytes));

/** How far from a number, as a share of it. */
const off = (value: number, from: number): number => Math.abs(value / from - 1);

for (const name of MODEL_NAMES) {
  const { published, grid, params } = MODELS[name];
  checkpoints(`${name} has the published sizes, all ranks together, in MLPerf's files`, () => {
    const { stateBytes, modelBytes } = modelState(writeJobOf(`model: ${name}`)) as ModelState;
    assert.ok(off(modelBytes, published.model * GIB) < 0.005, String(modelBytes / GIB));
    assert.ok(off(stateBytes, (published.model + published.optimizer) * GIB) < 0.005, String(stateBytes / GIB));
    const writer = ranksOf(grid) > 64 ? 'deepspeed-zero1' : 'deepspeed-zero3';
    const bytes = bytesOf(`model: ${name}, writer: ${writer}, numjobs: ${ranksOf(grid)}`);
    assert.ok(off(bytes, 14 * params) < 0.0001, String(bytes / (14 * params)));
  });
}

checkpoints('every writer writes the state once, by calls that add up to its files', () => {
  const params = 350e6;
  for (const writer of WRITER_NAMES.filter((each) => WRITERS[each].writesState)) {
    for (const ranks of ['1x1x4', '2x1x2', '2x2x1']) {
      const job = writeJobOf(`params: 350M, writer: ${writer}, ranks: ${ranks}, numjobs: 4`);
      const files = filesOfRanks(checkpointShape(job));
      const wanted = writer === 'safetensors' ? 2 * params : 14 * params;
      const got = sum(files.map(({ file }) => file.bytes));
      assert.ok(off(got, wanted) < 0.001, `${writer} ${ranks}: ${got / wanted}`);
      for (const { file } of files) {
        assert.is(sum(file.calls()), file.bytes);
        assert.ok(Math.max(...file.calls()) <= WRITERS[writer].chunkBytes);
      }
      const names = files.map(({ file }) => file.name);
      assert.is(new Set(names).size, names.length, `${writer} ${ranks}: ${names}`);
    }
  }
});

checkpoints('a scale is one of bytes: by a share, or up to the size of what the workers write', () => {
  const whole = bytesOf('model: llama3-8b, writer: deepspeed-zero3, numjobs: 4');
  const hundredth = bytesOf('model: llama3-8b, writer: deepspeed-zero3, numjobs: 4, scale: 1%');
  assert.ok(off(hundredth, whole / 100) < 0.001);
  for (const writer of WRITER_NAMES.filter((each) => WRITERS[each].writesState)) {
    const bytes = bytesOf(`model: llama3-8b, writer: ${writer}, numjobs: 2, scale: 256MiB`);
    assert.ok(off(bytes, 256 * 1024 ** 2) < 0.02, `${writer}: ${bytes}`);
  }
  const whole77 = bytesOf('params: 77M, writer: dcp, numjobs: 2');
  assert.is(bytesOf('params: 77M, writer: dcp, numjobs: 2, scale: 1TiB'), whole77);
  assert.is(shardBytesOf(writeJobOf('params: 77M, numjobs: 2, shards: 2')), (14 * 77e6) / 4);
  assert.is(shardBytesOf(writeJobOf('params: 77M, numjobs: 2, shards: 2, scale: 1MiB')), 256 * 1024);
});

checkpoints('scaled checkpoints have fewer tensors, not shorter calls', () => {
  const longest = (fields: string) =>
    Math.max(...filesOfRanks(checkpointShape(writeJobOf(fields))).flatMap(({ file }) => [...file.calls()]));
  const fields = 'model: llama3-8b, writer: torch-save';
  assert.is(longest(`${fields}, scale: 5%`), longest(fields));
  assert.is(longest(`${fields}, chunk: 1MiB`), 1024 ** 2);
});

checkpoints('direct writes are whole blocks', () => {
  const job = writeJobOf('params: 77M, writer: deepspeed-zero3, numjobs: 2, direct: true, chunk: 64MiB');
  for (const { file } of filesOfRanks(checkpointShape(job)))
    for (const bytes of file.calls()) assert.is(bytes % 4096, 0);
});

checkpoints('a restart reads its own files, and those of the model that it shares', () => {
  const read = (fields: string) => {
    const { extents, files } = restoredShares(restoreJobOf(fields));
    return { bytes: extents.map((share) => sum([...share].map(({ lengthBytes }) => lengthBytes))), files };
  };
  const zero1 = read('params: 100M, writer: deepspeed-zero1, numjobs: 4');
  for (const bytes of zero1.bytes) assert.ok(off(bytes, 200e6 + 300e6) < 0.001, String(bytes));
  const saved = read('params: 100M, writer: torch-save, numjobs: 2');
  assert.is(saved.files.length, 1);
  assert.equal(saved.bytes, [saved.files.sums.totalBytes, saved.files.sums.totalBytes]);
  const dcp = read('params: 100M, writer: dcp, numjobs: 2');
  assert.is(dcp.files.length, 3);
  const ofWrite = writtenShares(writeJobOf('params: 100M, writer: dcp, numjobs: 2'));
  assert.is(ofWrite.files.sums.totalBytes, dcp.files.sums.totalBytes);
  assert.equal(
    [...ofWrite.extents].map(({ length }) => length),
    [2, 1],
  );
});

checkpoints('tensor-parallel ranks are neighbours, then data-parallel ones', () => {
  const grid = { tensor: 2, pipeline: 2, data: 3 };
  assert.is(gridText(grid), '2x2x3');
  assert.equal(placeOf(1, grid), { tensor: 1, data: 0, pipeline: 0 });
  assert.equal(placeOf(2, grid), { tensor: 0, data: 1, pipeline: 0 });
  assert.equal(placeOf(11, grid), { tensor: 1, data: 2, pipeline: 1 });
});

checkpoints('parameters are read and written as people do', () => {
  const value = (text: string | number) => {
    const read = parameters.read(text);
    return read.ok ? read.value : read.message;
  };
  assert.equal(['7B', '350M', 1000, '1.5t'].map(value), [7e9, 350e6, 1000, 1.5e12]);
  assert.equal([7e9, 350e6, 1.3803e12, 8_030_000_001].map(parameters.label), ['7B', '350M', '1.3803T', '8.030000001B']);
  assert.match(String(value('7 billion')), /write 7B or 350M/);
  assert.match(String(value('5')), /too small/);
});

/** What strace saw of the real libraries: see `npm run bench:checkpoint-calls`. */
interface TracedCalls {
  readonly tensors: readonly number[];
  readonly calls: Readonly<Record<'torch-save' | 'each' | 'safetensors', readonly number[]>>;
}

checkpoints('calls are those of torch and safetensors, as strace saw them', () => {
  const traced = JSON.parse(
    readFileSync(join(repositoryRoot, 'test/fixtures/training/checkpoint-calls.json'), 'utf8'),
  ) as TracedCalls;
  const groups: TensorGroup[] = traced.tensors.map((bytes) => ({ count: 1, bytes }));
  assert.equal([...archiveOfEach(groups)], traced.calls.each);
  // Names differ in length, so what describes the tensors does, too.
  const close = (ours: Iterable<number>, theirs: readonly number[]) => {
    const got = [...ours];
    assert.is(got.length, theirs.length);
    for (const [place, bytes] of theirs.entries()) assert.ok(Math.abs((got[place] as number) - bytes) < 400);
  };
  close(archiveToPath(groups), traced.calls['torch-save']);
  close(safetensorsFile(groups), traced.calls.safetensors);
});

const MINUTE = 60e9;

checkpoints('the share of an hour: a stall by its interval, and waiting for a write that is too slow', () => {
  assert.is(stalledShare({ blockedNs: MINUTE, writtenNs: MINUTE }, 29 * MINUTE), 1 / 30);
  assert.is(stalledShare({ blockedNs: MINUTE, writtenNs: 10 * MINUTE }, 29 * MINUTE), 1 / 30);
  // 30 minutes of writing in the background, of which 20 fit into the training: 9 minutes more to wait.
  assert.is(stalledShare({ blockedNs: MINUTE, writtenNs: 30 * MINUTE }, 20 * MINUTE), 10 / 30);
});

checkpoints("Young's interval by its formula; Daly's is close to the least loss", () => {
  const times = { blockedNs: 5 * MINUTE, writtenNs: 5 * MINUTE };
  const mtbf = 6 * 60 * MINUTE;
  assert.is(youngInterval(times, mtbf), 60 * MINUTE);
  // Daly 2006, equation 37: √(2δM)·(1 + √(δ/2M)/3 + (δ/2M)/9) − δ
  assert.ok(off(dalyInterval(times, mtbf), 56.713 * MINUTE) < 1e-4, String(dalyInterval(times, mtbf) / MINUTE));
  const least = Math.min(...Array.from({ length: 200 }, (_, i) => lostShare(times, (i + 1) * MINUTE, mtbf)));
  assert.ok(off(lostShare(times, dalyInterval(times, mtbf), mtbf), least) < 0.001);
  assert.is(dalyInterval({ blockedNs: 3 * mtbf, writtenNs: 3 * mtbf }, mtbf), mtbf);
  // A first-order loss: the stall, and half of the interval for each failure.
  const rare = 1000 * mtbf;
  assert.ok(off(lostShare(times, 60 * MINUTE, rare), 5 / 65 + (65 / 2) * (MINUTE / rare)) < 0.001);
  assert.is(dalyInterval({ blockedNs: MINUTE, writtenNs: 300 * MINUTE }, mtbf), 299 * MINUTE);
});

checkpoints.run();
