/** `feedrate serve` as a process: its address, its end, and a run that is watched while it measures. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiveStatus } from '../../src/base/live-status.js';
import type { ServedList, ServedState } from '../../src/page/served.js';
import { throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { feedrate } from '../support/command-thread.js';
import { type LiveRun, withLiveRun } from '../support/live-run.js';
import { BOB, feedrateAs } from '../support/other-users.js';
import { latestRun, trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/serve');

const WORKLOAD = `name: watched
trials: { sessions: 1, rounds: 1 }
jobs:
  read: { rw: read, bs: 64k, size: 4m, runtime: 3s, time_based: true, rate: 8m, cache: as-is, ioengine: psync }
`;

/** Starts a server in the directory, and asks it with its cookie. */
async function withServe(
  directory: string,
  use: (ask: (path: string) => Promise<string>, address: URL, server: LiveRun) => Promise<void>,
): Promise<void> {
  await withLiveRun(['serve', '--port', '0'], { cwd: directory }, async (server) => {
    const address = new URL(await server.untilPrinted());
    const entry = await fetch(address);
    const cookie = entry.headers.get('set-cookie')?.split(';')[0] ?? '';
    await use(async (path) => (await fetch(new URL(path, address), { headers: { cookie } })).text(), address, server);
  });
}

test('the address is on stdout, the key only there; Ctrl-C ends it with status 130', () =>
  withTemporaryDirectory((directory) =>
    withServe(directory, async (ask, address, server) => {
      assert.match(address.href, /^http:\/\/127\.0\.0\.1:\d+\/\?key=[\w-]{32}$/);
      assert.equal((JSON.parse(await ask('runs.json')) as ServedList).runs, []);
      const taken = feedrate(['serve', '--port', address.port], directory);
      assert.is(taken.status, 2);
      assert.is(
        taken.stderr,
        `feedrate: cannot serve on 127.0.0.1:${address.port}: the port is in use; choose another with --port, or any free one with --port 0\n`,
      );
      server.signalGroup('SIGINT');
      const { status, stdout, stderr } = await server.outcome();
      assert.equal([status, stdout], [130, `${address.href}\n`]);
      assert.is(stderr, 'Showing the runs in ./results. Press Ctrl-C to stop.\n');
    }),
  ));

/** Returns whether a server on this port answers a user. */
async function servesOn(port: string, directory: string, uid?: number): Promise<boolean> {
  const options = uid === undefined ? { cwd: directory } : { cwd: directory, uid };
  let answered = false;
  await withLiveRun(['serve', '--port', port], options, async (server) => {
    answered = (await fetch(new URL(await server.untilPrinted()))).ok;
  });
  return answered;
}

test('another port is chosen where one is in use or not for this user', () =>
  withTemporaryDirectory(async (directory) => {
    let free = '';
    await withServe(directory, async (_, { port }) => {
      const taken = feedrate(['serve', '--port', port], directory);
      assert.match(taken.stderr, /the port is in use; choose another with --port, or any free one with --port 0/);
      assert.ok(await servesOn('0', directory));
      free = port;
    });
    const firstFree = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'latin1'));
    if (process.getuid?.() !== 0 || firstFree <= 80) skipTest('no port is closed to another user here');
    chmodSync(directory, 0o777);
    const refused = feedrateAs(BOB, ['serve', '--port', '80'], directory);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /: this user may not use the port; choose one above 1023 with --port\n$/);
    assert.ok(await servesOn(free, directory, BOB));
  }));

test('wrong options are one line', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'file'), '');
    for (const [words, said] of [
      [['--port', '70000'], 'feedrate: --port 70000: expected a number from 0 to 65535\n'],
      [['-o', 'file'], 'feedrate: -o file: it is no directory; name the one that runs are saved in\n'],
      [
        ['--port', '0', '--host', '192.0.2.1'],
        'feedrate: cannot serve on 192.0.2.1:0: this machine has no such address; leave out --host, or name one of its own\n',
      ],
    ] as const) {
      const { status, stdout, stderr } = feedrate(['serve', ...words], directory);
      assert.equal([status, stdout], [2, '']);
      assert.is(stderr, said);
    }
  }));

test('a running run is seen as it records itself, and then as ended', () =>
  withTemporaryDirectory(async (directory) => {
    writeFileSync(join(directory, 'watched.yaml'), WORKLOAD);
    mkdirSync(join(directory, 'target'));
    await withServe(directory, async (ask) => {
      const seen: LiveStatus[] = [];
      let isOver = false;
      const args = ['run', 'watched.yaml', '-t', 'target', '--progress', 'none'];
      const ended = withLiveRun(args, { cwd: directory }, async (run) => {
        assert.is((await run.outcome()).status, 0);
      }).finally(() => {
        isOver = true;
      });
      while (!isOver) {
        const { live } = JSON.parse(await ask('state.json')) as ServedState;
        seen.push(...live.flatMap(({ status }) => status ?? []));
        await wait(100);
      }
      await ended;
      const results = join(directory, 'results');
      const [trial] = trialsOf(results);
      assert.ok(trial !== undefined);
      const measuring = seen.filter(({ now }) => now !== null);
      assert.ok(measuring.length > 0, `${seen.length} states`);
      for (const { arm, doneTrials, totalTrials } of measuring)
        assert.equal([arm, doneTrials, totalTrials], [trial.arm, 0, 1]);
      const points = measuring.at(-1)?.recent ?? [];
      const shown = points.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0) / points.length;
      const recorded = throughputBytesPerSecond(trial);
      assert.ok(shown > recorded / 2 && shown < recorded * 2, `${shown} shown, ${recorded} recorded`);
      assert.not.ok(existsSync(join(latestRun(results), 'live.json')));
      const { runs } = JSON.parse(await ask('runs.json')) as ServedList;
      assert.equal(
        runs.map(({ status, doneTrials, best }) => [status, doneTrials, best?.arm]),
        [['complete', 1, trial.arm]],
      );
      const page = await ask(`run?id=${runs[0]?.id}`);
      assert.match(page, /<title>watched on /);
    });
  }));

test.run();
