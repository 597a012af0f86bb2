/** Runs that begin at a set time, on machines that cannot meet, and their merge. */
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../../src/base/errors.js';
import { listRuns, resolveRun } from '../../src/store/find-runs.js';
import { readRun } from '../../src/store/read-run.js';
import { feedrate } from '../support/command-thread.js';
import { environment, mainPath } from '../support/feedrate-cli.js';
import { directoryIn } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/start-at');

const WORKLOAD = `name: apart
jobs:
  read: {rw: randread, bs: 64k, size: 1MiB, rate_iops: 200, runtime: 1s, time_based: true, cache: as-is}
trials: {sessions: 1, rounds: 1, warmup: 0}
`;
/** Until the processes look at the time, s. A busy machine takes longer, and they refuse a time that has passed. */
const SOON_S = [3, 15, 60];

/** Changes a stored run as if it had begun so much later. */
function beginLater(directory: string, byNs: number): void {
  const path = join(directory, 'trials.jsonl');
  const shifted = (line: string) => {
    const trial = JSON.parse(line) as { beganNs: number };
    return JSON.stringify({ ...trial, beganNs: trial.beganNs + byNs });
  };
  writeFileSync(path, `${readFileSync(path, 'utf8').trimEnd().split('\n').map(shifted).join('\n')}\n`);
}

/** Changes a stored run as if it were of another host, whose clock is so much ahead. */
function moveToHost(directory: string, host: string, byNs: number): void {
  const path = join(directory, 'run.json');
  const run = JSON.parse(readFileSync(path, 'utf8')) as { group: { members: { serverClock: { offsetNs: number } }[] } };
  const members = run.group.members.map((member) => ({
    ...member,
    host,
    serverClock: { ...member.serverClock, offsetNs: member.serverClock.offsetNs + byNs },
  }));
  writeFileSync(path, JSON.stringify({ ...run, group: { ...run.group, members } }));
}

function start(args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [mainPath, ...args], { env: environment({}), stdio: 'ignore' });
  return new Promise((resolve) => child.on('exit', resolve));
}

async function startTogether(ofRank: (rank: number, atSeconds: number) => readonly string[]): Promise<void> {
  let statuses: (number | null)[] = [];
  for (const soon of SOON_S) {
    const at = Math.ceil(Date.now() / 1000) + soon;
    statuses = await Promise.all([0, 1].map((rank) => start(ofRank(rank, at))));
    if (!statuses.includes(EXIT.usage)) break;
  }
  assert.equal(statuses, [0, 0]);
}

test('ranks that begin together are merged; those that did not, and one alone, are refused with what to do', () =>
  withTemporaryDirectory(async (directory) => {
    const [target, results] = [directoryIn(directory, 't'), join(directory, 'results')];
    const workload = join(directory, 'w.yaml');
    writeFileSync(workload, WORKLOAD);
    const ofRank = (rank: number, atSeconds: number) => [
      ...['run', workload, '-t', `t=${target}`, '-o', results, '--progress', 'none', '--no-aws'],
      ...['--rank', `${rank}`, '--group-size', '2', '--start-at', `@${atSeconds}`],
    ];
    await startTogether(ofRank);
    const parts = listRuns(results).map(({ id }) => id);
    assert.is(parts.length, 2);
    assert.throws(() => resolveRun(results, 'latest'), /it holds only parts of groups/);

    const alone = feedrate(['merge', parts[0] as string, '-o', results]);
    assert.is(alone.status, 2);
    assert.match(alone.stderr, /nothing to merge; name the run of each machine/);

    const merged = feedrate(['merge', ...parts, '-o', results]);
    assert.is(merged.status, 0, merged.stderr);
    assert.match(merged.stderr, /2 ranks ran together for [\d.]+ of [\d.]+ s \(\d+ %\)/);
    const run = readRun(resolveRun(results, 'latest'));
    assert.is(run.id, merged.stdout.trim());
    const own = parts.map((id) => readRun(join(results, id)).trials[0]);
    assert.is(
      run.trials[0]?.window.totalReadOps,
      own.reduce((sum, trial) => sum + (trial?.window.totalReadOps ?? Number.NaN), 0),
    );

    // A run of something else is refused; both runs of the same workload were merged above.
    const other = (parts[1] as string).replace(/....$/, 'seed');
    cpSync(join(results, parts[1] as string), join(results, other), { recursive: true });
    const record = join(results, other, 'run.json');
    const changed = JSON.parse(readFileSync(record, 'utf8')) as { plan: { seed: number } };
    writeFileSync(record, JSON.stringify({ ...changed, plan: { ...changed.plan, seed: changed.plan.seed + 1 } }));
    const refused = feedrate(['merge', parts[0] as string, other, '-o', results]);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /has seed \d+, .*merge only runs of the same workload and seed/);
    rmSync(join(results, other), { recursive: true });

    const [first, second] = [0, 1].map((rank) =>
      parts.find((id) => readRun(join(results, id)).run?.group?.rank === rank),
    ) as [string, string];
    const late = second.replace(/....$/, 'late');
    cpSync(join(results, second), join(results, late), { recursive: true });
    beginLater(join(results, late), 3600e9);
    const apart = feedrate(['merge', first, late, '-o', results]);
    assert.is(apart.status, 5);
    assert.match(apart.stderr, /never ran at the same time: .*; start them together, for example with --start-at/);
    assert.is(listRuns(results).length, 4);

    // Both know how far their clocks are ahead of that of their file system.
    moveToHost(join(results, late), 'other', 3600e9);
    const compared = feedrate(['merge', first, late, '-o', results]);
    assert.is(compared.status, 0, compared.stderr);
    assert.match(
      compared.stderr,
      /clocks of the machines were compared by that of their file server, to within [\d.]+ [nµm]?s/,
    );
    const { run: of, trials } = readRun(join(results, compared.stdout.trim()));
    const [ofFirst, ofOther] = of?.group?.members ?? [];
    // Each process takes its own reading of the clock of this machine, which a busy one disturbs.
    assert.ok(Math.abs((ofOther?.clockOffsetNs ?? 0) - 3600e9) < 1e9, JSON.stringify(ofOther));
    assert.ok((ofOther?.clockErrorNs ?? 0) > 0);
    assert.equal([ofFirst?.clockOffsetNs, ofFirst?.clockErrorNs], [0, 0]);
    assert.ok((trials[0]?.window.readOps ?? 0) > 0, 'they ran at the same time');
  }));

test.run();
