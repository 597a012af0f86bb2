/** The job kind `metadata` in a workload: what is refused, and where the message points. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../src/base/errors.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import type { MetadataJob } from '../../src/workload/workload.js';

const test = suite('workload/metadata');

const text = (fields: string): string => `name: w\njobs:\n  j: {kind: metadata, ${fields}}\n`;

function jobOf(fields: string): MetadataJob {
  const [job] = parseWorkload(text(fields), 'w.yaml').jobs;
  if (job === undefined) throw new Error('no job');
  return resolveJob(
    job,
    new Map([...job.fields].map(([property, { levels }]) => [property, levels[0]!])),
  ) as MetadataJob;
}

/** The message for the only fault of a job. */
function refusalOf(fields: string): string {
  try {
    parseWorkload(text(fields), 'w.yaml');
  } catch (thrown) {
    const { issues } = thrown as FeedrateError;
    assert.is(issues.length, 1, JSON.stringify(issues));
    return issues[0]?.message ?? '';
  }
  throw new Error(`${fields} is accepted`);
}

test('operations are done in one order, however they are written', () => {
  assert.equal(jobOf('operations: unlink:create').operations, ['create', 'unlink']);
  assert.equal(jobOf('operations: "stat : readdir"').operations, ['stat', 'readdir']);
  const levels = parseWorkload(text('operations: [unlink:create, stat]'), 'w.yaml').jobs[0]?.fields.get('operations');
  assert.equal(
    levels?.levels.map(({ label }) => label),
    ['create:unlink', 'stat'],
  );
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['operations: create:stats', /^operations: "stats" is not one of create, stat, .*did you mean stat\?/],
  ['operations: "create,stat"', /^operations: "create,stat" is not one of .*join several with colons/],
  ['operations: create:stat:create', /^operations: "create:stat:create" contains create twice/],
  ['operations: ""', /^operations: "" is not one of/],
  ['operations: {a: 1}', /^operations: /],
  ['ioengine: io_uring', /^ioengine: io_uring does not work on directory entries; .* psync, null, simulated$/],
  ['ioengine: mmap', /^ioengine: mmap does not work on directory entries/],
  ['depth: 2, branch: 100, nrfiles: 9999', /^nrfiles: 9999 items cannot fill 10000 directories/],
  ['depth: 32, branch: 100000', /^branch: makes 1e\+160 directories with depth: 32; at most 100000/],
  ['branch: 2', /^branch: 2 has no effect with depth: 0/],
  ['stride: 1', /^stride: 1 has no effect with numjobs: 1, because each worker then takes its own items/],
  ['stride: 4, numjobs: 2', /^stride: 4 has no effect with numjobs: 2/],
  ['stride: 1, numjobs: 2, operations: create', /^stride: 1 has no effect with operations: create/],
  ['bs: 4k', /^bs: 4KiB has no effect with kind: metadata and filesize: 0/],
  ['filesize: 1k, items: directories', /^filesize: 1KiB has no effect with items: directories/],
  ['fsync: true, operations: stat', /^fsync: true has no effect without create in operations/],
  ['cache: cold', /^cache: cold has no effect with kind: metadata, .*nfs:\/\/ target/],
  ['direct: true', /^direct: true has no effect with kind: metadata/],
  ['nrfiles: 0', /^nrfiles: 0 is too small; at least 1/],
  ['time_based: true', /^time_based: is not supported for kind: metadata, only for/],
];

for (const [fields, message] of REFUSED) test(`${fields} is refused`, () => assert.match(refusalOf(fields), message));

test('rates are thresholds, with or without /s', () => {
  for (const [written, bound] of [
    ['create_rate >= 1000', 1000],
    ['stat_rate > 1.5/s', 1.5],
    ['iops < 7/s', 7],
  ] as const)
    assert.is(parseWorkload(`${text('nrfiles: 5')}thresholds: ["${written}"]\n`, 'w.yaml').thresholds[0]?.bound, bound);
});

test.run();
