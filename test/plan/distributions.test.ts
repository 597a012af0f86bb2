import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Batch } from '../../src/plan/batch.js';
import { createPattern } from '../../src/plan/patterns.js';
import type { IoJob, RandomDistribution } from '../../src/workload/workload.js';
import { chiSquareZ, countIn } from '../support/chi-square.js';
import { ioJob, KIB } from './jobs.js';
import { anyExtents, blocksOf, oneFile, passOf, placeOf } from './passes.js';

const distributions = suite('random distributions');

/** How often each block of a file of `blocks` comes in a number of passes. */
function countsOf(changes: Partial<IoJob>, blocks: number, passes: number): Float64Array {
  const pattern = createPattern(ioJob(changes), oneFile(blocks * 4 * KIB), 8, 0);
  const counts = new Float64Array(blocks);
  const batch = new Batch();
  for (let pass = 0; pass < passes; pass++) {
    let drawn = 0;
    for (; pattern.fill(batch); drawn += batch.count) {
      for (let i = 0; i < batch.count; i++) countIn(counts, (batch.offsetBytes[i] as number) / (4 * KIB));
    }
    assert.is(drawn, blocks);
  }
  return counts;
}

const skewed = (randomDistribution: RandomDistribution): Partial<IoJob> => ({ randomDistribution });

distributions('norandommap draws each block alike, whatever came before', () => {
  const counts = countsOf({ norandommap: true }, 1000, 100);
  assert.ok(Math.abs(chiSquareZ(counts)) < 4);
  const singlePass = countsOf({ norandommap: true }, 10_000, 1);
  const missed = singlePass.filter((count) => count === 0).length / 10_000;
  assert.ok(Math.abs(missed - Math.exp(-1)) < 0.02);
});

distributions('zipf scatters its hot blocks over the space and keeps them hot from pass to pass', () => {
  const counts = countsOf(skewed({ type: 'zipf', theta: 1.2 }), 1000, 200);
  const hottest = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number)).slice(0, 20);
  assert.is(new Set(hottest.map((block) => Math.floor(block / 250))).size, 4);
  const weights = Array.from({ length: 1000 }, (_, rank) => (rank + 1) ** -1.2);
  const expected = 200_000 / weights.reduce((total, weight) => total + weight, 0);
  assert.ok(Math.abs((counts[hottest[0] as number] as number) - expected) < 5 * Math.sqrt(expected));
});

distributions('pareto h gives the share h of the blocks the share 1 - h of the operations', () => {
  for (const h of [0.1, 0.2, 0.5]) {
    const counts = countsOf(skewed({ type: 'pareto', h }), 1000, 400)
      .sort()
      .reverse();
    const hot = counts.slice(0, 1000 * h).reduce((total, count) => total + count, 0);
    assert.ok(Math.abs(hot / 400_000 - (1 - h)) < 0.025, `h ${h}: ${hot}`);
  }
});

distributions('a hot band at the start of the space gets its share, evenly, and the rest the rest', () => {
  const counts = countsOf(skewed({ type: 'hotband', operationShare: 0.9, spaceShare: 0.1 }), 1000, 200);
  const hot = counts.slice(0, 100);
  const cold = counts.slice(100);
  const hotShare = hot.reduce((total, count) => total + count, 0) / 200_000;
  assert.ok(Math.abs(hotShare - 0.9) < 0.004, String(hotShare));
  assert.ok(Math.abs(chiSquareZ(hot)) < 4);
  assert.ok(Math.abs(chiSquareZ(cold)) < 4);
  for (const spaceShare of [0, 1]) {
    const all = countsOf(skewed({ type: 'hotband', operationShare: 0.5, spaceShare }), 100, 100);
    assert.ok(all.every((count) => count > 0));
  }
});

distributions('skewed patterns stay within the extents for any size', () => {
  const distributions: RandomDistribution[] = [
    { type: 'zipf', theta: 0.5 },
    { type: 'zipf', theta: 1.5 },
    { type: 'pareto', h: 0.9 },
    { type: 'pareto', h: 0.01 },
    { type: 'hotband', operationShare: 0.8, spaceShare: 0.2 },
  ];
  void fc.assert(
    fc.property(
      fc.constantFrom(...distributions),
      anyExtents,
      fc.nat(),
      (distribution, { extents, blockBytes }, seed) => {
        const job = ioJob({ ...skewed(distribution), bs: [{ blockBytes, share: 1 }] });
        const blocks = new Set(blocksOf(extents, blockBytes));
        const operations = passOf(createPattern(job, extents, seed, 0));
        assert.is(operations.length, blocks.size);
        assert.ok(operations.every((operation) => blocks.has(placeOf(operation))));
      },
    ),
    { seed: 5, numRuns: 100 },
  );
});

distributions.run();
