/**
 * How often is something called that is not there? Verdicts, rankings and stalls on made-up sessions without any
 * difference, judged by the code that users run.
 *
 *   node dist/test/bench/alarms.js [--families 4000] [--seed 1]
 *
 * The same seed gives the same numbers on every machine. Exits 1 when a rate is shown to be above its bound. There are
 * some sixty questions, so that is shown by a Clopper–Pearson interval of 99.9 %. The table has those of 95 %.
 */
import { parseArgs } from 'node:util';
import { createPrng, type Prng } from '../../src/base/prng.js';
import { rankingsOf } from '../../src/gate/ranking.js';
import { judge } from '../../src/gate/verdict.js';
import type { EffectSample } from '../../src/stats/effect.js';
import { medianOf } from '../../src/stats/extended.js';
import { type Measure, measureOf } from '../../src/stats/measure.js';
import { signedRankP } from '../../src/stats/signed-rank.js';
import { stallsOf } from '../../src/stats/stalls.js';
import { clopperPearson } from '../support/clopper-pearson.js';
import { normalDraw } from '../support/normal-draws.js';

type Noise = (prng: Prng) => number;

/** Symmetric noises of about unit size. */
const NOISES: Readonly<Record<string, Noise>> = {
  normal: normalDraw,
  'Cauchy tails': (prng) => normalDraw(prng) / Math.abs(normalDraw(prng)),
  '5 % outliers': (prng) => normalDraw(prng) * (prng.nextFloat() < 0.05 ? 15 : 1),
  'ties in steps of one sd': (prng) => Math.round(normalDraw(prng)),
};
const SESSIONS = [8, 12, 18, 40] as const;
const SD = 0.03;

interface Question {
  readonly name: string;
  readonly bound: number;
  /** Whether one family without a difference raises a false alarm. */
  readonly alarms: (prng: Prng) => boolean;
}

const drawn = (n: number, noise: Noise, prng: Prng, shift = 0): EffectSample => {
  const differences = Array.from({ length: n }, () => shift + SD * noise(prng));
  return { design: 'paired', differences, pairs: n };
};

function testQuestions(): Question[] {
  const bound = Math.log(0.99);
  return Object.entries(NOISES).flatMap(([word, noise]) =>
    SESSIONS.flatMap((n) =>
      [0.05, 0.01].map((alpha) => ({
        name: `one cell at the bound of 1 %, one-sided ${100 * alpha} %, ${n} sessions, ${word}`,
        bound: alpha,
        alarms: (prng: Prng) => {
          const sample = drawn(n, noise, prng, bound);
          return sample.design === 'paired' && signedRankP(sample.differences, bound, 'less') <= alpha;
        },
      })),
    ),
  );
}

function familyQuestions(): Question[] {
  return [1, 5].flatMap((cells) =>
    [0.05, 0.01].flatMap((alpha) =>
      (['both', 'regressions'] as const).map((directions) => ({
        name: `${cells} equal cells, alpha ${100 * alpha} %, 18 sessions, min-effect 0: ${directions === 'both' ? 'any verdict of a difference' : 'any regression of a gate'}`,
        bound: alpha,
        alarms: (prng: Prng) => {
          const family = Array.from({ length: cells }, () => {
            return { sample: drawn(18, normalDraw, prng), better: 'higher', comparable: true } as const;
          });
          const judged = judge(family, { alpha, minEffect: 0, confidence: 0.95, directions });
          return judged.some(({ verdict }) =>
            directions === 'both' ? verdict === 'regression' || verdict === 'improvement' : verdict === 'regression',
          );
        },
      })),
    ),
  );
}

function rankingQuestions(): Question[] {
  const measure = measureOf('throughput') as Measure;
  return [1, 4].flatMap((rows) =>
    [0.05, 0.01].map((alpha) => ({
      name: `three equal columns in ${rows} row${rows === 1 ? '' : 's'}, alpha ${100 * alpha} %, 18 sessions: any column separated`,
      bound: alpha,
      alarms: (prng: Prng) => {
        const rankables = Array.from({ length: rows }, () => {
          const entries = ['a', 'b', 'c'].map((column) => {
            const logs = Array.from({ length: 18 }, () => SD * normalDraw(prng));
            return { column, logs, median: Math.exp(medianOf(logs)) };
          });
          const sampleOf = (first: (typeof entries)[number], second: (typeof entries)[number]): EffectSample => {
            const differences = second.logs.map((log, i) => log - (first.logs[i] as number));
            return { design: 'paired', differences, pairs: differences.length };
          };
          return { row: new Map(), measure, entries, sampleOf };
        });
        return rankingsOf(rankables, alpha).some(({ entries }) => entries.some(({ tied }) => !tied));
      },
    })),
  );
}

function stallQuestions(): Question[] {
  return [0.05, 0.2, 0.5].flatMap((sd) =>
    [6, ...SESSIONS].map((n) => ({
      name: `one arm of ${n} sessions, sd ${100 * sd} %: a stalled session`,
      bound: 0.01,
      alarms: (prng: Prng) => {
        const observed = Array.from({ length: n }, (_, session) => {
          return { session, round: 1, value: Math.exp(sd * normalDraw(prng)) };
        });
        return stallsOf(observed, 'higher').stalled > 0;
      },
    })),
  );
}

function main(): boolean {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { families: text, seed: text } });
  const [families, seed] = [Number(values.families ?? '4000'), Number(values.seed ?? '1')];
  const questions = [...testQuestions(), ...familyQuestions(), ...rankingQuestions(), ...stallQuestions()];
  let isHeld = true;
  process.stdout.write(
    `${families} families each, seed ${seed}\n\n| question | bound | false alarms (95 %) | |\n|---|---|---|---|\n`,
  );
  for (const [index, { name, bound, alarms }] of questions.entries()) {
    const prng = createPrng(seed, index);
    let count = 0;
    for (let family = 0; family < families; family++) if (alarms(prng)) count++;
    const { low, high } = clopperPearson(count, families);
    const [rate, from, to] = [count / families, low, high].map((part) => (100 * part).toFixed(2));
    const isAbove = clopperPearson(count, families, 0.999).low > bound;
    isHeld &&= !isAbove;
    process.stdout.write(
      `| ${name} | ${100 * bound} % | ${rate} % [${from}–${to}] | ${isAbove ? 'NOT MET' : 'met'} |\n`,
    );
  }
  return isHeld;
}

process.exitCode = main() ? 0 : 1;
