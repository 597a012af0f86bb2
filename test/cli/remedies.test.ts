/**
 * What feedrate advises, followed to the letter: each row provokes a message, then does what it says. The advice must be
 * accepted, and the message must be gone. Advice about mounts is followed in the lab (`lab/remedies`), about limits of the
 * machine in `run/worker-limits` and `run/exhausted`, about direct I/O in `run/direct-io`, and about killed runs in
 * `run/leftovers`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../src/base/errors.js';
import { gate as gateCommand } from '../../src/cli/commands/gate.js';
import { expandArms } from '../../src/plan/arms.js';
import type { Arm } from '../../src/plan/plan.js';
import { withPreparation } from '../../src/run/preparation.js';
import { evenWorkers, longerThanRamp, longerTrial, trueClaim } from '../../src/trial/remedies.js';
import { JOB_WORDS, KINDS, rowsOf } from '../../src/workload/job-fields.js';
import { parseOverride } from '../../src/workload/override-text.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import { feedrate } from '../support/command-thread.js';
import { makeArm } from '../support/records.js';
import { startOfDay } from '../support/stored-runs.js';
import { storeSessions } from '../support/stored-sessions.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { COMMANDS, follow } from './followed-commands.js';

const test = suite('cli/remedies');

/** A message about a plan, and what it advises. */
interface Row {
  readonly workload: string;
  /** More arguments that provoke it. */
  readonly args?: string;
  readonly says: RegExp;
  /** The arguments that follow the advice, each list by itself. `…` in the message is 1m. Default: those in the message. */
  readonly follow?: readonly string[];
  /** Another workload that follows it. */
  readonly instead?: string;
}

const job = (fields: string, more = '') => `name: w\n${more}jobs:\n  a: {${fields}}\n`;
const TRACE = 'dataset: {trace: epoch.trace.gz}\n';
const DATASET = 'dataset: {nrfiles: 2, filesize: 8k}\n';

const ROWS: Readonly<Record<string, Row>> = {
  'a job that is too large': {
    workload: job('rw: write, size: 1PiB, bs: 1m'),
    says: /free some space, or use smaller files with --set size=…$/,
  },
  'a checkpoint that is too large': {
    workload: job('kind: checkpoint-write, shard_size: 1PiB'),
    says: /or use smaller files with --set shard_size=…$/,
  },
  'a checkpoint to restore that is too large': {
    workload: job('kind: checkpoint-restore, shard_size: 1PiB'),
    says: /or use smaller files with --set shard_size=…$/,
  },
  'small files that are too large': {
    workload: job('kind: small-files, nrfiles: 2000, filesize: 1TiB'),
    says: /or use smaller files with --set filesize=…$/,
  },
  'a dataset that is too large': {
    workload: job('rw: read, bs: 1m', 'dataset: {nrfiles: 10, filesize: 100TiB}\n'),
    says: /or use smaller files with --set dataset\.filesize=…$/,
  },
  'several jobs that are too large': {
    workload: `name: w\n${DATASET}jobs:\n  a: {rw: read}\n  b: {rw: write, size: 1PiB, bs: 1m}\n  c: {kind: checkpoint-write, shard_size: 1PiB}\n`,
    says: /--set dataset\.filesize=… --set b\.size=… --set c\.shard_size=…$/,
  },
  'more workers than blocks': {
    workload: job('rw: read, bs: 8k, numjobs: 3', 'dataset: {nrfiles: 1, filesize: 8k}\n'),
    says: /use fewer numjobs, a smaller bs or a larger dataset$/,
    follow: ['--set numjobs=1', '--set bs=512', '--set dataset.filesize=64k', '--set dataset.nrfiles=8'],
  },
  'more workers than small files': {
    workload: job('kind: small-files, numjobs: 3', DATASET),
    says: /use fewer numjobs or more nrfiles in the dataset$/,
    follow: ['--set numjobs=2', '--set dataset.nrfiles=3'],
  },
  'too many arms': {
    workload: job('rw: read, size: 1m'),
    args: `-P bs=${Array.from({ length: 150 }, (_, i) => 512 * (i + 1)).join(',')} -P numjobs=${Array.from({ length: 150 }, (_, i) => i + 1).join(',')}`,
    says: /its lists make 22500 arms; at most 10000$/,
    follow: ['-P bs=4k,8k -P numjobs=1,2'],
  },
  'too many trials': {
    workload: job('rw: read, size: 1m'),
    args: '--set trials.sessions=1000 --set trials.rounds=10000',
    says: /use fewer rounds, sessions or arms$/,
    follow: ['--set trials.rounds=1', '--set trials.sessions=1'],
  },
  'a time without an end': {
    workload: job('rw: read, size: 1m, time_based: true'),
    says: /time_based: requires runtime$/m,
    follow: ['--set runtime=1s'],
  },
  'direct I/O beside a cache state': {
    workload: job('rw: read, size: 1m, direct: true, cache: cold'),
    says: /use cache: direct$/m,
    follow: ['--set cache=direct'],
  },
  'a factor of something that is no job': {
    workload: job('rw: read, size: 1m'),
    args: '-P trials.rounds=3',
    says: /-P can only vary a field of a job; use --set$/m,
    follow: ['-P bs=4k,8k --set trials.rounds=3'],
  },
  'a loop of fio': {
    workload: job('rw: read, size: 1m, loops: 3'),
    says: /use time_based, or io_size larger than size$/m,
    instead: job('rw: read, size: 1m'),
    follow: ['--set time_based=true --set runtime=1s', '--set io_size=3m'],
  },
  'a loop of fio where there are no loops': {
    workload: job('kind: checkpoint-write, shard_size: 1m, loops: 3'),
    says: /loops: feedrate has no such field$/m,
    instead: job('kind: checkpoint-write, shard_size: 1m'),
    follow: [''],
  },
  'a dataset that nothing names': {
    workload: job('rw: read'),
    says: /size: is required, because the workload has no dataset$/m,
    follow: ['--set size=1m', '--set dataset.filesize=1m'],
  },
  'a ramp that is longer than its job': {
    workload: job('rw: read, bs: 64k, size: 1m, ioengine: simulated, simulated_latency: 1ms, ramp_time: 1s'),
    says: /use time_based with a runtime, or a shorter ramp_time$/,
    follow: ['--set time_based=true --set runtime=2s', '--set ramp_time=1ms'],
  },
  'a ramp that is longer than its cold job': {
    workload: job(
      'rw: read, bs: 64k, size: 1m, ioengine: simulated, simulated_latency: 1ms, ramp_time: 1s, cache: cold',
    ),
    says: /use a larger size, or a shorter ramp_time$/,
    follow: ['--set size=64g', '--set ramp_time=1ms'],
  },
  'an odd number of rounds': {
    workload: job('rw: read, size: 1m, bs: [4k, 8k]', 'trials: {order: abba, rounds: 3}\n'),
    says: /use an even number of rounds$/m,
    follow: ['--set trials.rounds=4'],
  },
};

/** What `feedrate run WORKLOAD WORDS` says before it measures: an error, or the notes of the plan. */
async function planned(directory: string, text: string, words: string): Promise<{ error: string; notes: string }> {
  const overrides = [...words.matchAll(/(--set|-P) (\S+)/g)].map(([, option, value = '']) =>
    parseOverride(option as '--set' | '-P', value),
  );
  const request = { workload: { source: text, path: 'w.yaml' }, targets: [{ name: 't', path: directory }], overrides };
  try {
    return await withPreparation(
      request,
      {},
      ({ notes }) => ({ error: '', notes: notes.join('\n') }),
      Promise.resolve(),
    );
  } catch (thrown) {
    const { message, issues } = thrown as FeedrateError;
    const said = issues.length > 0 ? issues.map((issue) => `${issue.where}: ${issue.message}`) : [message];
    return { error: said.join('\n'), notes: '' };
  }
}

for (const [name, { workload, args = '', says, follow, instead = workload }] of Object.entries(ROWS)) {
  test(`${name}: the advice is accepted, and helps`, () =>
    withTemporaryDirectory(async (directory) => {
      const before = await planned(directory, workload, args);
      const message = `${before.error}${before.notes}`;
      assert.match(message, says);
      const named = [...(says.exec(message)?.[0] ?? '').matchAll(/--set \S+=…/g)].map(([set]) =>
        set.replace('…', '1m'),
      );
      for (const words of follow ?? [named.join(' ')]) {
        const after = await planned(directory, instead, words.startsWith('-P') ? words : `${args} ${words}`);
        assert.is(after.error, '', words);
        assert.not.match(after.notes, says, words);
      }
    }));
}

test('a directory that does not exist can be made as the message says, and a virtual one can be looked at', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'w.yaml'), job('rw: read, size: 1m'));
    const run = () => feedrate(['run', 'w.yaml', '-t', 'a/b', '--dry-run'], directory);
    assert.match(run().stderr, /it does not exist; create it first \(mkdir -p\)/);
    mkdirSync(join(directory, 'a', 'b'), { recursive: true });
    assert.is(run().status, 0);
    assert.match(feedrate(['doctor', '-t', '/sys'], directory).stderr, /; or use --no-measure, which writes nothing$/m);
    assert.is(feedrate(['doctor', '-t', '/sys', '--no-measure'], directory).status, 0);
  }));

/** The commands that a message names after these words, with NAME replaced. */
function follows(directory: string, text: string, before: RegExp): void {
  const command = new RegExp(`${before.source}(feedrate .*)$`, 'm').exec(text)?.[1];
  assert.ok(command !== undefined, text);
  const words = [...(command as string).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const { status, stderr } = feedrate(
    words.slice(1).map((word) => (word === 'NAME' ? 'main' : word)),
    directory,
  );
  assert.is(status, 0, `${command}: ${stderr}`);
}

test('commands for results are for the directory that was asked about', () =>
  withTemporaryDirectory((directory) => {
    const kept = 'my results';
    const arms = [makeArm('read'), makeArm('write')];
    const levels = Array.from({ length: 12 }, () => 1e9);
    storeSessions(join(directory, kept), { arms, levels, run: at(1) });
    const text = (...words: string[]) => {
      const { stdout, stderr } = feedrate([...words, '-o', kept], directory);
      return `${stdout}${stderr}`;
    };
    follows(directory, text('show', 'zzzz'), /see /);
    follows(directory, text('history', '--workload', 'zzzz'), /see /);
    follows(directory, text('gate', '--baseline', 'zzzz'), /see /);
    follows(directory, text('baseline', 'remove', 'zzzz'), /none yet: /);
    assert.is(feedrate(['baseline', 'remove', 'main', '-o', kept], directory).status, 0);
    follows(directory, text('baseline', 'list'), /with: /);
    storeSessions(join(directory, kept), { arms, levels: levels.map((level, i) => level / 2 + i), run: at(2) });
    follows(directory, text('baseline', 'save', 'main'), /first run: /);
    assert.is(feedrate(['baseline', 'save', 'main', '-o', kept], directory).status, 0);
  }));

/** The start of a run on a day, so that the last one is the latest. */
const at = (day: number) => ({ startedAt: startOfDay(day).startedAt });

test('what differs can be ignored by the name that the message gives', () =>
  withTemporaryDirectory((directory) => {
    const results = join(directory, 'results');
    const levels = Array.from({ length: 12 }, () => 1e9);
    storeSessions(results, { levels, run: { ...at(1), labels: { volume: 'one', tiering: 'NONE', instance: 'm4' } } });
    assert.is(feedrate(['baseline', 'save', 'main'], directory).status, 0);
    storeSessions(results, { levels, run: { ...at(2), labels: { volume: 'two', tiering: 'ALL', instance: 'm5' } } });
    const judged = (...words: string[]) => feedrate(['gate', '--baseline', 'main', '--no-github', ...words], directory);
    const first = judged();
    const names = [...`${first.stdout}${first.stderr}`.matchAll(/--ignore (\S+)/g)].map(([, name = '']) => name);
    assert.equal([...new Set(names)].sort(), ['instance', 'tiering', 'volume'], first.stdout);
    assert.is(first.status, 4);
    const after = judged(...names.flatMap((name) => ['--ignore', name]));
    assert.is(after.status, 0, `${after.stdout}${after.stderr}`);
  }));

test('the example of the gate has enough sessions for its workload, and so has what few-sessions asks for', () =>
  withTemporaryDirectory((directory) => {
    const results = join(directory, 'results');
    const sessions = [...gateCommand.examples.matchAll(/run quick .*--set trials\.sessions=(\d+)/g)].map(([, n]) =>
      Number(n),
    );
    assert.is(sessions.length, 2);
    const arms = ['cold-read', 'warm-read', 'random-read', 'write', 'checkpoint'].map((name) => makeArm(name));
    let day = 0;
    const store = (count: number) => {
      const levels = Array.from({ length: count }, (_, index) => 1e9 + (index % 5) * 1e6);
      storeSessions(results, { arms, levels, run: at(++day) });
    };
    const judged = (count: number) => {
      store(count);
      return feedrate(['gate', '--baseline', 'main', '--no-github'], directory);
    };
    store(sessions[0] ?? 0);
    assert.is(feedrate(['baseline', 'save', 'main'], directory).status, 0);
    const one = judged(1).stdout;
    assert.match(one, /measure the candidate with --set trials\.sessions=\d+ or more/);
    const asked = [...one.matchAll(/--set trials\.sessions=(\d+)/g)].map(([, n]) => Number(n));
    assert.ok(asked.length > 0, one);
    for (const count of [sessions[1] ?? 0, Math.max(...asked)]) {
      const { stdout } = judged(count);
      assert.not.match(stdout, /too few sessions|few-sessions/, `${count} sessions: ${stdout}`);
    }
  }));

test('arguments that follow what was said of others are accepted', () =>
  follow(COMMANDS.filter(([wrong]) => !/(?:^read|^report|^export|^import|^feed| found| flat| own)/.test(wrong))));

/** One job of each kind and each way to end. */
const JOBS = [
  'rw: read, size: 1m',
  'rw: read, size: 1m, runtime: 1s',
  'rw: read, size: 1m, runtime: 1s, time_based: true',
  'rw: read',
  'rw: read, size: 1m, cache: cold',
  'kind: small-files, cache: cold',
  'kind: small-files',
  'kind: small-files, nrfiles: 2, filesize: 4k, runtime: 1s',
  'kind: small-files, runtime: 1s, time_based: true',
  'kind: checkpoint-write, shard_size: 1m',
  'kind: checkpoint-restore, shard_size: 1m',
  'kind: metadata',
  'kind: training, num_files_train: 4, record_length_bytes: 1k, computation_time: 10ms',
  'kind: replay, numjobs: 2',
];

test('a remedy for a trial names fields that the job has, and none that it has set', () => {
  assert.ok(KINDS.every((kind) => JOBS.some((text) => text.includes(kind) || kind === 'io')));
  for (const text of JOBS) {
    const { spec } = expandArms(
      parseWorkload(job(text, text.includes('replay') ? TRACE : DATASET), 'w.yaml'),
      [{ name: 't', path: '/t' }],
      resolveJob,
    )[0] as Arm;
    const fields = new Set(rowsOf(spec.kind).map(({ word }) => word));
    const ofPlaces = fields.has('ramp_time') ? [longerTrial, longerThanRamp] : [longerTrial];
    const placed = ofPlaces.flatMap((remedyOf) => [remedyOf(spec, 'data'), remedyOf(spec, 'existing')]);
    for (const remedy of [...placed, evenWorkers(spec)]) {
      const named = [...remedy.matchAll(/`?([a-z_.]+)`?/g)].flatMap(([, word = '']) =>
        JOB_WORDS.has(word) ? [word] : [],
      );
      assert.equal(
        named.filter((word) => !fields.has(word)),
        [],
        `${text}: ${remedy}`,
      );
      if (/time_based: true/.test(text) && !/ramp/.test(remedy)) assert.not.match(remedy, /time_based/);
      // A second pass reads what the first one left in memory.
      if (/cache: cold/.test(text)) assert.not.match(remedy, /time_based/);
    }
  }
  const none = { residentBytesBefore: 0, fileBytes: 100 };
  assert.is(trueClaim({ claim: 'warm', ...none }), 'use less data than fits into memory, or cache: cold');
  assert.is(trueClaim({ claim: 'cold', ...none }), undefined);
  assert.match(
    trueClaim({ claim: 'cold', ...none, residentBytesBefore: 100 }) ?? '',
    /^choose a directory that is not in memory/,
  );
});

test('a trial that is too short becomes long enough by what its warning says', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'w.yaml'), job('rw: read, size: 64k, cache: as-is', 'trials: {rounds: 1}\n'));
    mkdirSync(join(directory, 't'));
    const run = (...words: string[]) =>
      feedrate(['run', 'w.yaml', '-t', 't', '--progress', 'none', ...words], directory).stdout;
    assert.match(run(), /increase `size`, or set `time_based` and `runtime`, so that/);
    assert.not.match(run('--set', 'time_based=true', '--set', 'runtime=1s'), /short-window/);
    const clean = (...words: string[]) => feedrate(['clean', '-t', 't', ...words], directory);
    const said = (...words: string[]) => Object.values(clean(...words)).join('\n');
    assert.match(said(), /use --yes/);
    assert.match(said('--yes'), /use --data to remove them/);
    assert.is(clean('--yes', '--data').status, 0);
    assert.match(said(), /no files of feedrate/);
  }));

test('a series that the table leaves out is where the message says', () =>
  withTemporaryDirectory((directory) => {
    const results = join(directory, 'results');
    storeSessions(results, { levels: [1e9, 1e9], run: at(1) });
    storeSessions(results, { arms: [makeArm('read'), makeArm('lonely')], levels: [1e9, 1e9], run: at(2) });
    const history = (...words: string[]) => feedrate(['history', ...words], directory).stdout;
    assert.match(history(), /not shown: \d+ series with a single run \(use --format csv\)/);
    assert.not.match(history(), /^.*lonely.*\d+ (?:MB|MiB)\/s/m);
    assert.match(history('--format', 'csv'), /lonely/);
  }));

test.run();
