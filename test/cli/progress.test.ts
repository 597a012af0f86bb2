import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProgressMode } from '../../src/cli/options/arguments.js';
import { createProgress, type Progress } from '../../src/cli/terminal/progress.js';
import { createProgressState } from '../../src/cli/terminal/progress-state.js';
import { clockTime, plainLine } from '../../src/cli/terminal/progress-text.js';
import { aligned, columnsOf, cut } from '../../src/report/table/columns.js';
import type { SessionEvent, WorkProgress } from '../../src/trial/events.js';
import { makeArm, makeTrial } from '../support/records.js';

const test = suite('cli/progress');
const CLEAR = '\r\x1b[K';
const MIB = 2 ** 20;

type ProgressEvent = Extract<SessionEvent, { type: 'progress' }>;

function measuring(changes: Partial<ProgressEvent> = {}): ProgressEvent {
  return {
    type: 'progress',
    trialId: 's1r1t1',
    arm: 'randread/bs=4KiB',
    doneTrials: 2,
    totalTrials: 12,
    elapsedNs: 1e9,
    fraction: 0.5,
    quietNs: 0,
    nfs: null,
    bytesPerSecond: 512 * MIB,
    opsPerSecond: 1000,
    unit: 'bytes',
    p99Ns: 18_400_000,
    leftNs: 2e9,
    etaNs: 41e9,
    ...changes,
  };
}

/** Progress on a stream of this kind under a clock that only the test moves. */
function recorded(
  mode: ProgressMode,
  kind: { isTTY?: boolean; columns?: number },
  environment: Record<string, string> = {},
) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { ...kind, write: (text: string) => written.push(text) };
  const variables = { NO_COLOR: '1', TERM: 'xterm', ...environment };
  const progress: Progress = createProgress(mode, stream, variables, { nowMs: () => clock.ms });
  return { progress, written, clock, stream };
}

const arm = makeArm('randread', [{ name: 'bs', label: '4KiB' }]);
const finished: SessionEvent = { type: 'trial', record: makeTrial(arm, 1, 512 * MIB) };
const broken: SessionEvent = {
  type: 'trial',
  record: makeTrial(arm, 1, 1, {
    status: 'failed',
    fault: { code: 'EIO', syscall: 'pread', path: '/t/f', offsetBytes: 4096, message: 'EIO', worker: 1 },
  }),
};

test('a terminal has one line, redrawn in place and removed at the end', () => {
  const { progress, written, clock } = recorded('auto', { isTTY: true, columns: 100 });
  progress.handle(measuring());
  clock.ms = 250;
  progress.handle(measuring({ bytesPerSecond: 256 * MIB }));
  progress.close();
  assert.equal(written, [
    `${CLEAR}randread/bs=4KiB  █  512 MiB/s  p99 18.4 ms  trial 3/12  eta 0:02  run eta 0:41`,
    `${CLEAR}randread/bs=4KiB  █▄  384 MiB/s  p99 18.4 ms  trial 3/12  eta 0:02  run eta 0:41`,
    CLEAR,
  ]);
});

test('nothing is written to a terminal before the first event', () => {
  const { progress, written } = recorded('auto', { isTTY: true });
  progress.note('leftovers');
  progress.close();
  assert.equal(written, ['leftovers\n']);
});

/** Returns a layout of two files of 500 MiB. */
function layout(change: Partial<WorkProgress> = {}): SessionEvent {
  const work = {
    doneFiles: 0,
    totalFiles: 2,
    doneBytes: 0,
    totalBytes: 1000 * MIB,
    fraction: 0,
    elapsedNs: 0,
    leftNs: null,
  };
  return { type: 'layout', target: 't', ...work, ...change };
}

test('events that come fast are drawn at most ten times a second', () => {
  const { progress, written, clock } = recorded('auto', { isTTY: true });
  for (let i = 0; i < 1000; i++) {
    clock.ms = i;
    progress.handle(layout({ doneBytes: i * MIB, fraction: i / 1000 }));
  }
  assert.is(written.length, 10);
  assert.is(written.at(-1), `${CLEAR}creating data files on t  90 %  900 MiB of 1000 MiB`);
});

test('a note stands above the redrawn line', () => {
  const { progress, written } = recorded('auto', { isTTY: true, columns: 100 });
  progress.handle(measuring());
  progress.note('stopping');
  assert.is(written[1], `${CLEAR}stopping\n`);
  assert.is(written[2], written[0]);
});

test('a failed trial leaves a line on a terminal, a good one does not', () => {
  const { progress, written } = recorded('auto', { isTTY: true, columns: 100 });
  progress.handle(measuring());
  progress.handle(finished);
  assert.is(written.length, 1);
  progress.handle(broken);
  assert.is(written[1], `${CLEAR}4/12 s1r1t1 randread/bs=4KiB  failed: EIO pread /t/f at byte 4096 (worker 1)\n`);
});

test('the line fits every width, also after the terminal was resized', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 2, max: 200 }), { minLength: 1 }),
      fc.string({ unit: 'grapheme' }),
      (widths, name) => {
        const { progress, written, clock, stream } = recorded('auto', { isTTY: true });
        for (const columns of widths) {
          stream.columns = columns;
          clock.ms += 1000;
          progress.handle(measuring({ arm: name }));
          const line = (written.at(-1) ?? '').slice(CLEAR.length);
          assert.ok(columnsOf(line) < columns, `${columnsOf(line)} of ${columns}: ${line}`);
        }
      },
    ),
  );
});

test('a narrow terminal keeps the rate longest', () => {
  const { progress, written, clock, stream } = recorded('auto', { isTTY: true });
  const shown = [90, 78, 65, 45, 30, 20].map((columns) => {
    stream.columns = columns;
    clock.ms += 1000;
    progress.handle(measuring({ bytesPerSecond: MIB }));
    return (written.at(-1) ?? '').slice(CLEAR.length);
  });
  assert.equal(shown, [
    'randread/bs=4KiB  █  1 MiB/s  p99 18.4 ms  trial 3/12  eta 0:02  run eta 0:41',
    'randread/bs=4KiB  1 MiB/s  p99 18.4 ms  trial 3/12  eta 0:02  run eta 0:41',
    'randread/bs=4KiB  1 MiB/s  p99 18.4 ms  run eta 0:41',
    'randread/bs=4KiB  1 MiB/s  run eta 0:41',
    'randread/bs=4KiB  1 MiB/s',
    '1 MiB/s',
  ]);
});

test('on NFS the round trip is shown, and the queue where calls wait longer to be sent', () => {
  const shown = (queueNs: number) => {
    const state = createProgressState(12);
    state.take(measuring({ nfs: { callsPerSecond: 400, queueNs, roundTripNs: 2.3e6 } }));
    return plainLine(state);
  };
  assert.match(shown(1e5), / {2}rtt 2\.3 ms {2}/);
  assert.match(shown(1e7), / {2}queue 10 ms rtt 2\.3 ms {2}/);
});

test('colours come with a terminal and go with NO_COLOR', () => {
  const colored = recorded('auto', { isTTY: true, columns: 100 }, { NO_COLOR: '' });
  colored.progress.handle(measuring());
  assert.match(colored.written[0] ?? '', '\x1b[1mrandread/bs=4KiB\x1b[22m');
  const sequences = colored.written
    .join('')
    .split('\x1b[')
    .slice(1)
    .map((text) => /^[0-9;]*(.)/.exec(text)?.[1]);
  assert.equal(new Set(sequences), new Set(['K', 'm']));
});

for (const [where, mode, kind, environment] of [
  ['a pipe', 'auto', { isTTY: false }, {}],
  ['a Jupyter cell', 'auto', { isTTY: true, columns: 80 }, { JPY_PARENT_PID: '7' }],
  ['a dumb terminal', 'auto', { isTTY: true }, { TERM: 'dumb' }],
  ['--progress line', 'line', { isTTY: true, columns: 20 }, {}],
] as const) {
  test(`${where} gets a line every 5 s and one for each trial, without control characters`, () => {
    const { progress, written, clock } = recorded(mode, kind, environment);
    for (; clock.ms < 12_000; clock.ms += 250) progress.handle(measuring());
    progress.handle(finished);
    progress.note('stopping');
    progress.close();
    assert.equal(written, [
      'randread/bs=4KiB  512 MiB/s  p99 18.4 ms  trial 3/12  eta 0:02  run eta 0:41\n',
      'randread/bs=4KiB  512 MiB/s  p99 18.4 ms  trial 3/12  eta 0:02  run eta 0:41\n',
      '3/12 s1r1t1 randread/bs=4KiB  512 MiB/s  1k IOPS  p99 5 ms\n',
      'stopping\n',
    ]);
  });
}

test('trials that do not count, or not as claimed, say so', () => {
  const { progress, written } = recorded('line', {});
  const { cache } = makeTrial(arm, 1, MIB);
  progress.handle({
    type: 'trial',
    record: makeTrial(arm, 1, MIB, { warmup: true, cache: { ...cache, verdict: 'contradicted' } }),
  });
  progress.handle({ type: 'trial', record: makeTrial(arm, 1, MIB, { status: 'aborted', latency: {} }) });
  assert.equal(written, [
    's1r1t1 randread/bs=4KiB  1 MiB/s  1k IOPS  p99 5 ms  warm-up  not cold\n',
    's1r1t1 randread/bs=4KiB  1 MiB/s  1k IOPS  stopped early\n',
  ]);
});

test('a plan whose size is known needs no event to tell it', () => {
  const written: string[] = [];
  const progress = createProgress('line', { write: (text) => written.push(text) }, {}, { totalTrials: 2 });
  for (const round of [1, 2]) progress.handle({ type: 'trial', record: makeTrial(arm, round, MIB) });
  assert.equal(
    written.map((line) => line.slice(0, 10)),
    ['1/2 s1r1t1', '2/2 s1r2t1'],
  );
});

test('json is an event a line, of trials without histograms and series', () => {
  const { progress, written } = recorded('json', { isTTY: true });
  progress.handle(measuring());
  progress.handle(finished);
  progress.note('a "note"\nof two lines');
  progress.close();
  const [first, trial, note, ...rest] = written.map((line) => JSON.parse(line));
  assert.equal(first, measuring());
  assert.is(trial.record.arm, arm.id);
  assert.equal([trial.record.latency, trial.record.series], [undefined, undefined]);
  assert.equal(note, { type: 'note', text: 'a "note"\nof two lines' });
  assert.is(rest.length, 0);
  assert.ok(written.every((line) => line.indexOf('\n') === line.length - 1));
});

test('none is silent but for notes', () => {
  const { progress, written } = recorded('none', { isTTY: true });
  progress.handle(measuring());
  progress.handle(finished);
  progress.note('stopping');
  progress.close();
  assert.equal(written, ['stopping\n']);
});

test('trials are looked at as closely as somebody watches', () => {
  const looks = (mode: ProgressMode, isTTY = false) => recorded(mode, { isTTY }).progress.looks;
  assert.equal(looks('auto', true), { everyMs: 250, closely: true });
  assert.equal(looks('json'), { everyMs: 250, closely: true });
  assert.equal([looks('auto'), looks('line')], Array(2).fill({ everyMs: 1000, closely: true }));
  assert.equal(looks('none'), { everyMs: 1000, closely: false });
});

test('time left is rounded up to a second', () => {
  assert.equal([0, 1, 40.2e9, 60e9, 3723e9].map(clockTime), ['0:00', '0:01', '0:41', '1:00', '1:02:03']);
});

test('texts are cut by columns, not by characters', () => {
  assert.equal([cut('abcdef', 6), cut('abcdef', 5), cut('ab', 1), cut('ab', 0)], ['abcdef', 'abcd…', '…', '']);
  assert.is(cut('日本語', 5), '日本…');
  assert.equal(
    aligned([
      ['日', 'b'],
      ['a', 'c'],
    ]),
    ['日  b', 'a   c'],
  );
});

test('the time of a run is shown from its start', () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
  const options = { totalTrials: 3, expectedNs: 65e9 };
  createProgress('auto', stream, { NO_COLOR: '1', TERM: 'xterm' }, options);
  assert.equal(written, [`${CLEAR}starting  run eta 1:05`]);
  written.length = 0;
  createProgress('line', stream, {}, options);
  assert.equal(written, ['starting  run eta 1:05\n']);
  written.length = 0;
  createProgress('line', stream, {}, { ...options, expectedNs: 1e9 });
  createProgress('none', stream, {}, options);
  createProgress('json', stream, {}, options);
  assert.equal(written, [], 'a short run begins with its first result, and a program reads events');
});

test.run();
