import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Comparison, compare, type NamedRun } from '../../src/gate/comparison.js';
import { gateOf } from '../../src/gate/decide.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { renderComparison } from '../../src/report/render.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { machineUse, makeArm, makeRun, makeTrial } from '../support/records.js';

const test = suite('gate/comparison-warnings');
const arms = ['4KiB', '64KiB', '1MiB', '2MiB'].map((label) => makeArm('read', [{ name: 'bs', label }]));
const burst = { code: 'burst-suspected', message: 'stepped down', remedy: 'measure longer' } as const;
const terminal = { color: false, columns: 200 };

/** A run of `sessions` sessions; a trial's throughput by its arm and session. */
function runOf(
  name: string,
  sessions: number,
  change: (arm: number, session: number) => Partial<TrialRecord>,
): NamedRun {
  const plain = makeRun(arms, 1, { id: name });
  const run = { ...plain, plan: { ...plain.plan, sessions } };
  const trials = arms.flatMap((arm, place) =>
    Array.from({ length: sessions }, (_, index) => {
      const session = index + 1;
      const startedAt = new Date(Date.UTC(2026, 10, 23, session, place)).toISOString();
      // No two alike, and no order in them.
      const level = 1e9 * (1 + 0.002 * ((session * 7 + place * 3) % 5));
      return makeTrial(arm, 1, level, { id: `s${session}r1t${place}`, session, startedAt, ...change(place, session) });
    }),
  );
  return { name, run, trials };
}

function comparisonOf(runs: readonly NamedRun[]): Comparison {
  return compare(runs, comparisonOptions());
}

test('two sessions are too few to say anything, and the remedy is the number that is needed', async () => {
  const comparison = comparisonOf([runOf('old', 2, () => ({})), runOf('new', 2, () => ({}))]);
  assert.equal(comparison.warnings, [
    {
      code: 'few-sessions',
      message: 'with 4 cells at 5 % no difference can be reported with fewer than 6 sessions',
      remedy: 'use --set trials.sessions=6 or more',
      sides: [],
    },
  ]);
  assert.match(
    await renderComparison(comparison, 'table', terminal),
    /few-sessions: with 4 cells .* → use --set trials\.sessions=6 or more/,
  );
});

test('more sessions are not the remedy where enough were run and some of them failed', () => {
  const failed = (lost: number, session: number) => (session <= lost ? ({ status: 'failed' } as const) : {});
  const runs = (lost: number, sessions: number) => [
    runOf('old', sessions, () => ({})),
    runOf('new', sessions, (place, session) => (place === 1 ? failed(lost, session) : {})),
  ];
  const [lost] = comparisonOf(runs(7, 10)).warnings;
  assert.equal(lost, {
    code: 'few-sessions',
    message:
      'with 4 cells at 5 % no difference can be reported with fewer than 5 sessions of the candidate, and only 3 of the 10 sessions of read/bs=64KiB (new) count',
    remedy: 'run feedrate show new to see why, and measure again',
    sides: [],
  });
  const [both] = comparisonOf(runs(2, 4)).warnings;
  assert.match(both?.remedy ?? '', /--set trials\.sessions=\d+ or more$/, 'too few sessions were run');
});

test('a warning is told once, with the sides that it is about, those first that it is most true of', async () => {
  const drifting = (place: number, session: number) =>
    place === 2 ? { window: makeTrial(arms[2] as (typeof arms)[0], 1, 1e9 * (1 - 0.02 * session)).window } : {};
  const comparison = comparisonOf([
    runOf('old', 8, (place, session) => (place < 2 && session === 1 ? { warnings: [burst] } : {})),
    runOf('new', 8, (place, session) => ({ ...drifting(place, session), warnings: place < 3 ? [burst] : [] })),
  ]);
  assert.equal(
    comparison.warnings.map(({ code }) => code),
    ['burst-suspected', 'drift'],
  );
  const [bursts, drifts] = comparison.warnings;
  assert.equal(
    bursts?.sides.map(({ name, arm, trials, counted }) => [name, arm, trials, counted]),
    [
      ['new', 'read/bs=4KiB', 8, 8],
      ['new', 'read/bs=64KiB', 8, 8],
      ['new', 'read/bs=1MiB', 8, 8],
      ['old', 'read/bs=4KiB', 1, 8],
      ['old', 'read/bs=64KiB', 1, 8],
    ],
  );
  assert.equal(
    drifts?.sides.map(({ name, arm }) => [name, arm]),
    [['new', 'read/bs=1MiB']],
  );
  const report = await renderComparison(comparison, 'md', terminal);
  assert.match(
    report,
    /^- burst-suspected in 5 of 8 arms \(new read\/bs=4KiB, new read\/bs=64KiB, new read\/bs=1MiB, 2 more\): stepped down → measure longer$/m,
  );
  assert.is(report.match(/burst-suspected/g)?.length, 1);
});

test('the JSON of a gate has them', async () => {
  const comparison = comparisonOf([runOf('old', 2, () => ({})), runOf('new', 2, () => ({ warnings: [burst] }))]);
  const gate = gateOf(comparison, [], { failOnInconclusive: false, look: { number: 1, planned: 1 } });
  const json = JSON.parse(await renderComparison(comparison, 'json', terminal, gate)) as Pick<Comparison, 'warnings'>;
  assert.equal(json.warnings, comparison.warnings);
  assert.equal(
    json.warnings.map(({ code }) => code),
    ['few-sessions', 'burst-suspected'],
  );
});

test('a machine that was busier on one side is a reason for doubt', () => {
  const busyBy = (taken: number) => () => ({ machine: machineUse({ othersCpuNs: taken * 2e9 }) });
  const raised = (before: number, after: number) =>
    comparisonOf([runOf('old', 6, busyBy(before)), runOf('new', 6, busyBy(after))]).warnings.filter(
      ({ code }) => code === 'busy-sides-differ',
    );
  assert.equal([raised(0, 0.05), raised(0.9, 0.9)], [[], []]);
  const [found] = raised(0.01, 0.62);
  assert.match(found?.message ?? '', /^other work took 1 % with read\/bs=\w+ of old, and 62 % with .* of new \(mean/);
  assert.match(found?.remedy ?? '', /measure both sides again/);
  // A run of an earlier version did not record it.
  const unknown = comparisonOf([runOf('old', 6, () => ({})), runOf('new', 6, busyBy(0.9))]).warnings;
  assert.not(unknown.some(({ code }) => code === 'busy-sides-differ'));
});

test.run();
