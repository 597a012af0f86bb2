/** The state of models, the files of writers, and the calls that they make. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkpointShape,
  rankOfWorker,
  restoredShares,
  shardBytesOf,
  writtenShares,
} from '../../src/plan/jobs/shards.js';
import { savingFiles } from '../../src/plan/jobs/training.js';
import type { DataFile } from '../../src/plan/plan.js';
import { archiveOfEach, archiveToPath, safetensorsFile } from '../../src/training/checkpoints/archive-calls.js';
import {
  dalyInterval,
  lostShare,
  stalledShare,
  youngInterval,
} from '../../src/training/checkpoints/checkpoint-interval.js';
import {
  emulatedRanks,
  type ModelState,
  modelState,
  placeOf,
  type TensorGroup,
} from '../../src/training/checkpoints/model-state.js';
import { filesOfRank, filesOfRanks } from '../../src/training/checkpoints/writer-files.js';
import { WRITER_NAMES, WRITERS } from '../../src/workload/checkpoint-writers.js';
import {
  gridText,
  type MachinePart,
  MODEL_NAMES,
  MODELS,
  parameters,
  ranksOf,
} from '../../src/workload/model-words.js';
import type { CheckpointRestoreJob, CheckpointWriteJob, TrainingJob } from '../../src/workload/workload.js';
import { restoreJobOf, writeJobOf } from '../support/checkpoint-job.js';
import { trainingJob } from '../support/jobs.js';
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

/** The jobs of the machines of a group. */
const onMachines = <J extends object>(job: J, size: number): (J & { part: MachinePart })[] =>
  Array.from({ length: size }, (_, rank) => ({ ...job, part: { rank, size } }));

checkpoints('machines divide the ranks evenly, neighbours together, and no rank is left out or twice', () => {
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), (numjobs, size) => {
      const job = { model: null, ranks: { tensor: 2, pipeline: 3, data: 4 }, numjobs };
      const machines = onMachines(job, size).map(emulatedRanks);
      const total = Math.min(24, numjobs * size);
      let next = 0;
      for (const ranks of machines) {
        assert.equal([ranks.total, ranks.first], [total, next]);
        assert.ok(ranks.count <= numjobs);
        next += ranks.count;
      }
      assert.is(next, total);
      const counts = machines.map(({ count }) => count);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, String(counts));
    }),
    { seed: 1, numRuns: 200 },
  );
});

checkpoints(
  'machines write each file of a model once, those that one machine would write, with the same content',
  () => {
    // Eight ranks on machines of up to four workers: evenly, unevenly, and on fewer workers than there are ranks.
    for (const writer of WRITER_NAMES) {
      for (const [size, ranks] of [
        [2, 8],
        [3, 8],
        [5, 8],
      ] as const) {
        const fields = `params: 40M, writer: ${writer}, ranks: 2x2x2, scale: 40MB, numjobs`;
        const namesIn = (job: CheckpointWriteJob): string[] => {
          const { files, extents } = writtenShares(job);
          return extents.flatMap((share, worker) => {
            const rank = rankOfWorker(job, worker);
            const written = rank === null ? [] : filesOfRank(checkpointShape(job), rank);
            return [...share].map(({ file }, place) => {
              const { path, bytes, contentSeed } = files.at(file) as DataFile;
              return `${written[place]?.name ?? path} ${bytes} ${contentSeed}`;
            });
          });
        };
        const plain = namesIn(writeJobOf(`${fields}: ${ranks}`));
        const spread = onMachines(writeJobOf(`${fields}: 4`), size).flatMap(namesIn);
        assert.equal(spread, plain, `${writer} on ${size} machines`);
      }
    }
  },
);

checkpoints('machines restore what one machine would, each worker the files of its rank', () => {
  for (const writer of WRITER_NAMES) {
    const readIn = (job: CheckpointRestoreJob): string[][] => {
      const { files, extents } = restoredShares(job);
      return extents.map((share) => [...share].map(({ file }) => files.pathOf(file)));
    };
    const fields = `params: 40M, writer: ${writer}, scale: 40MB, numjobs`;
    const plain = readIn(restoreJobOf(`${fields}: 6`));
    assert.equal(onMachines(restoreJobOf(`${fields}: 2`), 3).flatMap(readIn), plain, writer);
    const fewer = onMachines(restoreJobOf(`${fields}: 4, ranks: 1x1x6`), 2).map(readIn);
    assert.equal(
      fewer.map((ofMachine) => ofMachine.length),
      [4, 4],
    );
    assert.equal(
      fewer.flatMap((ofMachine) => ofMachine.slice(0, 3)),
      plain,
      writer,
    );
    assert.equal(
      fewer.flatMap((ofMachine) => ofMachine.slice(3)),
      [[], []],
    );
  }
});

checkpoints('the accelerators of several machines save equal parts of model_size, or those of the model', () => {
  const job = trainingJob({ numjobs: 2, stepsBetween: 1, modelBytes: 1000, writer: 'torch-save' });
  const saved = (each: TrainingJob): string[] =>
    [0, 1].flatMap((worker) => savingFiles(each, worker).map(({ name, bytes }) => `${name} ${bytes}`));
  assert.equal(onMachines(job, 2).map(saved), [
    ['rank-0.pt 250', 'rank-1.pt 250'],
    ['rank-2.pt 250', 'rank-3.pt 250'],
  ]);
  const ofModel = { ...job, modelBytes: null, params: 1e6, writer: 'dcp', scale: { share: 1 } } as const;
  const onOne = { ...ofModel, numjobs: 4 };
  const wanted = [0, 1, 2, 3].flatMap((worker) =>
    savingFiles(onOne, worker).map(({ name, bytes }) => `${name} ${bytes}`),
  );
  assert.equal(onMachines(ofModel, 2).flatMap(saved), wanted);
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
