/** Recordings of `bench:verdicts`: families of cells, measured as `run` measures them. */
import { rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Injection } from '../../src/record/run-record.js';
import { conduct } from '../../src/run/conduct.js';
import type { Observation } from '../../src/stats/effect.js';
import { type Measure, measuredOnce, measureOf } from '../../src/stats/measure.js';
import { isCounted } from '../../src/stats/summary.js';
import { parseOverride } from '../../src/workload/override-text.js';

/** Of a family: sessions are processes of their own, rounds interleave all sides of all cells in shuffled order. */
export interface Shape {
  readonly sessions: number;
  readonly rounds: number;
  readonly runtimeMs: number;
  /** How much longer the slowed sides take: 0.05. */
  readonly parts: readonly number[];
}

/** One run. Side `a` is the base, `b` is the same again, `slow5` is `b` with a delay of 5 %. */
export interface Recording {
  readonly family: number;
  readonly startedAt: string;
  /** Of the machine, over the last minute, when the recording ended. */
  readonly load: number;
  /** Cell → side → throughput of the trials, bytes a second. */
  readonly cells: Readonly<Record<string, Readonly<Record<string, readonly Observation[]>>>>;
}

/** 4 KiB and 1 MiB, from memory and from the disk. */
const WORKLOAD = `name: verdicts
dataset: {nrfiles: 1, filesize: 32MiB}
defaults: {ioengine: psync, rw: randread, bs: [4KiB, 1MiB], time_based: true}
jobs:
  cached: {cache: warm}
  disk: {cache: direct}
`;

export const BASE = 'a';
export const SAME = 'b';
export const slowSide = (part: number): string => `slow${part * 100}`;

const THROUGHPUT = measureOf('throughput') as Measure;

/** Measures one family into a run directory below `directory`, which goes again. */
export async function record(
  family: number,
  { sessions, rounds, runtimeMs, parts }: Shape,
  place: { readonly directory: string; readonly target: string },
): Promise<Recording> {
  const names = [BASE, SAME, ...parts.map(slowSide)];
  const overrides = [`trials.sessions=${sessions}`, `trials.rounds=${rounds}`, `runtime=${runtimeMs}ms`].map((text) =>
    parseOverride('--set', text),
  );
  const injected: Injection[] = parts.map((part) => ({ target: slowSide(part), part, delayNs: 0 }));
  const { run, status } = await conduct({
    workload: { source: WORKLOAD, path: 'verdicts' },
    targets: names.map((name) => ({ name, path: place.target })),
    overrides,
    seed: family,
    resultsDirectory: place.directory,
    injected,
  });
  rmSync(run.directory, { recursive: true });
  if (status !== 'complete') throw new Error(`family ${family}: the run is ${status}`);
  const cells: Record<string, Record<string, Observation[]>> = {};
  for (const trial of run.trials.filter(isCounted)) {
    const cell = trial.arm.replace(/@[^@]*$/, '');
    cells[cell] ??= {};
    cells[cell][trial.target] ??= [];
    cells[cell][trial.target]?.push({
      session: trial.session,
      round: trial.round,
      value: measuredOnce(THROUGHPUT, trial),
    });
  }
  return { family, startedAt: run.run.startedAt, load: loadavg()[0] as number, cells };
}
