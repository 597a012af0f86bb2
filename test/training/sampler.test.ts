/** Every sample once per epoch, whatever the ranks, workers and batches are. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EvenIndex, type SampleIndex, UnevenIndex } from '../../src/training/sample-index.js';
import { createSampler, type SamplerSettings } from '../../src/training/sampler.js';

const test = suite('training/sampler');

/** Returns `file:sample` of each batch in an epoch: by rank, in the order of the tasks of each worker. */
function batchesOf(index: SampleIndex, settings: SamplerSettings, epoch: number): string[][] {
  return Array.from({ length: settings.ranks }, (_, rank) => {
    const sampler = createSampler(index, settings);
    sampler.beginEpoch(epoch);
    const batches = sampler.batchesOf(rank);
    const tasks =
      typeof batches === 'number'
        ? Array.from({ length: batches }, (__, task) => ({ task, worker: task % settings.workers }))
        : batches.flatMap((own, worker) => Array.from({ length: own }, (__, task) => ({ task, worker })));
    return tasks.map(({ task, worker }) => {
      const taken: string[] = [];
      sampler.batch({ rank, worker }, task, (file, sample) => taken.push(`${file}:${sample}`));
      return taken.join(' ');
    });
  });
}

const settingsOf = fc.record({
  access: fc.constantFrom('map' as const, 'stream' as const),
  ranks: fc.integer({ min: 1, max: 4 }),
  workers: fc.integer({ min: 1, max: 3 }),
  batchSize: fc.integer({ min: 1, max: 5 }),
  dropLast: fc.boolean(),
  shufflesFiles: fc.boolean(),
  shufflesSamples: fc.boolean(),
  seed: fc.nat(),
});
const countsOf = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 });

function indexOf(counts: readonly number[]): SampleIndex {
  let sum = 0;
  const firsts = counts.map((count) => {
    sum += count;
    return sum;
  });
  return new UnevenIndex(Float64Array.from([0, ...firsts]));
}

test('gives every sample exactly once; drop_last leaves out only what fills no batch', () => {
  void fc.assert(
    fc.property(countsOf, settingsOf, fc.nat(3), (counts, settings, epoch) => {
      const all = counts.flatMap((count, file) => Array.from({ length: count }, (_, sample) => `${file}:${sample}`));
      const batches = batchesOf(indexOf(counts), settings, epoch).flat();
      const taken = batches.flatMap((batch) => batch.split(' ').filter((each) => each !== ''));
      assert.is(new Set(taken).size, taken.length);
      assert.ok(taken.every((each) => all.includes(each)));
      if (!settings.dropLast) assert.is(taken.length, all.length);
      else assert.ok(batches.every((batch) => batch.split(' ').length === settings.batchSize));
    }),
  );
});

test('an even index is an uneven one', () => {
  const settings: SamplerSettings = {
    access: 'map',
    ranks: 3,
    workers: 2,
    batchSize: 4,
    dropLast: false,
    shufflesFiles: true,
    shufflesSamples: false,
    seed: 7,
  };
  assert.equal(batchesOf(new EvenIndex(10, 5), settings, 2), batchesOf(indexOf(Array(10).fill(5)), settings, 2));
});

const order = (changes: Partial<SamplerSettings>, epoch: number, files = 50, each = 1): string[] =>
  batchesOf(
    new EvenIndex(files, each),
    {
      access: 'map',
      ranks: 1,
      workers: 1,
      batchSize: 1,
      dropLast: false,
      shufflesFiles: true,
      shufflesSamples: true,
      seed: 1,
      ...changes,
    },
    epoch,
  ).flat();

test('shuffles anew in each epoch, the same with the same seed', () => {
  assert.equal(order({}, 0), order({}, 0));
  assert.not.equal(order({}, 0), order({}, 1));
  assert.not.equal(order({}, 0), order({ seed: 2 }, 0));
  assert.equal(
    order({ shufflesFiles: false, shufflesSamples: false }, 0),
    order({ shufflesFiles: false, shufflesSamples: false }, 5),
  );
});

test('with file_shuffle alone, the samples of a file stay together and in order', () => {
  const taken = order({ shufflesSamples: false }, 0, 10, 3).map((each) => each.split(':').map(Number));
  for (let at = 0; at < taken.length; at += 3)
    assert.equal(
      taken.slice(at, at + 3),
      [0, 1, 2].map((sample) => [taken[at]?.[0], sample]),
    );
});

test.run();
