// serial

/** Two hosts on one export, each with a network, a name and a mount of its own: what they measure together, and feed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { ratioOfNumbers } from '../bench/ratio.js';
import { runOf, trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/hosts');

/** fio's client adds the hosts up as feedrate does. Both are taken in turn. */
const MOST_DIFFERENCE = 0.05;

test('what two hosts move is what the server counts, and what fio’s client and servers reach', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['4.2'], 'inside-hosts.sh', ['hosts.yaml', 'hosts-beside-fio.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    for (const name of ['disjoint', 'shared']) {
      assert.is(file(`${name}.status`), '0 0\n', `${file(`${name}.0.stderr`)}${file(`${name}.1.stderr`)}`);
      const { group } = runOf(join(directory, name));
      assert.equal(
        group?.members.map(({ host }) => host),
        ['host0', 'host1'],
      );
      checkBytes(directory, name);
    }
    const ratio = ratioOfNumbers(
      [1, 2, 3].map((round) => together(directory, round) / ofFio(file(`fio.${round}.json`))),
    );
    assert.ok(Math.abs((ratio?.median ?? Number.NaN) - 1) < MOST_DIFFERENCE, JSON.stringify(ratio));
  }));

/** The parts of the JSON of `feedrate feed` that are looked at. */
interface FeedAnswer {
  readonly answer: string;
  readonly whole: number;
  readonly group: unknown;
  readonly ramp: readonly { readonly bytesPerSecond: number }[];
  readonly au: Readonly<Record<'predicted' | 'measured', readonly { readonly accelerators: number }[]>>;
}

test('two hosts find out together how many accelerators the export feeds', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['4.2'], 'inside-hosts-feed.sh', []);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    assert.is(file('feed.status'), '0 0\n', `${file('feed.0.stderr')}${file('feed.1.stderr')}`);
    assert.is(file('feed.1.stdout'), '', 'rank 0 prints the answer');
    const answer = JSON.parse(file('feed.0.stdout')) as FeedAnswer;
    process.stdout.write(`   ${answer.answer}\n`);
    assert.equal(answer.group, { ranks: 2, hosts: 2 });
    assert.match(answer.answer, /2 ranks on 2 hosts/);
    assert.is(answer.whole % 2, 0);
    for (const { accelerators } of [...answer.au.predicted, ...answer.au.measured]) assert.is(accelerators % 2, 0);
    // What is measured is not more than both links carry, 20 Mbit/s each.
    for (const { bytesPerSecond } of answer.ramp) assert.ok(bytesPerSecond < (2 * 20e6) / 8, `${bytesPerSecond}`);
    const { group } = runOf(join(directory, 'feed'));
    assert.equal(
      group?.members.map(({ host }) => host),
      ['host0', 'host1'],
    );
    const trials = trialsOf(join(directory, 'feed'));
    assert.ok(trials.length > 0 && trials.every(({ ranks }) => ranks?.length === 2));
  }));

/** Within 1 %: what both hosts say of each trial, to what the server counts of all of them. Files are laid out besides. */
function checkBytes(directory: string, name: string): void {
  const counted = (when: string) =>
    /^io (\d+) (\d+)$/m.exec(readFileSync(join(directory, `${name}.${when}.nfsd`), 'utf8'));
  const [before, after] = [counted('before'), counted('after')];
  const trials = trialsOf(join(directory, name));
  const read = trials.reduce((sum, { window }) => sum + window.totalReadBytes, 0);
  const ratio = (Number(after?.[1]) - Number(before?.[1])) / read;
  assert.ok(Math.abs(ratio - 1) < 0.01, `${name}: the server sent ${ratio} of the ${read} bytes that the ranks read`);
  for (const { ranks } of trials) assert.is(ranks?.length, 2);
}

function together(directory: string, round: number): number {
  const read = trialsOf(join(directory, `pair.${round}`)).find(({ job }) => job === 'read');
  return read === undefined ? Number.NaN : throughputBytesPerSecond(read);
}

/** fio writes the progress of its servers before the JSON. */
function ofFio(text: string): number {
  const { client_stats } = JSON.parse(text.slice(text.indexOf('\n{'))) as {
    client_stats: { jobname: string; read: { bw_bytes: number } }[];
  };
  return client_stats.find(({ jobname }) => jobname === 'All clients')?.read.bw_bytes ?? Number.NaN;
}

test.run();
