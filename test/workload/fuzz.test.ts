/** Random damage to good files: the parser answers with a workload or with places, never with anything else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { createPrng, type Prng } from '../../src/base/prng.js';
import { JOB_ROWS } from '../../src/workload/job-fields.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { repositoryRoot } from '../support/repository.js';
import { slowdownOf } from '../support/slowdown.js';

const fuzz = suite('workload fuzz');

const SEED = 20261123;
const MUTANTS = 4000;
const folder = join(repositoryRoot, 'workloads');
const texts = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(join(folder, file), 'utf8').replace(/^ *#.*\n/gm, ''));

const WORDS = [
  ...new Set(JOB_ROWS.map(({ word }) => word)),
  'kind',
  'jobs',
  'dataset',
  'defaults',
  'thresholds',
  'trials',
  'name',
  'seed',
  '__proto__',
  'constructor',
  'toString',
];
const VALUES = [
  '',
  '~',
  'null',
  'true',
  'no',
  '0',
  '-1',
  '1e400',
  '.nan',
  '.inf',
  '0x10',
  '4k',
  '4kb',
  '16MiB',
  '99p',
  '10s',
  '1/2',
  '4k/60:64k/40',
  '4k/',
  'zipf:1.2',
  '[4k, 64k]',
  '[]',
  '{}',
  '{a: b}',
  '[[1]]',
  '*x',
  '&x 4k',
  '!t 1',
  '"',
  "'",
  '|',
  '>',
  'cold',
  'direct',
  'randrw',
  'small-files',
  'p99(latency) < 1ms',
  '\u0000',
  '\ud800',
  '€',
  '2026-11-23',
  '<<',
];

function pick<T>(items: readonly T[], prng: Prng): T {
  return items[prng.nextBelow(items.length)] as T;
}

/** One random change, mostly of a kind that people make. */
function mutate(text: string, prng: Prng): string {
  const lines = text.split('\n');
  const at = prng.nextBelow(lines.length);
  const line = lines[at] as string;
  const colon = line.indexOf(':');
  const changes: readonly (() => string | null)[] = [
    () => (colon < 0 ? null : `${line.slice(0, colon + 1)} ${pick(VALUES, prng)}`),
    () => (colon < 0 ? null : `${/^ */.exec(line)?.[0]}${pick(WORDS, prng)}${line.slice(colon)}`),
    () => `${line}\n${/^ */.exec(line)?.[0]}${pick(WORDS, prng)}: ${pick(VALUES, prng)}`,
    () => null,
    () => `${line}\n${line}`,
    () => ` ${line}`,
    () => line.replace(/^ +/, ''),
    () => {
      const cut = prng.nextBelow(line.length + 1);
      return line.slice(0, cut) + pick(VALUES, prng) + line.slice(cut + prng.nextBelow(3));
    },
  ];
  const changed = pick(changes, prng)();
  lines.splice(at, 1, ...(changed === null ? [] : [changed]));
  return lines.join('\n');
}

fuzz(`${MUTANTS} mutants (seed ${SEED})`, () => {
  const prng = createPrng(SEED);
  let refused = 0;
  for (let i = 0; i < MUTANTS; i++) {
    let text = pick(texts, prng);
    for (let changes = 1 + prng.nextBelow(3); changes > 0; changes--) text = mutate(text, prng);
    try {
      parseWorkload(text, 'm.yaml');
    } catch (thrown) {
      refused++;
      assert.instance(thrown, FeedrateError, `${thrown instanceof Error ? thrown.stack : thrown}\n${text}`);
      const { issues, message } = thrown as FeedrateError;
      assert.ok(issues.length > 0, text);
      const lines = text.split('\n');
      for (const issue of issues) {
        const [, line, column] = /^m\.yaml:(\d+):(\d+)$/.exec(issue.where) ?? [];
        assert.ok(Number(line) >= 1 && Number(line) <= lines.length, `${issue.where} of\n${text}`);
        assert.ok(
          Number(column) >= 1 && Number(column) <= (lines[Number(line) - 1] as string).length + 1,
          `${issue.where} of\n${text}`,
        );
        assert.not(/[\n\r]/.test(issue.message + message), issue.message);
      }
    }
  }
  assert.ok(refused > MUTANTS / 2 && refused < MUTANTS, `${refused} refused`);
});

fuzz('a file that aliases make huge takes little longer than a small one', () => {
  const layersOf = (length: number) =>
    Array.from(
      { length },
      (_, i) =>
        `a${i}: &a${i} [${Array(10)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    );
  for (const key of ['thresholds', 'trials', 'jobs', 'dataset', 'description']) {
    const refuse = (length: number) => () => {
      assert.throws(
        () => parseWorkload(`${layersOf(length).join('\n')}\n${key}: *a${length - 1}\n`, 'm.yaml'),
        (thrown: unknown) => thrown instanceof FeedrateError,
      );
    };
    // A million times as many values.
    const ratio = slowdownOf(refuse(6), refuse(12));
    assert.ok(ratio < 1000, `${key}: ${ratio}`);
  }
});

fuzz('maps that merge each other many times are read once each', () => {
  const layersOf = (length: number) =>
    Array.from({ length }, (_, i) => `x-${i}: &a${i} {<<: [${i === 0 ? '' : Array(10).fill(`{<<: *a${i - 1}}`)}]}`);
  const refuse = (length: number) => () => {
    const text = `${layersOf(length).join('\n')}\njobs: {j: *a${length - 1}}\n`;
    assert.throws(
      () => parseWorkload(text, 'm.yaml'),
      (thrown: unknown) => thrown instanceof FeedrateError,
    );
  };
  assert.ok(slowdownOf(refuse(6), refuse(30)) < 1000);
  const chain = Array.from({ length: 3000 }, (_, i) => `x-${i}: &a${i} {${i === 0 ? 'bs: 4k' : `<<: *a${i - 1}`}}`);
  assert.throws(
    () => parseWorkload(`name: c\n${chain.join('\n')}\njobs: {j: *a2999}\n`, 'm.yaml'),
    (thrown: unknown) => thrown instanceof FeedrateError && /nested too deeply/.test(thrown.issues[0]?.message ?? ''),
  );
});

fuzz.run();
