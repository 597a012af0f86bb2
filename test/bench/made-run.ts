/** A run directory as large as wanted, of trials as large as real ones, without measuring anything. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createPrng } from '../../src/base/prng.js';
import { createHistogram, record as recordLatency } from '../../src/histogram/histogram.js';
import { encodeHistogram } from '../../src/histogram/sparse-counts.js';
import { encodeRun, encodeTrial } from '../../src/record/codec.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { SeriesPoint, TrialRecord } from '../../src/record/trial-record.js';
import { RUN_FILES } from '../../src/store/run-files.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { normals } from './power-noise.js';

export interface MadeRun {
  readonly cells: number;
  readonly sessions: number;
  readonly rounds: number;
  /** Seconds of a trial: points of its series. */
  readonly seconds: number;
  /** Operations of a trial, whose latencies are spread over a few hundred bins. */
  readonly operations: number;
}

/** Two targets of a run: `cells` arms each, the second 3 % slower in every tenth cell. */
export function madeRun({ cells, sessions, rounds }: MadeRun): RunRecord {
  const arms = Array.from({ length: cells }, (_, cell) =>
    ['a', 'b'].map((target) => {
      const factors = [
        { name: 'bs', label: `${cell + 1}KiB` },
        { name: 'target', label: target },
      ];
      const arm = makeArm('randread', factors);
      return { ...arm, id: `randread/bs=${cell + 1}KiB@${target}`, target };
    }),
  ).flat();
  const run = makeRun(arms, 1);
  const trials = Array.from({ length: sessions * rounds }, (_, index) => {
    const [session, round] = [Math.floor(index / rounds) + 1, (index % rounds) + 1];
    return arms.map((_arm, arm) => ({
      id: `s${session}r${round}t${arm + 1}`,
      session,
      round,
      place: arm + 1,
      arm,
      warmup: false,
    }));
  }).flat();
  const targets = ['a', 'b'].map((name) => ({ name, path: `/mnt/${name}` }));
  const [target] = run.environment.targets;
  if (target === undefined) throw new Error('a made run has a target');
  const environment = { ...run.environment, targets: targets.map((one) => ({ ...target, ...one })) };
  return { ...run, plan: { ...run.plan, targets, arms, sessions, rounds, trials }, environment };
}

/** The trials of the plan, in its order, one at a time: all of them do not fit into memory. */
export function* madeTrials(run: RunRecord, { seconds, operations }: MadeRun): Generator<TrialRecord> {
  const prng = createPrng(7);
  const normal = normals(prng);
  // Histograms are costly to make: each arm's trials share some.
  const histograms = Array.from({ length: 50 }, () => {
    const histogram = createHistogram();
    for (let i = 0; i < operations; i++) recordLatency(histogram, 100_000 * Math.exp(0.4 * normal()));
    return encodeHistogram(histogram);
  });
  const startMs = Date.parse(run.startedAt);
  for (const [done, { id, session, round, place, arm: index }] of run.plan.trials.entries()) {
    const arm = run.plan.arms[index] as RunRecord['plan']['arms'][number];
    const isSlow = arm.target === 'b' && (index >> 1) % 10 === 0;
    const bytesPerSecond = Math.round(1e9 * Math.exp(0.02 * normal()) * (isSlow ? 0.97 : 1));
    const series: SeriesPoint[] = Array.from({ length: seconds }, (_, second) => ({
      startNs: second * 1e9,
      durationNs: 1e9,
      readBytes: bytesPerSecond + second,
      writeBytes: 0,
      ops: operations / seconds,
      p50Ns: 100_352,
      p99Ns: 251_904,
    }));
    const latency = { read: histograms[prng.nextBelow(histograms.length)] ?? [] };
    // One after the other: charts over time need it.
    const startedAt = new Date(startMs + 1000 * (seconds + 1) * done).toISOString();
    yield makeTrial(arm, round, bytesPerSecond, { id, session, place, startedAt, latency, series });
  }
}

/** Writes what `feedrate compare` reads of a run: `run.json` and `trials.jsonl`. Returns the bytes of the latter. */
export function writeMadeRun(directory: string, made: MadeRun): number {
  const run = madeRun(made);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, RUN_FILES.run), encodeRun(run));
  const file = openSync(join(directory, RUN_FILES.trials), 'w');
  let bytes = 0;
  let lines: string[] = [];
  const flush = () => {
    bytes += writeSync(file, lines.join(''));
    lines = [];
  };
  for (const trial of madeTrials(run, made)) {
    if (lines.push(`${encodeTrial(trial)}\n`) === 500) flush();
  }
  flush();
  closeSync(file);
  return bytes;
}
