import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { choiceWords, chooseJobs, kindOf, type ReadingPlace, workloadText } from '../../src/plan/read-workload.js';
import { type DataShape, medianBin, SizeBins } from '../../src/plan/size-bins.js';
import { parseWorkload } from '../../src/workload/parse.js';
import type { ExistingDataset } from '../../src/workload/workload.js';

const test = suite('plan/read-workload');

const KIB = 1024;
const MIB = KIB ** 2;
const GIB = KIB ** 3;
const PLACE: ReadingPlace = {
  cpus: 8,
  memoryBytes: 64 * GIB,
  openFiles: 2 ** 20,
  targets: 1,
  runtimeNs: 60e9,
  cache: null,
};

type Group = readonly [files: number, bytes: number];

/** So many files of each size. */
function shape(...groups: readonly Group[]): DataShape {
  const bins = new SizeBins();
  for (const [files, bytes] of groups) bins.add(bytes, files);
  return bins.shape();
}

const choose = (data: DataShape, place: Partial<ReadingPlace> = {}) => chooseJobs(data, { ...PLACE, ...place });
const jobNames = (...groups: readonly Group[]) =>
  choose(shape(...groups))
    .jobs.map(({ name }) => name)
    .join(' ');
const BLOCKS = 'sequential random mapped';
const WHOLE = 'whole-files in-order';
const BOTH = 'sequential random mapped whole-files';

test('a bin holds sizes from a power of two to below the next', () => {
  const bins = new SizeBins();
  for (const bytes of [0, 1, 2, 3, 4, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) bins.add(bytes);
  assert.equal(
    bins.list().map(({ fromBytes, files }) => [fromBytes, files]),
    [
      [0, 1],
      [1, 1],
      [2, 2],
      [4, 1],
      [2 ** 31, 1],
      [2 ** 32, 1],
      [2 ** 52, 1],
    ],
  );
  for (let power = 0; power < 53; power++) {
    const one = new SizeBins();
    one.add(2 ** power);
    one.add(2 ** power * 2 - 1);
    assert.equal(
      one.list().map(({ fromBytes, files }) => [fromBytes, files]),
      [[2 ** power, 2]],
    );
  }
  assert.is(medianBin(shape([3, 10], [2, 5000]).sizes)?.fromBytes, 8);
  assert.is(medianBin([]), undefined);
});

test('jobs follow from what the files are', () => {
  for (const [groups, jobs] of [
    [[[1, 1024 * GIB]], BLOCKS],
    [[[1, 9 * MIB]], BLOCKS],
    [[[1000, 150 * MIB]], BLOCKS],
    // Descriptions and indexes beside shards do not make a directory of small files of it …
    [
      [
        [1000, 150 * MIB],
        [20, 5 * KIB],
      ],
      BLOCKS,
    ],
    // … and a few archives do not make large files of a directory of samples.
    [
      [
        [1_281_167, 110 * KIB],
        [2, 64 * MIB],
      ],
      WHOLE,
    ],
    [[[10_000_000, 4 * KIB]], WHOLE],
    [[[1, 1]], WHOLE],
    [
      [
        [1_000_000, 0],
        [1, 1],
      ],
      WHOLE,
    ],
    [
      [
        [1, 100 * GIB],
        [1_000_000, 4 * KIB],
      ],
      BOTH,
    ],
    [
      [
        [500, 100 * MIB],
        [500, 200 * KIB],
      ],
      BOTH,
    ],
    [
      [
        [10, 10 * MIB],
        [10, 6 * MIB],
      ],
      BOTH,
    ],
  ] as const) {
    assert.is(jobNames(...groups), jobs, JSON.stringify(groups));
  }
});

test('workers fit the machine and the data', () => {
  const counts = (data: DataShape, place: Partial<ReadingPlace> = {}) =>
    choose(data, place)
      .jobs.map(({ fields }) => [fields['numjobs']].flat().join(' '))
      .join(', ');
  assert.is(counts(shape([10_000, 100 * KIB])), '1 4 16, 16');
  assert.is(counts(shape([10_000, 100 * KIB]), { cpus: 1 }), '1 4, 4');
  assert.is(counts(shape([10_000, 100 * KIB]), { cpus: 64, memoryBytes: 512 * MIB }), '1 4 5, 5');
  assert.is(counts(shape([10_000, 100 * KIB]), { memoryBytes: 16 * MIB }), '1, 1');
  assert.is(counts(shape([3, 100 * KIB])), '1 3, 3');
  assert.is(counts(shape([1, 1])), '1, 1');
  assert.is(counts(shape([1, 9 * MIB])), '1, 1, 1');
  assert.is(counts(shape([1, GIB])), '1 16, 16, 16');
  assert.is(counts(shape([1, 100 * GIB], [1e6, 4 * KIB])), '16, 16, 16, 1 16');
});

test('all trials together take the time that was asked for, and none is shorter than a second', () => {
  for (const runtimeNs of [1e9, 10e9, 60e9, 600e9]) {
    for (const targets of [1, 2, 5]) {
      for (const data of [shape([1, GIB]), shape([1e6, 1e5]), shape([100, GIB], [1e6, 1e5])]) {
        const { jobs, rounds, runtimeNs: eachNs } = choose(data, { runtimeNs, targets });
        const arms = jobs.reduce((sum, { fields }) => {
          return sum + Object.values(fields).reduce((product, value) => product * [value].flat().length, 1);
        }, 0);
        const totalNs = targets * arms * rounds * eachNs;
        assert.ok(eachNs >= 1e9 && rounds >= 1 && rounds <= 3);
        assert.ok(totalNs <= runtimeNs || (eachNs === 1e9 && rounds === 1), `${totalNs}`);
        assert.ok(totalNs > 0.8 * runtimeNs || rounds * eachNs < 3e9, `${totalNs} of ${runtimeNs}`);
      }
    }
  }
});

test('data that is read in an instant is read again and again, from memory', () => {
  const stateOf = (data: DataShape, cache: ReadingPlace['cache'] = null) => {
    const chosen = choose(data, { cache });
    return `${chosen.cache}${chosen.repeats ? ', repeated' : ''}`;
  };
  assert.is(stateOf(shape([1, GIB])), 'cold');
  assert.is(stateOf(shape([200_000, 4 * KIB])), 'cold');
  assert.is(stateOf(shape([200, 20 * KIB])), 'warm, repeated');
  assert.is(stateOf(shape([200, 20 * KIB]), 'cold'), 'cold');
  assert.is(stateOf(shape([1, GIB]), 'warm'), 'warm, repeated');
  assert.is(stateOf(shape([1, GIB]), 'as-is'), 'as-is, repeated');
});

test('of very many files some are read, chosen at random', () => {
  const limitOf = (data: DataShape, place: Partial<ReadingPlace> = {}) => choose(data, place).limit;
  assert.is(limitOf(shape([100_000, 4 * KIB])), null);
  assert.is(limitOf(shape([10_000_000, 4 * KIB])), 100_000);
  assert.is(limitOf(shape([1000, GIB])), null);
  assert.is(limitOf(shape([5000, GIB])), 1000);
  assert.is(limitOf(shape([5000, GIB]), { openFiles: 1024 }), 512);
  assert.is(limitOf(shape([1, 100 * GIB], [1_000_000, 4 * KIB])), null, 'the large one must not be missed');
  assert.is(limitOf(shape([2000, GIB], [1_000_000, 4 * KIB])), 501_000, 'half of the large ones');
});

test('the workload is one that feedrate reads', () => {
  for (const data of [shape([1, GIB]), shape([200, 20 * KIB]), shape([1e6, 1e5]), shape([100, GIB], [1e6, 1e5])]) {
    for (const cache of [null, 'cold', 'warm', 'as-is'] as const) {
      const text = workloadText(choose(data, { cache }), { path: '"a: #b"', include: '["*.jpeg"]', limit: '7' }, [
        'about: [this',
      ]);
      const { name, dataset, jobs } = parseWorkload(text, 'read.yaml', []);
      assert.is(name, 'read');
      const { path, limit } = dataset as ExistingDataset;
      assert.equal({ path, limit }, { path: 'a: #b', limit: 7 });
      assert.is(jobs.length, choose(data, { cache }).jobs.length);
    }
  }
});

test('one line says what the data is', () => {
  const words = (...groups: readonly Group[]) => choiceWords(shape(...groups), { kind: kindOf(shape(...groups)) });
  assert.is(
    words([1_281_167, 110 * KIB]),
    '1,281,167 files, 134 GiB, half of them below 128 KiB: small files; reading them whole',
  );
  assert.is(
    words([1, 1024 * GIB]),
    '1 file, 1 TiB: a large file; reading blocks of it, in order, at random and mapped',
  );
  assert.is(
    words([100, GIB], [1000, 4 * KIB]),
    '1,100 files, 100 GiB, half of them below 8 KiB: small and large files; reading files whole, and blocks of the large ones',
  );
});

test.run();
