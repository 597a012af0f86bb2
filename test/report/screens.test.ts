/** What commands print on terminals of 80, 100 and 120 columns, where no other golden has it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cloudPlaceOf } from '../../src/cli/options/cloud-place.js';
import { readPrices } from '../../src/fsx/prices.js';
import { calibrationOf } from '../../src/gate/calibration.js';
import { compare } from '../../src/gate/comparison.js';
import { writePolicies } from '../../src/iam/generate/written-policies.js';
import { planMounts } from '../../src/plan/mount-plan.js';
import { answeredCalibration } from '../../src/report/answer/answered.js';
import { mountAdvice } from '../../src/report/comparison/mount-advice.js';
import { renderCalibration } from '../../src/report/comparison/render-calibration.js';
import { renderAnswers } from '../../src/report/iam/answers.js';
import { renderLint } from '../../src/report/iam/lint-report.js';
import { renderPolicies } from '../../src/report/iam/policy-text.js';
import { renderComparison } from '../../src/report/render.js';
import { costReport } from '../../src/report/run/cost-report.js';
import { columnsOf } from '../../src/report/table/columns.js';
import type { TerminalOptions } from '../../src/report/table/terminal.js';
import { totalCost } from '../../src/stats/total-cost.js';
import { allow, answerOf, BUCKET, deny, ROLE } from '../iam/evaluation-case.js';
import { fixture, lint } from '../iam/linting.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { makeVolume, onVolume } from '../support/fsx-volumes.js';
import { assertGolden } from '../support/golden.js';
import { around, measuredRun, measureNamed } from '../support/measured-runs.js';
import { makeArm, makeCache, makeRun, makeTrial } from '../support/records.js';

const test = suite('report/screens');

/** A cost about nothing in particular. */
const QUESTION = {
  prices: readPrices(null),
  rate: null,
  datasetBytes: null,
  poolReads: null,
  poolReadBytes: null,
  poolWrites: null,
  crossAz: false,
} as const;

function cost(options: TerminalOptions): string {
  const arms = [makeArm('read', [{ name: 'bs', label: '1MiB' }]), makeArm('random', [{ name: 'bs', label: '64KiB' }])];
  const [first = arms[0], second = arms[1]] = arms;
  const run = onVolume(
    makeRun(arms, 3, { startedAt: '2026-11-23T19:00:00.000Z', endedAt: '2026-11-23T19:30:00.000Z' }),
    { volume: makeVolume({ fileSystem: { iops: 30_720 } }) },
  );
  const cache = { ...makeCache('proven'), fileBytes: 2 ** 33 };
  const trials = [1, 2, 3].flatMap((round) => [
    makeTrial(first as (typeof arms)[number], round, 2e9, { cache }),
    makeTrial(second as (typeof arms)[number], round, 3e8, { cache }),
  ]);
  const size = {
    region: 'ap-northeast-1',
    deploymentType: 'SINGLE_AZ_2',
    haPairs: 1,
    throughputMBpsPerHaPair: 1536,
    ssdGiB: 10_240,
    iops: 30_720,
    poolGiB: 0,
    backupGiB: null,
  } as const;
  const [target] = run.environment.targets;
  const measured = { run, target: target as NonNullable<typeof target>, trials };
  return costReport(totalCost({ ...QUESTION, size, measured, epochsPerMonth: 30 }), options);
}

function calibration(options: TerminalOptions): string {
  const arms = ['read', 'random'].flatMap((job, index) =>
    ['A', 'B'].map((target, side) => {
      const bare = makeArm(job, [{ name: 'bs', label: index === 0 ? '1MiB' : '4KiB' }]);
      const factors = [...bare.factors, { name: 'target', label: target }];
      const levels = around((2 - index) * 1e9, 12).map(
        (level, at) => level * (1 + 0.01 * Math.cos(at * (5 - 2 * side))),
      );
      return { arm: { ...bare, id: `${bare.id}@${target}`, target, factors }, levels };
    }),
  );
  const { run, trials } = measuredRun('20261123T191203Z_calibrate_a1f3', arms);
  const [environment] = run.environment.targets;
  const targets = ['A', 'B'].map((name) => ({ ...environment, name })) as (typeof run.environment.targets)[number][];
  const measures = [measureNamed('throughput'), measureNamed('iops')];
  const settings = { measures, alpha: 0.01, minEffect: 0.01, confidence: 0.95, wanted: 0.05 };
  const record = calibrationOf({ ...run, environment: { ...run.environment, targets } }, trials, settings);
  const context = { workload: 'calibrate', command: ['calibrate', '-t', '/mnt/train'] };
  return renderCalibration(record, answeredCalibration(record, context), 'table', options);
}

async function mountMatrix(options: TerminalOptions): Promise<string> {
  const mounts = planMounts(
    ['svm-1:/train', 'svm-1-b:/train'],
    ['vers=3,nconnect=16', 'vers=4.1', 'vers=4.1,nconnect=16'],
  );
  const arms = mounts.flatMap(({ name }, mount) =>
    ['4KiB', '1MiB'].map((bs, size) => ({
      arm: { ...makeArm('random-read', [{ name: 'bs', label: bs }]), id: `random-read/bs=${bs}@${name}`, target: name },
      levels: around(1e8 * (1 + size) * (1 + mount / 4), 10),
    })),
  );
  const comparison = compare(
    [measuredRun('matrix', arms)],
    comparisonOptions({ columns: ['target'], demands: 'load' }),
  );
  return `${await renderComparison(comparison, 'table', options)}\n${mountAdvice(comparison, mounts).join('\n')}\n`;
}

function check(options: TerminalOptions): string {
  const identity = [allow({ Sid: 'Read' }), deny({ Sid: 'NoSecrets', Resource: `${BUCKET}/secret/*` })];
  const asked = ['runs/a.json', 'secret/key.json'].map((object) =>
    answerOf({ name: '', role: ROLE, identity, resource: `${BUCKET}/${object}`, expect: 'allowed' }),
  );
  const unknown = answerOf({ name: '', role: ROLE, identity, cautious: true, expect: 'unknown' });
  return renderAnswers(
    [...asked, unknown].map((answer) => ({ answer, grant: null })),
    options,
    true,
  );
}

const SCREENS: Readonly<Record<string, (options: TerminalOptions) => string | Promise<string>>> = {
  'mount-matrix': mountMatrix,
  'fsx cost': cost,
  calibrate: calibration,
  'iam lint': (options) =>
    renderLint(
      { findings: lint(fixture('seven.md'), {}, 'seven.md'), documentCount: 7, version: '0' },
      'table',
      options,
    ),
  'iam check': check,
  'iam policy': (options) =>
    renderPolicies(writePolicies(['metrics'], cloudPlaceOf({ region: 'us-east-1', role: ROLE }, {})), options),
};

for (const columns of [80, 100, 120]) {
  test(`${columns} columns: every line that is no command and no policy fits`, async () => {
    const texts: string[] = [];
    for (const [command, render] of Object.entries(SCREENS)) {
      const text = await render({ color: false, columns, wraps: true });
      texts.push(`$ feedrate ${command}\n${text}`);
    }
    assertGolden(texts.join('\n'), 'report', `screens-${columns}.txt`);
    // Whoever copies a command or a statement needs it in one piece.
    const long = texts
      .join('')
      .split('\n')
      .filter((line) => columnsOf(line) > columns && !/^(?: |mount|fstab|notebook)|feedrate /.test(line));
    assert.equal(long, []);
  });
}

test.run();
