import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Arm } from '../../src/plan/plan.js';
import { buildPlan } from '../../src/plan/schedule.js';
import { decodeRun, encodeRun } from '../../src/record/codec.js';
import { wordsOfOldSpec } from '../../src/record/old-words.js';
import type { IoJob } from '../../src/workload/jobs/io.js';
import type { SmallFilesJob } from '../../src/workload/jobs/small-files.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import { makeRun } from '../support/records.js';

const test = suite('record/old-words');

const WORKLOAD = `
name: old
dataset: {nrfiles: 2, filesize: 1MiB}
jobs:
  plain: {rw: randread, bs: [4k, 4k/60:64k/40], iodepth: [1, 8], rate: 100MiB/s, runtime: 90s, cache: direct}
  written: {rw: write, size: 1GiB, io_size: 512MiB, thinktime: 1500ns, thinktime_blocks: 4, end_fsync: true}
  zipf: {rw: randread, random_distribution: ['random', 'zipf:1.2', 'pareto:0.9', 'hotband:80/20']}
  save: {kind: checkpoint-write, shard_size: 256MiB, checkpoints: 3, interval: 2s}
  restore: {kind: checkpoint-restore, shard_size: 100MB}
  samples: {kind: small-files, nrfiles: 10, filesize: 64k}
  model: {rw: read, ioengine: simulated, simulated_latency: 200us, simulated_bandwidth: 1GiB/s}
`;

const plan = buildPlan(parseWorkload(WORKLOAD, 'old.yaml'), [{ name: 't', path: '/t' }], resolveJob, 1);
/** Properties and words that came later. */
const LATER_FIELDS = new Set(
  [
    ['writer', 'model', 'params', 'dtype', 'optimizer', 'ranks', 'scale', 'rename', 'publish', 'mode', 'reader'],
    ['chunkBytes', 'stagingBytesPerSecond', 'everyNs', 'mtbfNs', 'fsyncDirectories'],
    ['chunk', 'staging_bandwidth', 'every', 'mtbf', 'fsync_directories'],
    ['beside'],
  ].flat(),
);
/** Without the fields that came later. */
const arms = plan.arms.map((arm): Arm => {
  const { rateIgnoreThinktime: _, bsWrite: _bs, minFilesizeBytes: _min, ...others } = arm.spec as IoJob;
  const { maxFilesizeBytes: _max, ...own } = others as object as Partial<SmallFilesJob>;
  const isLater = (name: string): boolean => LATER_FIELDS.has(name);
  const spec = Object.fromEntries(Object.entries(own).filter(([property]) => !isLater(property)));
  const { rate_ignore_thinktime: __, bs_write: ___, min_filesize: _m, max_filesize: _n, ...given } = arm.words;
  const words = Object.fromEntries(Object.entries(given).filter(([word]) => !isLater(word)));
  return { ...arm, spec: spec as unknown as Arm['spec'], words };
});

test('jobs of old records have the words that new ones have, as the field table says them', () => {
  assert.ok(arms.length > 10);
  for (const { id, spec, words } of arms) assert.equal(wordsOfOldSpec(spec), words, id);
});

test('an arm says what holds where one field decides about another', () => {
  const arm = plan.arms.find(({ job }) => job === 'plain');
  assert.equal([arm?.words['cache'], arm?.words['direct'], arm?.words['kind']], ['direct', 'true', 'io']);
});

test('a run of before there were words is read with them; unknown properties and odd values harm nothing', () => {
  const run = makeRun(arms, 1);
  const wordless = run.plan.arms.map(({ words: _, ...arm }) => arm);
  const old = JSON.stringify({ ...run, plan: { ...run.plan, arms: wordless } });
  assert.equal(decodeRun(old, 'run.json'), run);
  assert.equal(decodeRun(encodeRun(run), 'run.json'), run);
  assert.equal(wordsOfOldSpec({ constructor: 1, bs: 4096, randomDistribution: 'zipf', sizeBytes: 'x' }), {
    bs: '4096',
    random_distribution: '"zipf"',
    size: '"x"',
  });
});

test.run();
