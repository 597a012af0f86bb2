/** A run of a target against itself, made by hand: what is found of its noise, and who uses it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { type CalibrationOptions, calibrationOf } from '../../src/gate/calibration.js';
import { noiseFloorOf } from '../../src/gate/noise-floor.js';
import { judge } from '../../src/gate/verdict.js';
import type { Arm } from '../../src/plan/plan.js';
import type { CalibrationRecord } from '../../src/record/calibration-record.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { type Measure, measureOf } from '../../src/stats/measure.js';
import { normalQuantile } from '../../src/stats/normal.js';
import { makeArm, makeRun, makeTrial, makeWindow, withSpec } from '../support/records.js';

const test = suite('gate/calibration');

const OPTIONS: CalibrationOptions = {
  measures: [measureOf('throughput') as Measure],
  alpha: 0.01,
  minEffect: 0.01,
  confidence: 0.95,
  wanted: 0.05,
};

function armOf(job: string, target: string): Arm {
  const bare = makeArm(job, [{ name: 'bs', label: '4KiB' }]);
  return { ...bare, id: `${bare.id}@${target}`, target, factors: [...bare.factors, { name: 'target', label: target }] };
}

interface Truth {
  readonly sessions: number;
  readonly rounds?: number;
  /** Of a trial's ln(throughput). */
  readonly sd: number;
  /** What B is off A by, on the log scale. */
  readonly offset?: number;
  /** What the last session is off the first one by, on the log scale. */
  readonly drift?: number;
  readonly seed?: number;
  readonly jobs?: readonly string[];
}

/** A and B by turns, a trial a second with half of one before each session. */
function calibrationRun({ sessions, rounds = 3, sd, offset = 0, drift = 0, jobs = ['read'], seed = 7 }: Truth): {
  run: RunRecord;
  trials: TrialRecord[];
} {
  const random = createPrng(seed);
  const normal = () => sd * normalQuantile((random.nextUint32() + 0.5) / 2 ** 32);
  const arms = jobs.flatMap((job) => [armOf(job, 'A'), armOf(job, 'B')]);
  const bare = makeRun(arms, rounds);
  const [environment] = bare.environment.targets;
  const trials: TrialRecord[] = [];
  let atMs = Date.parse(bare.startedAt);
  for (let session = 1; session <= sessions; session++) {
    atMs += 500;
    for (let round = 1; round <= rounds; round++) {
      for (const arm of arms) {
        const bytes = 1e9 * Math.exp(normal() + (arm.target === 'B' ? offset : 0) + (drift * session) / sessions);
        const startedAt = new Date(atMs).toISOString();
        trials.push(makeTrial(arm, round, bytes, { session, startedAt, wallNs: 1e9 }));
        atMs += 1000;
      }
    }
  }
  return {
    run: {
      ...bare,
      plan: { ...bare.plan, sessions },
      environment: { ...bare.environment, targets: ['A', 'B'].map((name) => ({ ...environment, name })) as never },
    },
    trials,
  };
}

function calibrated(truth: Truth, changes: Partial<CalibrationOptions> = {}): CalibrationRecord {
  const { run, trials } = calibrationRun(truth);
  return calibrationOf(run, trials, { ...OPTIONS, ...changes });
}

const codesOf = ({ warnings }: CalibrationRecord) => warnings.map(({ code }) => code);

test('noise, floor, plan and costs of a quiet target', () => {
  const found = calibrated({ sessions: 12, sd: 0.01, jobs: ['read', 'write'] });
  assert.equal(found.costs, { sessionNs: 5e8, roundNs: 4e9, trialNs: 1e9 });
  assert.equal(
    found.cells.map(({ arm }) => arm),
    ['read/bs=4KiB', 'write/bs=4KiB'],
  );
  for (const { floor, trialCv, sessionSd, detectable, sessions, levels, pDiffers } of found.cells) {
    assert.is(sessions, 12);
    assert.ok((floor ?? 1) > 0.0005 && (floor ?? 1) < 0.02, `${floor}`);
    assert.ok((trialCv ?? 1) > 0.007 && (trialCv ?? 1) < 0.014);
    assert.ok((sessionSd ?? 1) < 0.02);
    assert.ok((detectable ?? 1) > 0.01 && (detectable ?? 1) < 0.05);
    assert.ok(pDiffers > 0.05);
    assert.equal(
      levels.map(({ level }) => level),
      ['session', 'round', 'trial'],
    );
  }
  assert.is(found.sessionsNeeded, null);
  assert.ok(found.recommended !== null && found.recommended.sessions >= 8);
  assert.equal(codesOf(found), []);
});

test('the floor is the bound within which the gate calls the sides equivalent', () => {
  const { run, trials } = calibrationRun({ sessions: 10, sd: 0.02, offset: 0.01 });
  const [cell] = calibrationOf(run, trials, OPTIONS).cells;
  const differences = Array.from({ length: 10 }, (_, i) => {
    const of = (target: string) => trials.filter((trial) => trial.session === i + 1 && trial.target === target);
    const logs = of('B').map(({ window }, at) => Math.log(window.readBytes / (of('A')[at]?.window.readBytes ?? 1)));
    return logs.sort((x, y) => x - y)[1] as number;
  });
  const sample = { design: 'paired', differences, pairs: 30 } as const;
  const verdict = (minEffect: number) =>
    judge([{ sample, better: 'higher', comparable: true }], { alpha: 1e-9, minEffect, confidence: 0.95 })[0]?.verdict;
  assert.is(verdict((cell?.floor as number) * 1.0001), 'equivalent');
  assert.is(verdict((cell?.floor as number) * 0.9999), 'inconclusive');
});

test('a target that is not itself is told', () => {
  const found = calibrated({ sessions: 12, sd: 0.005, offset: -0.03 });
  assert.equal(codesOf(found), ['differs-from-itself']);
  assert.match(found.warnings[0]?.message ?? '', /B is -[23]\.\d % off A/);
  assert.ok((found.cells[0]?.floor ?? 0) > 0.03, 'what order or placement does is no news to the gate');
});

test('too few sessions have no floor', () => {
  const found = calibrated({ sessions: 4, sd: 0.01 });
  assert.is(found.cells[0]?.floor, null);
  assert.is(found.cells[0]?.detectable, null);
  assert.is(found.sessionsNeeded, 7);
  assert.equal(codesOf(found), ['too-few-sessions']);
  assert.is(found.warnings[0]?.remedy, 'use --sessions 7 or more');
  const more = calibrated({ sessions: 7, sd: 0.01 });
  assert.equal([codesOf(more), typeof more.cells[0]?.floor], [[], 'number']);
});

test('a session that moved nothing is no quiet session: there is no noise floor, and the report says why', () => {
  const { run, trials } = calibrationRun({ sessions: 10, sd: 0.01 });
  const dead = trials.map((trial) =>
    trial.session === 4 && trial.target === 'B' ? { ...trial, window: makeWindow(0, 0) } : trial,
  );
  const found = calibrationOf(run, dead, OPTIONS);
  const [cell] = found.cells;
  assert.equal([cell?.sessions, cell?.trialCv, cell?.sessionSd, cell?.detectable], [10, null, null, null]);
  assert.is(found.recommended, null);
  assert.is(codesOf(found)[0], 'stalled');
});

test('a loud target says so', () => {
  const found = calibrated({ sessions: 10, sd: 0.3 });
  assert.is(found.recommended, null);
  assert.equal(codesOf(found), ['noisy-sessions']);
  // Its remedy: longer trials and a quieter machine are less noise, and `--wanted` is what noise is measured by.
  assert.is(found.warnings[0]?.remedy, 'use longer trials, a quieter machine, or a larger --wanted');
  assert.equal(codesOf(calibrated({ sessions: 10, sd: 0.02 })), []);
  const wide = calibrated({ sessions: 10, sd: 0.3 }, { wanted: 0.8 });
  assert.equal([codesOf(wide), wide.recommended !== null], [[], true]);
});

test('the later half of the sessions is compared with the earlier one: a drift of both sides shows, although B is A', () => {
  const found = calibrated({ sessions: 12, sd: 0.005, drift: -0.05, jobs: ['read', 'write'] });
  assert.equal(codesOf(found), ['drifts-from-itself', 'drifts-from-itself']);
  assert.match(
    found.warnings[0]?.message ?? '',
    /^throughput of read\/bs=4KiB: the last 6 sessions are -2\.\d % off the first 6 \(p = 0\.0[1-4]\d\)$/,
  );
  for (const { halves, pDiffers } of found.cells) {
    assert.ok(Math.abs((halves?.ratio ?? 1) - Math.exp(-0.05 / 2)) < 0.006, `${halves?.ratio}`);
    assert.ok(pDiffers > 0.05);
  }
});

test('a slow-down of B is no drift, and few targets that are equal differ from themselves', () => {
  assert.equal(codesOf(calibrated({ sessions: 12, sd: 0.005, offset: Math.log(1 / 1.2) })), ['differs-from-itself']);
  const alarmed = Array.from({ length: 60 }, (_, seed) => calibrated({ sessions: 10, sd: 0.02, seed }));
  // Two checks at 5 %: 14 of 60 come about less than once in 1,000 times.
  const count = alarmed.filter((found) => codesOf(found).some((code) => code.endsWith('-from-itself'))).length;
  assert.ok(count <= 13, `${count} of 60`);
});

const SIDE = (() => {
  const arm = makeArm('read', [{ name: 'bs', label: '4KiB' }]);
  return { run: makeRun([arm], 1), arm, trials: [] };
})();

test('a floor is found for the target, the arm, the load and the measure that it was measured with', () => {
  const { run, trials } = calibrationRun({ sessions: 8, sd: 0.02 });
  const record = JSON.parse(JSON.stringify(calibrationOf(run, trials, OPTIONS))) as CalibrationRecord;
  const floor = record.cells[0]?.floor as number;
  const found = (side: object, measure = 'throughput') => noiseFloorOf([record], [{ ...SIDE, ...side }], measure);
  assert.equal(found({}), { floor, calibratedAt: run.startedAt, run: run.id });
  const mounted = (changes: object) => {
    const targets = SIDE.run.environment.targets.map((target) => ({ ...target, ...changes }));
    return { run: { ...SIDE.run, environment: { ...SIDE.run.environment, targets } } };
  };
  assert.is(found(mounted({ options: 'relatime,rw,vers=4.1,clientaddr=10.0.0.7', path: '/other' }))?.floor, floor);
  assert.is(found(mounted({ options: 'rw,relatime,vers=3' })), null);
  assert.is(found(mounted({ source: 'svm-2:/train' })), null);
  assert.is(found({ arm: withSpec(SIDE.arm, { ...SIDE.arm.spec, numjobs: 4 }) }), null);
  assert.is(found({ arm: withSpec(SIDE.arm, { ...SIDE.arm.spec, randseed: 4 }) })?.floor, floor);
  assert.is(found({ arm: { ...SIDE.arm, id: 'write' } }), null);
  assert.is(found({}, 'iops'), null);
  const iops = calibrationOf(run, trials, { ...OPTIONS, measures: [measureOf('iops') as Measure] });
  assert.is(typeof noiseFloorOf([iops], [SIDE], 'iops')?.floor, 'number');
});

test('the newest calibration counts, and of two targets the louder', () => {
  const { run, trials } = calibrationRun({ sessions: 8, sd: 0.02 });
  const record = calibrationOf(run, trials, OPTIONS);
  const at = (calibratedAt: string, floor: number | null, source = record.target.source): CalibrationRecord => ({
    ...record,
    calibratedAt,
    target: { ...record.target, source },
    cells: record.cells.map((cell) => ({ ...cell, floor })),
  });
  const old = at('2026-11-01T00:00:00.000Z', 0.09);
  const fresh = at('2026-11-20T00:00:00.000Z', 0.02);
  for (const all of [
    [old, fresh],
    [fresh, old],
  ])
    assert.is(noiseFloorOf(all, [SIDE], 'throughput')?.floor, 0.02);
  assert.is(noiseFloorOf([old, at('2026-11-21T00:00:00.000Z', null)], [SIDE], 'throughput')?.floor, 0.09);
  const other = structuredClone(SIDE);
  (other.run.environment.targets[0] as { source: string }).source = 'svm-2:/train';
  const loud = at('2026-11-02T00:00:00.000Z', 0.05, 'svm-2:/train');
  assert.is(noiseFloorOf([fresh, loud], [SIDE, other], 'throughput')?.floor, 0.05);
  assert.is(
    noiseFloorOf([loud], [SIDE, other], 'throughput')?.floor,
    0.05,
    'one side that is known is better than none',
  );
});

test('a floor above the least difference blocks a regression, and never makes anything equivalent', () => {
  const differences = [-0.03, -0.031, -0.032, -0.033, -0.034, -0.035, -0.036, -0.037];
  const sample = { design: 'paired', differences, pairs: 8 } as const;
  const judged = (floor: number | null) =>
    judge([{ sample, better: 'higher', comparable: true, floor }], {
      alpha: 0.01,
      minEffect: 0.01,
      confidence: 0.95,
    })[0];
  assert.is(judged(null)?.verdict, 'regression');
  assert.is(judged(null)?.minEffect, 0.01);
  assert.is(judged(0.001)?.minEffect, 0.01);
  assert.is(judged(0.02)?.verdict, 'regression');
  assert.is(judged(0.05)?.verdict, 'inconclusive');
  assert.equal(judged(0.05)?.doubt, { kind: 'noise-floor', floor: 0.05 });
  assert.is(judged(0.05)?.minEffect, 0.05);
});

test.run();
