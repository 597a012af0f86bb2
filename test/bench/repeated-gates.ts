/**
 * How often do repeated adaptive gates on one run alarm, when both sides are equal?
 *
 *   node dist/test/bench/repeated-gates.js [families] [seed]       default: 2000 families, seed 1
 *
 * Each family is a run that several gates with `--adaptive` look at, one after the other, until one reports a regression.
 * `remembered` is what feedrate does. `fresh` gives each gate an alpha of its own.
 */
import { fileURLToPath } from 'node:url';
import { createPrng } from '../../src/base/prng.js';
import type { Comparison } from '../../src/gate/comparison.js';
import { type Decision, gateOf, type Look } from '../../src/gate/decide.js';
import { judge } from '../../src/gate/verdict.js';
import type { RecordedLook } from '../../src/record/run-record.js';
import type { ReadableRun } from '../../src/record/stored-run.js';
import { measureUntilDecided } from '../../src/run/adaptive.js';
import { normalDraw } from '../support/normal-draws.js';
import { makeArm, makeRun } from '../support/records.js';

const ALPHA = 0.2;
const FIRST_SESSIONS = 6;

interface Gates {
  readonly families: number;
  readonly seed: number;
  /** `--looks` of each gate on a run. */
  readonly looks: readonly number[];
  /** False: each gate forgets the looks before it. */
  readonly remembers: boolean;
}

/** Returns the share of families in which some gate reports a regression, and the most sessions of a run. */
export async function alarmsOfGates({
  families,
  seed,
  looks,
  remembers,
}: Gates): Promise<{ share: number; most: number }> {
  const prng = createPrng(seed);
  let [alarms, most] = [0, 0];
  for (let family = 0; family < families; family++) {
    const differences: number[] = [];
    let run = runOf(FIRST_SESSIONS, []);
    for (const planned of looks) {
      let recorded = run.run.looks ?? [];
      const decided = await measureUntilDecided(
        run,
        { looks: planned, budgetNs: Number.POSITIVE_INFINITY },
        ({ run: { plan } }, look) => {
          while (differences.length < plan.sessions) differences.push(0.02 * normalDraw(prng));
          return decisionOn(differences.slice(0, plan.sessions), look);
        },
        {},
        {
          recordLooks: (_directory, all) => {
            recorded = all;
          },
          extend: async (_stored, sessions) => ({ run: runOf(sessions, recorded), status: 'complete' }),
        },
      );
      run = runOf(decided.run.run.plan.sessions, remembers ? recorded : []);
      most = Math.max(most, run.run.plan.sessions);
      if (decided.decision.result.outcome !== 'regression') continue;
      alarms++;
      break;
    }
  }
  return { share: alarms / families, most };
}

function runOf(sessions: number, looks: readonly RecordedLook[]): ReadableRun {
  const made = makeRun([makeArm('read')], 1, { looks });
  const run = { ...made, plan: { ...made.plan, sessions } };
  return { directory: '', id: run.id, status: 'complete', run, trials: [], problems: [] };
}

function decisionOn(differences: readonly number[], look: Look): Decision {
  const sample = { design: 'paired', differences, pairs: differences.length } as const;
  const options = { alpha: ALPHA * (look.share as number), minEffect: 0, confidence: 0.95 };
  const [judgement] = judge([{ sample, better: 'higher', comparable: true }], options);
  const side = { arm: makeArm('read') };
  const cell = { candidate: side, measure: { key: 'throughput' }, judgement };
  const comparison = { cells: [cell] } as unknown as Comparison;
  return { comparison, result: gateOf(comparison, [], { failOnInconclusive: true, look }) };
}

async function main(families: number, seed: number): Promise<void> {
  console.log(`| looks of the gates on a run (alpha ${100 * ALPHA} %) | remembered | fresh |\n|---|---|---|`);
  for (const looks of [[2], [2, 2], [2, 2, 2], [3, 2]]) {
    const shares = await Promise.all(
      [true, false].map(async (remembers) => alarmsOfGates({ families, seed, looks, remembers })),
    );
    const texts = shares.map(({ share, most }) => `${(100 * share).toFixed(1)} % (up to ${most} sessions)`);
    console.log(`| ${[looks.join(', '), ...texts].join(' | ')} |`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 1));
}
