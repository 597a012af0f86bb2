/** The answer of `feedrate feed` for all ranks of a group. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unevenNotes } from '../../src/gate/feed-group.js';
import { limiterWithEmulation } from '../../src/gate/feed-limiter.js';
import { mergeRanks } from '../../src/record/merge-ranks.js';
import type { TrainingRecord } from '../../src/record/training-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { rampPointOf } from '../../src/stats/feed-trials.js';
import { byteRate, sampleRate } from '../../src/training/predict/ramp.js';
import { makeArm, makeTrial } from '../support/records.js';

const test = suite('gate/feed-group');

const EPOCH = { epoch: 1, steps: 100, samples: 400, sampleBytes: 4e6, readBytes: 4e6, startNs: 0, endNs: 2e9 };
const STEP = { computeNs: 1e9, waitNs: 0, barrierNs: 0, firstStepNs: 1e7, firstComputeNs: 1e7, firstSamples: 4 };
const STALLS = { stalls: 0, longestStallNs: 0, longestStallStep: null };

/** A trial of ranks with this AU each. */
function trialOf(job: string, au: readonly number[], changes: Partial<TrialRecord> = {}): TrialRecord {
  const own = { ...makeTrial(makeArm('readers'), 1, 1e6), job, ...changes };
  const parts = au.map((each, rank): TrialRecord => {
    const steady = { steps: 80, wallNs: 1e9, computeNs: each * 1e9 };
    const training = { accelerators: 1, batchSize: 4, epochs: [{ ...EPOCH, ...STEP, ...STALLS, steady }] };
    return { ...own, rank, host: `n${rank}`, training: training as unknown as TrainingRecord };
  });
  return mergeRanks(parts);
}

test('a point of the ramp is what each rank has', () => {
  const alone = rampPointOf([trialOf('readers-1', [1])], 'readers-1', 1);
  const group = rampPointOf([trialOf('readers-1', [1, 1, 1])], 'readers-1', 1);
  assert.ok(alone !== null && group !== null);
  assert.equal([sampleRate(group), byteRate(group)], [sampleRate(alone), byteRate(alone)]);
  assert.is(sampleRate(group), 200);
});

test('a rank whose accelerators are fed much worse than the mean is named', () => {
  const note = 'the ranks are not fed alike: the AU of rank 2 (n2) is 60 %, and the mean of all ranks is 85 %';
  assert.equal(unevenNotes([trialOf('accelerators-2', [0.97, 0.98, 0.6])], 2), [note]);
  assert.equal(unevenNotes([trialOf('accelerators-2', [0.9, 0.92, 0.88])], 2), []);
  assert.equal(unevenNotes([trialOf('accelerators-2', [0.6])], 2), []);
  assert.equal(unevenNotes([trialOf('accelerators-1', [0.9, 0.5])], 2), []);
});

test('the busiest machine of a group decides whether its processors are the limit', () => {
  const { client } = makeTrial(makeArm('readers'), 1, 1e6);
  const machine = { spanNs: 1e9, cpus: 2, othersCpuNs: 0, stealNs: 0 } as NonNullable<TrialRecord['machine']>;
  const kindOf = (...cpuNs: number[]) => {
    const parts = cpuNs.map((workerCpuNs, rank) => ({
      ...trialOf('accelerators-4', [0.72], { client: { ...client, workerCpuNs }, machine }),
      rank,
    }));
    const emulated = { accelerators: 4, trials: 3, steps: 90, au: { low: 0.7, estimate: 0.72, high: 0.74 } };
    const side = { ...emulated, side: 'below' } as const;
    return limiterWithEmulation({ kind: 'storage', evidence: [] }, [side], [mergeRanks(parts)], 2);
  };
  assert.is(kindOf(1.1e9, 1.2e9)?.kind, 'storage');
  const busy = kindOf(0.2e9, 1.9e9);
  assert.is(busy?.kind, 'client-cpu');
  assert.is(busy?.evidence[0]?.what, 'AU of 8, emulated');
});

test.run();
