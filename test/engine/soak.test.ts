// ci waits

/** The short form of `npm run soak`, and what its verdicts are worth. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { uringRefusal } from '../../src/engine/uring/availability.js';
import { equalVerdict, fitLine, issuedVerdict, rssVerdict, type Sample, stallVerdict } from '../bench/soak-verdicts.js';
import { skipTest } from '../support/skip.js';

const test = suite('engine/soak');
const soakPath = fileURLToPath(new URL('../bench/soak.js', import.meta.url));
const MIB = 2 ** 20;

for (const mode of ['direct', 'cached']) {
  test(`a short soak, ${mode}, loses nothing and grows nothing`, () => {
    const refusal = uringRefusal();
    if (refusal !== null) skipTest(refusal);
    // A disk or a core that others hold may do nothing for a second; a request that is lost is never done.
    const args = ['--minutes', '0.1', '--size', '0.0625', '--patience', '60'];
    if (mode === 'cached') args.push('--cached');
    const { status, stdout, stderr } = spawnSync(process.execPath, [soakPath, ...args], { encoding: 'utf8' });
    if (stderr.includes('EINVAL')) skipTest('the temporary directory takes no O_DIRECT');
    assert.is(status, 0, stdout + stderr);
    assert.match(stdout, /^met: RSS /m);
    assert.match(stdout, /^met: operations: (\d+) counted here, \1 by the histograms$/m);
    if (mode === 'direct' && !stdout.includes('no block device'))
      assert.match(
        stdout,
        /^met: bytes: (\d+) counted here, (\1 by read_bytes of the process$|\d+ by .* page faults)/m,
      );
  });
}

/** A sample a second, of what a function of the second says. */
function samplesOf(seconds: number, at: (second: number) => Omit<Sample, 'atSeconds'>): Sample[] {
  return Array.from({ length: seconds }, (_, i) => ({ atSeconds: i + 1, ...at(i + 1) }));
}

test('the line is the one of least squares', () => {
  // y = 2 + 3 (x - 1), and residuals that are orthogonal to 1 and x.
  const { slope, start } = fitLine([
    [1, 2 + 1],
    [2, 5 - 1],
    [3, 8 - 1],
    [4, 11 + 1],
  ]);
  assert.ok(Math.abs(slope - 3) < 1e-12 && Math.abs(start - 2) < 1e-12);
});

const NOTHING = { roomBytes: 0, keptBytes: 0 };

test('memory that grows is seen, noise and a warm-up are not', () => {
  const leak = samplesOf(1800, (second) => ({ rssBytes: (100 + second / 100) * MIB, ops: second }));
  assert.is(rssVerdict(leak, NOTHING).met, false, rssVerdict(leak, NOTHING).text);
  assert.is(rssVerdict(leak, { ...NOTHING, keptBytes: 18 * MIB }).met, true, 'what is kept on purpose is no leak');
  const noisy = samplesOf(1800, (second) => ({
    rssBytes: (second < 30 ? 40 + 2 * second : 100 + (second % 7)) * MIB,
    ops: second,
  }));
  assert.is(rssVerdict(noisy, NOTHING).met, true, rssVerdict(noisy, NOTHING).text);
  assert.is(rssVerdict(leak.slice(0, 2), NOTHING).met, null);
});

test('a second without a completion, and counts that differ, are seen', () => {
  const steady = samplesOf(10, (second) => ({ rssBytes: MIB, ops: second * 100 }));
  assert.is(stallVerdict(steady).met, true);
  assert.is(stallVerdict(steady.map((sample, i) => (i === 5 ? { ...sample, ops: 500 } : sample))).met, false);
  const twice = steady.map((sample, i) => (i === 5 || i === 6 ? { ...sample, ops: 500 } : sample));
  assert.equal(
    [2, 3].map((patience) => stallVerdict(twice, patience).met),
    [false, true],
  );
  assert.is(equalVerdict('bytes', 10, 10, 'x').met, true);
  assert.is(equalVerdict('bytes', 10, 11, 'x').met, false);
  assert.is(equalVerdict('bytes', 10, null, 'x').met, null);
  assert.is(issuedVerdict(8192, 12_288, 0).met, false, 'a request that was lost');
  assert.is(issuedVerdict(8192, 12_288, 1).met, true, 'a page of the program');
  assert.is(issuedVerdict(8192, 4096, 1).met, false, 'counted twice');
});

test.run();
