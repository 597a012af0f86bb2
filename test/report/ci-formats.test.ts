/** The files for other programs, read back by parsers that nobody wrote for feedrate, whatever the names are. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { visibleText } from '../../src/base/visible-text.js';
import { compare } from '../../src/gate/comparison.js';
import { gateOf } from '../../src/gate/decide.js';
import { evaluateThresholds } from '../../src/gate/thresholds.js';
import type { Arm } from '../../src/plan/plan.js';
import type { ReadableRun } from '../../src/record/stored-run.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { annotationOf } from '../../src/report/ci/annotation.js';
import { benchmarkJson } from '../../src/report/ci/benchmark-json.js';
import { bmfJson } from '../../src/report/ci/bmf.js';
import { comparisonSuites } from '../../src/report/ci/comparison-suites.js';
import { junitXml } from '../../src/report/ci/junit.js';
import { openMetricsText } from '../../src/report/ci/open-metrics.js';
import { measurementSuite, thresholdSuite } from '../../src/report/ci/run-suites.js';
import { stepSummary } from '../../src/report/ci/step-summary.js';
import { element, xmlDocument } from '../../src/report/ci/xml.js';
import { type Measure, measureOf } from '../../src/stats/measure.js';
import { measurementsOf } from '../../src/stats/measurements.js';
import {
  benchmarksOf,
  bmfOf,
  casesOf,
  faultOf,
  junitOf,
  openMetricsOf,
  outcomesOf,
  outputOf,
} from '../support/ci-formats.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { makeArm, makeThreshold, makeWindow } from '../support/records.js';
import { runOfSessions, type SessionsOptions, trialsOfSessions } from '../support/stored-sessions.js';

const test = suite('report/ci-formats');
const ONCE = { failOnInconclusive: false, look: { number: 1, planned: 1 } };
const MEASURES = ['throughput', 'iops', 'cpu', 'p99(latency)', 'p50(read)', 'mean(latency)'].map(
  (key) => measureOf(key) as Measure,
);

/** What has broken formats before, and what fast-check finds. */
const NASTY = [
  'plain',
  'with space',
  'quotes " and \' too',
  'a]]>b',
  '<tag attribute="x">&amp;',
  'back\\slash \\n and \\',
  'line\nfeed\r\nand\ttab',
  'bell \u0007 null \u0000 escape \u001b[31m',
  'next line \u0085 and separator \u2028',
  'half \ud800 of a pair',
  'not a character \ufffe',
  'non-BMP 𝔘 🗄️',
  '# comment',
  'a,b{c="d"} 1',
  '% and %0A and ::error::no',
  '|pipe| `code` *bold*',
  '__proto__',
  'constructor',
  '-–−',
  ' ',
];

function namesOf(seed: number): string[] {
  const drawn = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { numRuns: 100, seed });
  return [...new Set([...NASTY, ...drawn])];
}

function storedOf(options: SessionsOptions): ReadableRun {
  const run = runOfSessions(options);
  return { directory: '/r', id: run.id, status: run.status, run, trials: trialsOfSessions(options), problems: [] };
}

const LEVELS = [1.0e9, 1.02e9, 1.01e9, 0.99e9, 1.0e9, 1.03e9];
const arms = namesOf(1).map((name) => makeArm(name));
const stored = storedOf({ arms, levels: LEVELS });
const measurements = measurementsOf(stored.run, stored.trials, MEASURES);

/** What XML can say of a text. */
function speakable(text: string): string {
  return [...text]
    .map((character) =>
      /[\t\n\r -\ud7ff\ue000-\ufffd]|[\u{10000}-\u{10ffff}]/u.test(character) ? character : '\ufffd',
    )
    .join('');
}

test('XML: any text comes back from a parser, but for what XML has no way to say', () => {
  const names = namesOf(2);
  const root = element(
    'testsuites',
    { name: 'x', tests: names.length, failures: names.length, errors: 0, skipped: 0, time: '0.000' },
    names.map((name, index) =>
      element(
        'testsuite',
        {
          name: `${index} ${name}`,
          tests: 1,
          failures: 1,
          errors: 0,
          skipped: 0,
          time: 0,
          timestamp: '2026-11-27T00:00:00',
          hostname: 'h',
        },
        [
          element('testcase', { name, classname: `${index}`, time: 0 }, [
            element('failure', { message: name, type: 't' }, [name]),
          ]),
        ],
      ),
    ),
  );
  const cases = casesOf(junitOf(xmlDocument(root)));
  assert.equal(
    cases.map(({ attributes }) => attributes['name']),
    names.map(speakable),
  );
  assert.equal(
    cases.map(({ children: [fault] }) => fault?.attributes['message']),
    names.map(speakable),
  );
});

test('JUnit of a run: arms, thresholds, and what was not measured', () => {
  const bounded = [
    makeArm('a', [], [makeThreshold('throughput', null, '>', 2e9), makeThreshold('iops', null, '>', 1)]),
  ];
  const names = ['b', 'c', 'd'].map((name) => makeArm(name));
  const options = {
    arms: [...bounded, ...names],
    levels: LEVELS,
    trial: (trial: TrialRecord): TrialRecord => {
      if (trial.arm === 'b' && trial.session === 2) return { ...trial, status: 'failed', fault: FAULT };
      return trial.arm === 'c' && trial.session === 3 ? { ...trial, status: 'aborted' } : trial;
    },
  };
  const whole = storedOf(options);
  const broken: ReadableRun = {
    ...whole,
    status: 'aborted',
    trials: whole.trials.filter(({ arm }) => arm !== 'd'),
    problems: ['trials.jsonl:7: cut off'],
  };
  const thresholds = evaluateThresholds(broken.run.plan.arms, broken.trials);
  const root = junitOf(junitXml(broken.run, [thresholdSuite(thresholds), measurementSuite(broken, 'The answer.')]));
  assert.equal(Object.fromEntries(outcomesOf(root)), {
    'quick thresholds: a: throughput > 2000000000': 'failure threshold',
    'quick thresholds: a: iops > 1': 'passed',
    'quick measurement: a': 'passed',
    'quick measurement: b': 'error broken',
    'quick measurement: c': 'error broken',
    'quick measurement: d': 'error broken',
    'quick measurement: the run as a whole': 'error broken',
  });
  const messages = casesOf(root).flatMap((testCase) => faultOf(testCase)?.text ?? []);
  assert.equal(messages, [
    'throughput > 2000000000 failed: 962 MiB/s in a',
    'trial s2r1t2 of b failed: EIO in pread /mnt/x',
    'trial s3r1t3 of c was stopped',
    'not measured',
    'the run is aborted: 18 of 24 trials are recorded',
  ]);
  const [threshold, kept, arm] = casesOf(root).map(outputOf);
  assert.is(threshold, 'throughput > 2000000000: 962 MiB/s in a');
  assert.is(kept, 'iops > 1: 1k in a');
  assert.match(arm as string, /^throughput: 962 MiB\/s\n(.*\n)*p99\(latency\): \d+ µs\n(.*\n)*over 6 trials$/);
});

const FAULT = { code: 'EIO', syscall: 'pread', path: '/mnt/x', offsetBytes: 0, message: 'EIO', worker: 0 };

test('JUnit of a comparison with any names: each verdict is what it is to be', () => {
  const gated = comparedOf(arms, [1, 0.8, 1, 1], ['kernel', null, null, null]);
  const outcomes = gated.map(({ comparison }) => {
    const root = junitOf(junitXml(stored.run, comparisonSuites(comparison)));
    const cases = casesOf(root);
    assert.is(cases.length, arms.length);
    for (const testCase of cases) {
      assert.match(
        outputOf(testCase) as string,
        /: throughput \S+ \S+ \(95 % interval .*\), \S+ MiB\/s → \S+ MiB\/s, p /,
      );
      assert.match(outputOf(testCase) as string, /\na regression or improvement must exceed 10 %$/);
    }
    return [...new Set(outcomesOf(root).values())];
  });
  assert.equal(outcomes, [['error incomparable'], ['failure regression'], ['passed'], ['passed']]);
});

/** Comparisons of a run with another whose levels are `ratio` times these. Enough sessions to tell with so many cells. */
function comparedOf(of: readonly Arm[], ratios: readonly number[], changes: readonly (string | null)[]) {
  const run = stored.run;
  const levelsOfBase = [...LEVELS, 1.015e9, 0.995e9];
  return ratios.map((ratio, index) => {
    const options = { arms: of, levels: levelsOfBase.map((level) => level * ratio) };
    const changed = changes[index] === 'kernel' ? { environment: { ...run.environment, kernel: '5.10' } } : {};
    const candidate = runOfSessions({ ...options, run: { id: '20261127T120000Z_quick_beef', ...changed } });
    const base = runOfSessions({ arms: of, levels: levelsOfBase });
    const comparison = compare(
      [
        { name: 'main', run: base, trials: trialsOfSessions({ arms: of, levels: levelsOfBase }) },
        { name: candidate.id, run: candidate, trials: trialsOfSessions(options) },
      ],
      comparisonOptions({ alpha: 0.5, minEffect: 0.1 }),
    );
    return { comparison, gate: gateOf(comparison, [], ONCE) };
  });
}

test('OpenMetrics: prometheus-client and GitLab read every sample, with any names', () => {
  const { families, gitlab } = openMetricsOf(openMetricsText(measurements));
  assert.equal(
    families.map(({ name, unit, type }) => [name, unit, type]),
    [
      ['feedrate_throughput_session_median_bytes_per_second', 'bytes_per_second', 'gauge'],
      ['feedrate_iops_session_median_operations_per_second', 'operations_per_second', 'gauge'],
      ['feedrate_cpu_session_median_seconds_per_operation', 'seconds_per_operation', 'gauge'],
      ['feedrate_latency_session_median_seconds', 'seconds', 'gauge'],
      ['feedrate_read_session_median_seconds', 'seconds', 'gauge'],
    ],
  );
  const shown = (name: string) =>
    name
      .replaceAll(/(?!\n)\p{Cc}/gu, ' ')
      .replaceAll('#', '＃')
      .replaceAll(/\p{Cs}/gu, '\ufffd');
  const samples = families.flatMap((family) => family.samples);
  assert.is(samples.length, measurements.length);
  assert.equal(
    samples.slice(0, arms.length).map(({ labels }) => labels),
    arms.map(({ id, job, target }) => ({ workload: 'quick', arm: shown(id), job: shown(job), target })),
  );
  assert.equal([...new Set(families[3]?.samples.map(({ labels }) => labels['statistic']))], ['p99', 'mean']);
  assert.is(samples[0]?.value, 1_005_000_000);
  const [rounded] = openMetricsOf(openMetricsText(measurements, 3)).families;
  assert.is(rounded?.samples[0]?.value, 1_010_000_000, 'three digits');
  assert.equal(
    gitlab.map(([, value]) => Number(value)),
    samples.map(({ value }) => value),
  );
  assert.is(new Set(gitlab.map(([name]) => name)).size, samples.length, 'GitLab tells all of them apart');
});

test('OpenMetrics of nothing is a file with nothing', () => {
  assert.equal(openMetricsOf(openMetricsText([])), { families: [], gitlab: [] });
});

test('Bencher and github-action-benchmark: every measurement, its interval, its direction', () => {
  const bmf = bmfOf(bmfJson(measurements));
  assert.equal(Object.keys(bmf).sort(), arms.map(({ id }) => `quick/${id}`).sort());
  assert.equal(bmf['quick/__proto__'], {
    throughput_session_median_bytes_per_s: { value: 1.005e9, lower_value: 0.99e9, upper_value: 1.03e9 },
    iops_session_median: { value: 1000, lower_value: 1000, upper_value: 1000 },
    cpu_session_median_ns_per_op: { value: 500_000, lower_value: 500_000, upper_value: 500_000 },
    latency_p99_session_median_ns: bmf['quick/plain']?.['latency_p99_session_median_ns'],
    read_p50_session_median_ns: bmf['quick/plain']?.['read_p50_session_median_ns'],
    latency_mean_session_median_ns: bmf['quick/plain']?.['latency_mean_session_median_ns'],
  });
  const bigger = benchmarksOf(benchmarkJson(measurements, 'higher'));
  const smaller = benchmarksOf(benchmarkJson(measurements, 'lower'));
  assert.is(bigger.length + smaller.length, measurements.length);
  assert.equal(
    [...new Set(bigger.map(({ unit }) => unit)), ...new Set(smaller.map(({ unit }) => unit))],
    ['bytes/s', 'ops/s', 'ns/op', 'ns'],
  );
  assert.equal(bigger[0], {
    name: 'quick/plain throughput, session median',
    unit: 'bytes/s',
    value: 1.005e9,
    range: '990000000 … 1030000000',
    extra: `median of 6 sessions, 6 trials\nrun ${stored.run.id}`,
  });
});

test('without enough sessions there is no interval, and without a number no entry', () => {
  const few = storedOf({ levels: [1e9, 2e9], trial: (trial) => ({ ...trial, latency: {} }) });
  const measured = measurementsOf(few.run, few.trials, MEASURES);
  assert.equal(
    measured.map(({ measure }) => measure.key),
    ['throughput', 'iops', 'cpu'],
  );
  assert.equal(bmfOf(bmfJson(measured))['quick/read']?.['throughput_session_median_bytes_per_s'], { value: 1.5e9 });
  assert.is(benchmarksOf(benchmarkJson(measured, 'higher'))[0]?.range, undefined);
  const nothing = storedOf({ levels: [1e9], trial: (trial) => ({ ...trial, status: 'failed' }) });
  assert.equal(measurementsOf(nothing.run, nothing.trials, MEASURES), []);
  assert.is(benchmarkJson([], 'higher'), '[]\n');
  assert.is(bmfJson([]), '{}\n');
});

/** As GitHub's runner reads a line: properties between the name and `::`, then data. */
function annotationIn(line: string): { level: string; title: string; message: string } {
  const [, level = '', title = '', message = ''] = /^::(error|warning|notice) title=(.*?)::(.*)$/s.exec(line) ?? [];
  const data = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  return { level, title: data(title.replaceAll('%3A', ':').replaceAll('%2C', ',')), message: data(message) };
}

test('an annotation is one line that says the decision and the worst cell, whatever it is called', () => {
  for (const arm of arms) {
    const [{ comparison, gate } = assert.unreachable() as never] = comparedOf([arm], [0.8], [null]);
    const line = annotationOf(comparison, gate);
    assert.not.match(line, /[\r\n]/);
    const { level, title, message } = annotationIn(line);
    assert.equal([level, title], ['error', 'feedrate gate: regression']);
    const name = visibleText(arm.id);
    assert.is(
      message.split('\n')[2]?.startsWith(`worst: ${name}: regression: throughput −20.0 % (95 % interval `),
      true,
    );
  }
});

test('annotations of the other decisions', () => {
  const [same, kernel] = comparedOf([makeArm('read')], [1, 1], [null, 'kernel']);
  assert.is(annotationIn(annotationOf(same!.comparison, same!.gate)).level, 'notice');
  const other = annotationIn(annotationOf(kernel!.comparison, kernel!.gate));
  assert.equal([other.level, other.title], ['error', 'feedrate gate: incomparable']);
  assert.match(other.message, 'worst: read: kernel changed from 6.1.0 to 5.10 (--ignore kernel to compare anyway)');
  const broken = gateOf(same!.comparison, [], { ...ONCE, flaws: ['the run is aborted', 'and more'] });
  const { level, message } = annotationIn(annotationOf(same!.comparison, broken));
  assert.is(level, 'error');
  assert.match(message, /^gate: broken: .*\nincomplete measurement: the run is aborted\n1 cell: 1 equivalent\n/);
});

test('a summary keeps whole rows within its limit, the worst of all measures, and says what it left out', () => {
  const many = Array.from({ length: 300 }, (_, index) => makeArm(`job-${index}-🗄️`));
  const [{ comparison, gate } = assert.unreachable() as never] = comparedOf(many, [0.8], [null]);
  const whole = stepSummary(comparison, gate, 1024 * 1024);
  assert.ok(whole !== null && !whole.includes('left out'));
  const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('| job-'));
  const all = rowsOf(whole);
  assert.is(all.length, 300);
  for (const limit of [Buffer.byteLength(whole) - 1, 20_000, 5_000, 800]) {
    const summary = stepSummary(comparison, gate, limit) as string;
    assert.ok(Buffer.byteLength(summary) <= limit, `${Buffer.byteLength(summary)} of ${limit}`);
    const rows = rowsOf(summary);
    assert.equal(rows, all.slice(0, rows.length));
    assert.match(summary, new RegExp(`\\nleft out to stay within GitHub's size limit: ${300 - rows.length} rows?`));
    const rowBytes = Math.max(...all.map((row) => Buffer.byteLength(row) + 1));
    assert.ok(rows.length === 0 || Buffer.byteLength(summary) > limit - 2 * rowBytes, 'no more rows would have fitted');
  }
  assert.is(stepSummary(comparison, gate, 10), null);
});

test('the worst rows of all measures stay, and a measure without rows has no table', () => {
  const [{ comparison } = assert.unreachable() as never] = comparedOf(
    Array.from({ length: 50 }, (_, index) => makeArm(`job-${index}`)),
    [0.8],
    [null],
  );
  const iops = measureOf('iops') as Measure;
  const better = comparison.cells.map((cell) => ({
    ...cell,
    measure: iops,
    judgement: { ...cell.judgement, verdict: 'equivalent' as const },
  }));
  const both = {
    ...comparison,
    cells: [...better, ...comparison.cells],
    options: { ...comparison.options, measures: [iops, ...comparison.options.measures] },
  };
  const gate = gateOf(both, [], ONCE);
  const summary = stepSummary(both, gate, 6000) as string;
  assert.not.match(summary, ' equivalent |');
  assert.not.match(summary, /^iops \(/m);
  assert.match(summary, /^throughput \\?\(/m);
});

test('a latency without an end is left out of JSON, which has no infinity, and is +Inf in OpenMetrics', () => {
  const dead = storedOf({
    arms: [makeArm('a')],
    levels: LEVELS,
    trial: (trial) => (trial.session > 2 ? { ...trial, window: makeWindow(0, 0) } : trial),
  });
  const of = measurementsOf(dead.run, dead.trials, MEASURES);
  const value = (key: string) => of.find(({ measure }) => measure.key === key)?.spread.median;
  assert.equal([value('throughput'), value('p99(latency)')], [0, Number.POSITIVE_INFINITY]);
  const written = [benchmarkJson(of, 'lower'), benchmarkJson(of, 'higher'), bmfJson(of)];
  for (const text of written) assert.not.match(text, /null|NaN|Infinity/);
  assert.match(openMetricsText(of), /^feedrate_latency_session_median_seconds\{.*statistic="p99"\} \+Inf$/m);
  assert.match(openMetricsText(of), /^feedrate_throughput_session_median_bytes_per_second\{.*\} 0$/m);
});

test.run();
