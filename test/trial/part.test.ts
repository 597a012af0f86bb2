/** The part of a long trial that is kept while it runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { decodePartial } from '../../src/record/partial-trial.js';
import { feedrate } from '../support/command-thread.js';
import { latestRun, runFile, trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('trial/part');

const workload = (runtime: string) => `
name: parts
seed: 1
trials: {rounds: 1}
jobs:
  short: {rw: read, bs: 64KiB, size: 1MiB}
  long: {rw: randrw, bs: 4KiB, size: 1MiB, numjobs: 2, runtime: ${runtime}, time_based: true, rate_iops: 1000}
`;

interface Kept {
  readonly directory: string;
  readonly results: string;
  readonly child: ChildProcess;
  /** Lines of the program: the trial and the operations of each part that it kept. */
  readonly lines: AsyncIterable<string>;
  readonly ended: Promise<unknown>;
}

function withSession(runtime: string, use: (kept: Kept) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    mkdirSync(join(directory, 't'));
    writeFileSync(join(directory, 'w.yaml'), workload(runtime));
    const program = fileURLToPath(new URL('./keep-parts.js', import.meta.url));
    const child = spawn(process.execPath, [program, 'r', 't', 'w.yaml'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const lines = createInterface({ input: child.stdout });
    try {
      await use({ directory, results: join(directory, 'r'), child, lines, ended });
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
}

test('a trial that is killed leaves its part, which show tells of and nothing else uses', () =>
  withSession('1h', async ({ directory, results, child, lines, ended }) => {
    let parts = 0;
    for await (const line of lines) if (line.startsWith('s1r1t2 ') && ++parts === 5) child.kill('SIGKILL');
    await ended;
    const part = decodePartial(runFile(results, 'partial.json'), 'partial.json');
    assert.equal([part.partial, part.trial, part.arm, part.target], [true, 's1r1t2', 'long', 't']);
    const [reads, writes] = (['read', 'write'] as const).map((kind) =>
      totalCount(decodeHistogram(part.latency[kind] ?? [])),
    ) as [number, number];
    // Counters are published every few milliseconds, the histograms with each operation.
    assert.ok(reads >= part.readOps && writes >= part.writeOps && reads + writes <= part.readOps + part.writeOps + 200);
    assert.is(part.readBytes, 4096 * part.readOps);

    const shown = feedrate(['show', '-o', 'r'], directory);
    assert.is(shown.status, 0);
    assert.match(shown.stdout, /killed, 1 of 2 trials/);
    assert.match(
      shown.stdout,
      /! trial s1r1t2 \(long\) did not end; its first .* are kept and never compared: .* p99 /,
    );
    assert.equal(
      trialsOf(results).map(({ job }) => job),
      ['short'],
    );
    assert.not.match(runFile(results, 'summary.csv'), /long/);
    const numbers = () => feedrate(['show', '-o', 'r', '--format', 'csv'], directory).stdout;
    const withPart = numbers();

    writeFileSync(join(latestRun(results), 'partial.json'), '{"partialVersion":1,');
    const damaged = feedrate(['show', '-o', 'r'], directory);
    assert.is(damaged.status, 0);
    assert.match(damaged.stdout, '! partial.json: cut off or damaged');
    rmSync(join(latestRun(results), 'partial.json'));
    assert.is(numbers(), withPart, 'no number comes from the part');
  }));

test('a trial that ends leaves no part', () =>
  withSession('400ms', async ({ directory, results, lines, ended }) => {
    let parts = 0;
    for await (const line of lines) if (line.startsWith('s1r1t2 ')) parts++;
    await ended;
    assert.ok(parts > 0);
    assert.not.ok(existsSync(join(latestRun(results), 'partial.json')));
    assert.is(trialsOf(results).length, 2);
    assert.not.match(feedrate(['show', '-o', 'r'], directory).stdout, 'did not end');
  }));

test.run();
