import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { type ReportFormat, type ReportOptions, renderRun } from '../../src/report/render.js';
import { assertGolden } from '../support/golden.js';
import {
  latencies,
  machineUse,
  makeArm,
  makeCache,
  makeRun,
  makeThreshold,
  makeTrial,
  makeWindow,
} from '../support/records.js';

const test = suite('report/render-run');

const bounds = [makeThreshold('throughput', null, '>', 1e9), makeThreshold('latency', 'max', '<', 2e7)];
const small = makeArm(
  'randread',
  [
    { name: 'bs', label: '4KiB' },
    { name: 'iodepth', label: '1' },
  ],
  bounds,
);
const large = makeArm(
  'randread',
  [
    { name: 'bs', label: '1MiB' },
    { name: 'iodepth', label: '8' },
  ],
  bounds,
);
const files = makeArm('small-files', [], [makeThreshold('open', 0.99, '<', 1e6)]);
const checkpoint = makeArm('checkpoint');
const arms = [small, large, files, checkpoint];
const run = makeRun(arms, 6, { labels: { volume: 'flex' } });

const clientBound = {
  code: 'client-bound',
  message: 'the workers used 99 % of their CPUs',
  remedy: 'use larger blocks',
};
const fault = {
  code: 'EIO',
  syscall: 'pread',
  path: '/mnt/data/x',
  offsetBytes: 4096,
  message: 'i/o error',
  worker: 1,
};

function trialsOf(round: number): TrialRecord[] {
  const at = (place: number) => ({ id: `s1r${round}t${place}`, place, warmup: round === 1 });
  return [
    makeTrial(small, round, 1e8 + round * 1e6, at(1)),
    makeTrial(large, round, 2e9 + round * 1e8, {
      ...at(2),
      warnings: round > 4 ? [{ ...clientBound, code: 'client-bound' }] : [],
      cache: makeCache(round === 3 ? 'contradicted' : 'proven'),
    }),
    makeTrial(files, round, 1e6, {
      ...at(3),
      latency: { read: latencies(1e6), open: latencies(3e5, 4e5), close: latencies(1e3) },
      cache: { ...makeCache('none'), claim: 'as-is' },
    }),
    makeTrial(checkpoint, round, 0, { ...at(4), status: 'failed', fault, latency: {}, window: makeWindow(0, 0) }),
  ];
}

const trials = [1, 2, 3, 4, 5, 6].flatMap(trialsOf);
const problems = ['trials.jsonl:3: cut off or damaged: Unexpected end of JSON input; this trial is lost'];
const plain: ReportOptions = { color: false, columns: 200, directory: `results/${run.id}` };
const render = (format: ReportFormat, options = plain): Promise<string> =>
  renderRun(run, trials, problems, format, options);

const widest = (text: string, pattern: RegExp): number =>
  Math.max(
    ...text
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => [...line].length),
  );

test('the terminal report', async () => assertGolden(await render('table'), 'report', 'run.txt'));
test('the terminal report, 80 columns', async () =>
  assertGolden(await render('table', { ...plain, columns: 80 }), 'report', 'run-80.txt'));
test('the Markdown report', async () => assertGolden(await render('md'), 'report', 'run.md'));
test('the CSV report', async () => assertGolden(await render('csv'), 'report', 'run.csv'));
test('the JSON report', async () => assertGolden(await render('json'), 'report', 'run.json'));

test('a table fits its terminal and keeps what tells arms apart', async () => {
  for (let columns = 60; columns <= 220; columns++) {
    const text = await render('table', { ...plain, columns });
    assert.ok(widest(text, /^[┌│├└]/) <= columns, `${columns} columns`);
    for (const head of ['job', 'bs', 'iodepth', 'throughput', 'notes']) assert.match(text, new RegExp(`│ *${head} *│`));
  }
});

test('colour adds escapes and nothing else; without it there are none', async () => {
  const colored = await render('table', { ...plain, color: true });
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  assert.match(colored, escapes);
  assert.is(colored.replaceAll(escapes, ''), await render('table'));
  assert.not.match(await render('table'), escapes);
});

test('CSV and JSON have the same numbers, as Python reads them', async () => {
  const program = [
    'import csv,io,json,sys',
    'both=json.load(sys.stdin)',
    'rows=list(csv.DictReader(io.StringIO(both["csv"])))',
    'arms=json.loads(both["json"])["arms"]',
    'assert len(rows)==len(arms)==4',
    'for row,arm in zip(rows,arms):',
    '  for name,text in row.items():',
    '    if name=="warnings": continue',
    '    value=arm[name]',
    '    assert text==("" if value is None else value if isinstance(value,str) else text), (name,text,value)',
    '    if isinstance(value,(int,float)): assert float(text)==value, (name,text,value)',
    'print("same")',
  ].join('\n');
  const input = JSON.stringify({ csv: await render('csv'), json: await render('json') });
  assert.is(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }), 'same\n');
});

test('what the measuring itself costs is told beside the version, where it was measured', async () => {
  const ownCost = { clockNs: 26, histogramNs: 2.5, nullNsPerOperation: 62.5 };
  for (const format of ['table', 'md'] as const) {
    const text = await renderRun({ ...run, ownCost }, trials, [], format, plain);
    assert.match(
      text,
      /koffi 3\.3\.4\n(- )?feedrate's own overhead: 63 ns per operation \(limit: 16\.0 M IOPS per worker\)\n/,
    );
    assert.not.match(await render(format), /own overhead/);
  }
});

test('without run.json the trials are shown', async () => {
  const text = await renderRun(null, trials, ['run.json: missing'], 'table', { ...plain, status: 'unknown' });
  assert.match(text, /^results\/20261123T191203Z_quick_a1f3: unknown, run\.json is missing or damaged$/m);
  assert.match(text, /│ randread +│ 4KiB │/);
  assert.match(text, /\n! run\.json: missing\n/);
});

test('a run without trials says so', async () => {
  const text = await renderRun(makeRun([small], 1), [], [], 'table', { ...plain, status: 'killed' });
  assert.match(text, /killed, 0 of 1 trial\n/);
  assert.match(text, /│ +not run │/);
  assert.match(text, /✗ throughput > 1000000000: not measured in randread/);
  assert.is((await renderRun(null, [], ['gone'], 'md', plain)).includes('gone'), true);
  assert.is((await renderRun(null, [], [], 'csv', plain)).split('\n').length, 2);
  assert.equal(JSON.parse(await renderRun(null, [], [], 'json', plain)).arms, []);
});

test('text of a user cannot draw on the terminal or break a table', async () => {
  const esc = String.fromCharCode(27);
  const evil = makeArm(`a${esc}[2Jb\nc|d<img>`, [{ name: 'bs', label: `x${esc}]0;t` }]);
  const evilRun = makeRun([evil], 1, { labels: { note: `1\r2${esc}[A` } });
  const evilTrial = makeTrial(evil, 1, 1, { status: 'failed', fault: { ...fault, path: `/x${esc}[2J` } });
  for (const format of ['table', 'md'] as const) {
    const text = await renderRun(evilRun, [evilTrial], [`p${esc}[2J`], format, plain);
    assert.not.match(text, /[^\n\P{Cc}]/u);
  }
  const rows = (await renderRun(evilRun, [evilTrial], [], 'md', plain))
    .split('\n')
    .filter((line) => line.startsWith('|'));
  assert.is(rows.length, 3);
  assert.match(rows[2] ?? '', /c\\\|d&lt;img\\>/);
});

test('a claim that the server’s memory may have kept says so, in the table and below it', async () => {
  const arm = makeArm('read');
  const trials = (['cold', 'direct'] as const).map((claim, index) => {
    const cache = { ...makeCache('proven'), claim, serverCache: 'unknown' as const };
    return makeTrial({ ...arm, id: claim }, index + 1, 1e9, { arm: claim, cache });
  });
  const run = makeRun(
    [
      { ...arm, id: 'cold' },
      { ...arm, id: 'direct' },
    ],
    1,
  );
  for (const format of ['table', 'md'] as const) {
    const text = await renderRun(run, trials, [], format, plain);
    assert.match(text, 'cold client ✓, server unknown');
    assert.match(text, 'direct ✓, server unknown');
    assert.match(text, 'Cold client confirmed, server unknown for 1 arm');
    assert.match(text, 'Direct I/O confirmed, server unknown for 1 arm');
    assert.not.match(text, 'cold ✓');
  }
  assert.match(await renderRun(run, trials, [], 'csv', plain), /,cache_server,[\s\S]*,unknown,/);
  const { arms } = JSON.parse(await renderRun(run, trials, [], 'json', plain));
  assert.equal([arms[0].cache_verdict, arms[0].cache_server], ['proven', 'unknown']);
});

test('the machine during the trials, and a disturbed start, have a line each', async () => {
  const arm = makeArm('read');
  const machines = [machineUse({ othersCpuNs: 1.8e9, loadAverage: 11 }), machineUse()];
  const trials = machines.map((machine, index) => makeTrial(arm, index + 1, 1e9, { machine }));
  const load = { loadAverage: 10.5, cpuStalledShare: 0.9, ioStalledShare: null, memoryStalledShare: 0 };
  const ownCost = { clockNs: 800, histogramNs: 2, nullNsPerOperation: 2100 };
  const run = makeRun([arm], 2, { ownCost });
  const text = await renderRun({ ...run, environment: { ...run.environment, load } }, trials, [], 'table', plain);
  assert.match(text, 'limited to 2 GiB and 1.5 CPU; at the start: load average 10.5, pressure CPU 90 %, memory 0 %');
  const busy = 'took 0 % to 90 % of the CPUs during a trial, load average at most 11.0; 1 trial of 2 on a busy machine';
  assert.match(text, busy);
  assert.match(text, /overhead: at most 2100 ns .*a clock reading took 800 ns then and 26 ns in a trial/);
});

test('limits of a container that are not known are not called none', async () => {
  const run = makeRun([makeArm('read')], 1);
  const header = async (cgroup: typeof run.environment.cgroup) => {
    const text = await renderRun({ ...run, environment: { ...run.environment, cgroup } }, [], [], 'table', plain);
    return text.split('\n').find((line) => line.includes('Example CPU')) ?? '';
  };
  const none = { memoryMaxBytes: null, memoryHighBytes: null, cpuMax: null, cpusetCpus: null };
  assert.match(
    await header({ ...none, unknown: ['memory', 'cpu'] }),
    'memory, memory and CPU limit of the container unknown',
  );
  assert.match(
    await header({ ...none, memoryHighBytes: 300 * 2 ** 20, cpusetCpus: 1, unknown: [] }),
    'limited to 300 MiB without slowdown (memory.high) and a cpuset of 1 CPU',
  );
});

test.run();
