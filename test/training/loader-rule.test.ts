/** The rule by which batches are dealt out, against what PyTorch's DataLoader did (`torch-loader.py`). */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LoaderRule } from '../../src/training/loader-rule.js';
import { EvenIndex, UnevenIndex } from '../../src/training/sample-index.js';
import { createSampler } from '../../src/training/sampler.js';
import { fixturePath } from '../support/repository.js';
import { LOADER_SETTINGS, type LoaderSetting, type ObservedLoader } from './torch-loader.js';

const test = suite('training/loader-rule');
const observed = JSON.parse(
  readFileSync(fixturePath('training/torch-loader.json'), 'utf8'),
) as readonly ObservedLoader[];

/** Plays an epoch of one rank: tasks in the order in which they are dealt out, and batches as they are handed over. */
function played({ samples, streams, batch, workers, prefetch, dropLast }: LoaderSetting) {
  const index =
    streams === undefined
      ? new EvenIndex(samples, 1)
      : new UnevenIndex(
          Float64Array.from([0, ...streams.map((_, i) => streams.slice(0, i + 1).reduce((a, b) => a + b))]),
        );
  const sampler = createSampler(index, {
    access: streams === undefined ? 'map' : 'stream',
    ranks: 1,
    workers,
    batchSize: batch,
    dropLast,
    shufflesFiles: false,
    shufflesSamples: false,
    seed: 1,
  });
  sampler.beginEpoch(0);
  const rule = new LoaderRule(sampler.batchesOf(0), { workers, prefetchFactor: prefetch, inOrder: true });
  const dealt: [number, number, number][] = [];
  const batches: [number, number[]][] = [];
  const given: { task: number; worker: number; samples: number[] }[] = [];
  const give = ({ task, worker }: { task: number; worker: number }) => {
    dealt.push([batches.length, task, worker]);
    const taken: number[] = [];
    sampler.batch({ rank: 0, worker }, task, (file, sample) => taken.push(streams === undefined ? file : sample));
    given.push({ task, worker, samples: taken });
  };
  rule.prime().forEach(give);
  while (rule.expected !== null) {
    const next = given.shift();
    assert.is(next?.task, rule.expected);
    batches.push([next?.worker ?? -1, next?.samples ?? []]);
    const more = rule.handOver(next?.worker ?? -1);
    if (more !== null) give(more);
  }
  return { dealt, batches };
}

test('has observations of all settings', () => {
  assert.equal(
    observed.map(({ setting }) => setting),
    LOADER_SETTINGS,
  );
});

for (const { setting, dealt, batches } of observed) {
  const { samples, streams, workers, prefetch, dropLast } = setting;
  test(`${streams ?? samples} samples, ${workers} × ${prefetch}, drop_last ${dropLast}: as PyTorch`, () => {
    const mine = played(setting);
    assert.equal(mine.batches, batches);
    // With iterable datasets, PyTorch also deals out tasks that turn out to have no batch.
    if (streams === undefined) assert.equal(mine.dealt, dealt);
  });
}

test('without order, no worker holds more than prefetch_factor tasks', () => {
  void fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.nat()),
      (batches, workers, prefetchFactor, choices) => {
        const rule = new LoaderRule(batches, { workers, prefetchFactor, inOrder: false });
        const held = rule.prime();
        const seen = new Set(held.map(({ task }) => task));
        while (held.length > 0) {
          const counts = new Map<number, number>();
          for (const { worker } of held) counts.set(worker, (counts.get(worker) ?? 0) + 1);
          assert.ok([...counts.values()].every((count) => count <= prefetchFactor));
          const [done] = held.splice((choices.next().value as number) % held.length, 1);
          const more = rule.handOver(done?.worker ?? -1);
          if (more !== null) {
            held.push(more);
            seen.add(more.task);
          }
        }
        assert.is(seen.size, batches);
        assert.is(rule.expected, null);
      },
    ),
  );
});

test.run();
