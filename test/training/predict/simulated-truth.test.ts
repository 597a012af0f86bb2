/**
 * Predictions against a simulation of storage and loader that shares nothing with feedrate: `loader-simulation.py` made the
 * ramps and the truths of the fixture.
 */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Ramp } from '../../../src/training/predict/ramp.js';
import { replay } from '../../../src/training/predict/replay.js';
import { storageModel } from '../../../src/training/predict/storage-model.js';
import { FREE_CLIENT, madeRamp } from './made-ramp.js';

interface Truth {
  accelerators: number;
  workers: number;
  prefetch: number;
  batch: number;
  compute: number;
  cost: number;
  steps: number;
  steadyAu: number;
  referenceAu: number;
  samplesPerSecond: number;
}

interface Station {
  name: string;
  points: { readers: number; rounds: { samples: number; seconds: number; latencies: number[][] }[] }[];
  truths: Truth[];
}

const test = suite('training/predict/simulated-truth');

function rampOf({ points }: Station): Ramp {
  return {
    ...madeRamp({ readers: [1], rate: () => 1 }),
    points: points.map(({ readers, rounds }) => ({
      readers,
      rounds: rounds.map(({ samples, seconds, latencies }) => ({
        samples,
        durationNs: seconds * 1e9,
        bytes: samples,
        latencies: latencies.map((values) => values.map((value) => value * 1e4)),
        cpuNs: null,
        serverNs: null,
      })),
    })),
  };
}

const stations = JSON.parse(readFileSync('test/fixtures/training/feed-simulation.json', 'utf8')) as Station[];

/** Ramp and truth are each one run of the simulation, so both are off by chance as well. */
const MOST_ERROR = 0.05;
const MEAN_ERROR = 0.025;

for (const station of stations) {
  test(`the prediction for the simulated storage "${station.name}" is right`, () => {
    const storage = storageModel(rampOf(station));
    const errors = station.truths.map((truth) => {
      const { accelerators, workers, prefetch, batch, compute, steps } = truth;
      const client = { ...FREE_CLIENT, perSampleNs: truth.cost * 1e9 };
      const loader = { workers, prefetchFactor: prefetch, inOrder: true };
      const plan = { accelerators, loader, batchSize: batch, computeNs: compute * 1e9, steps, barrier: true };
      const { steadyAu } = replay(storage, client, plan, 1);
      const error = Math.abs((steadyAu ?? NaN) / truth.steadyAu - 1);
      assert.ok(error <= MOST_ERROR, `${JSON.stringify(truth)}: predicted ${steadyAu}`);
      return error;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    assert.ok(mean <= MEAN_ERROR, `mean error ${mean}`);
  });
}

test.run();
