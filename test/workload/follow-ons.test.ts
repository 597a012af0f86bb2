/** One slip in a workload is told once: what only follows from it is not told as well. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { parseWorkload } from '../../src/workload/parse.js';

const test = suite('workload/follow-ons');

const JOBS = 100;
const FIELDS = ['rw: randread', 'bs: 4k', 'iodepth: 4', 'runtime: 1s', 'time_based: true'];
const jobs = (fields: readonly string[], indent = '  ') =>
  Array.from({ length: JOBS }, (_, i) =>
    [`${indent}job${i}:`, ...fields.map((field) => `${indent}  ${field}`)].join('\n'),
  ).join('\n');
const HEAD = 'name: w\ntrials: {rounds: 2}\n';
const DEFAULTS = 'defaults:\n  size: 1GiB\n';
const GOOD = `${HEAD}${DEFAULTS}jobs:\n${jobs(FIELDS)}\n`;

function faultsOf(text: string): string[] {
  try {
    parseWorkload(text, 'w');
  } catch (thrown) {
    assert.instance(thrown, FeedrateError);
    return (thrown as FeedrateError).issues.map(({ where, message }) => `${where}: ${message}`);
  }
  return [];
}

/** A slip, and what is told of it. */
const SLIPS: Readonly<Record<string, readonly [text: string, told: RegExp]>> = {
  'a misspelled section': [GOOD.replace('defaults:', 'default:'), /default: no such field; did you mean defaults/],
  'a misspelled field that all jobs share': [GOOD.replace('size:', 'siz:'), /siz: no such field; did you mean size/],
  'a misspelled dataset': [
    `${HEAD}datset: {nrfiles: 2, filesize: 1m}\njobs:\n${jobs(FIELDS)}\n`,
    /datset: no such field; did you mean dataset/,
  ],
  'misspelled jobs': [GOOD.replace('jobs:', 'job:'), /job: no such field; did you mean jobs/],
  'a misspelled required field': [
    `name: w\njobs:\n  a: {kind: checkpoint-write, shardsize: 1m}\n`,
    /shardsize: no such field; did you mean shard_size/,
  ],
  'a misspelled name': [GOOD.replace('name:', 'nam:'), /nam: no such field; did you mean name/],
  'a shared value that contradicts another in every job': [
    GOOD.replace('size: 1GiB', 'size: 1GiB\n  bs: 2GiB').replaceAll('    bs: 4k\n', ''),
    /"2GiB" is too large/,
  ],
  'a shared value that breaks a rule in every job': [
    GOOD.replace('size: 1GiB', 'size: 1k'),
    /do not fit .*\(this job and 99 more\)/,
  ],
  'jobs that are not indented': [`${HEAD}${DEFAULTS}jobs:\n${jobs(FIELDS, '')}\n`, /jobs: expected a map/],
  'a section that is not indented': [
    `name: w\ndefaults:\nsize: 1GiB\nrw: randread\nbs: 4k\njobs:\n${jobs(['iodepth: 4'])}\n`,
    /defaults: expected a map .*indent its fields below it/,
  ],
  'the fields of a job that are not indented': [
    `${HEAD}jobs:\n  a:\n  size: 1GiB\n${FIELDS.map((field) => `  ${field}`).join('\n')}\n`,
    /job a: expected a map .*indent its fields below it/,
  ],
  'a job without a name': [
    `${HEAD}jobs:\n  size: 1GiB\n${FIELDS.map((field) => `  ${field}`).join('\n')}\n`,
    /size: is a field; indent it below the name of its job/,
  ],
  'the fields of a job at the top': [
    `${HEAD}${FIELDS.join('\n')}\njobs:\n  a: {size: 1GiB}\n`,
    /rw: is a field of jobs; move it/,
  ],
  tabs: [GOOD.replaceAll('    ', '\t'), /tabs/],
  'an open quote': [GOOD.replace('name: w', 'name: "w'), /not valid YAML/],
  'an open brace': [GOOD.replace('rounds: 2}', 'rounds: 2'), /not valid YAML/],
  'an open bracket': [GOOD.replace('bs: 4k', 'bs: [4k'), /not valid YAML/],
  'one space too few': [GOOD.replace('    bs: 4k', '   bs: 4k'), /not valid YAML/],
  'an option for a field that does not exist': [GOOD.replace('size: 1GiB', 'sizes: 1GiB'), /sizes: no such field/],
};

for (const [name, [text, told]] of Object.entries(SLIPS)) {
  test(`${name} is told once`, () => {
    const faults = faultsOf(text);
    assert.is(faults.length, 1, faults.slice(0, 5).join('\n'));
    assert.match(faults[0] ?? '', told);
  });
}

test('two slips are two faults', () => {
  const both = GOOD.replace('rounds', 'rouns').replace('bs: 4k', 'bs: 4kb');
  assert.is(faultsOf(GOOD).length, 0);
  assert.is(faultsOf(both).length, 2);
});

test('deep nesting is one fault, whichever part of the reader it would overflow', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{a: ', '}'],
    ['- ', ''],
  ] as const) {
    for (const levels of [70, 100, 200, 400, 600, 700, 800, 900, 1000, 1500, 3000, 60_000]) {
      const nested = `${open.repeat(levels)}x${close.repeat(levels)}`;
      const faults = faultsOf(open === '- ' ? `jobs:\n  ${nested}\n` : `jobs: {a: {rw: ${nested}}}\n`);
      assert.match(
        faults.join('\n'),
        /^w:\d+:\d+: nested too deeply; expected at most 64 levels$/,
        `${open} ${levels}`,
      );
    }
  }
  assert.match(faultsOf(`jobs: {a: {rw: ${'['.repeat(50)}${']'.repeat(50)}}}\n`).join('\n'), /rw: /);
});

test('what is missing in one job is told although another has an unknown field', () => {
  const faults = faultsOf('name: w\njobs:\n  a: {rw: write, blocksize: 4k}\n  b: {rw: write}\n');
  assert.is(faults.length, 2, faults.join('\n'));
});

test.run();
