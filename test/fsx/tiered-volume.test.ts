/** Comparisons on one volume with a real journal and a real process, against the FSx server of the tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENT } from '../../src/aws/retry.js';
import { FeedrateError } from '../../src/base/errors.js';
import { openFsx } from '../../src/fsx/api.js';
import { parseTieringSettings } from '../../src/fsx/tiering-policy.js';
import { volumeCalls } from '../../src/fsx/volume-calls.js';
import { formatSetting } from '../../src/record/tiering-words.js';
import { beginTiering, restoreTiering, resumeTiering, type TieringTools } from '../../src/run/tiered-volume.js';
import { lockVolume } from '../../src/store/tiering-journals.js';
import { tieringNotes } from '../../src/store/tiering-notes.js';
import { withReadOnly } from '../run/place.js';
import { withEnvironment } from '../support/environment.js';
import { feedrateError, refusalOf } from '../support/feedrate-error.js';
import { FsxServer } from '../support/fsx-server.js';
import { REGION, volumeId, volumeJson, worldOf } from '../support/fsx-world.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('tiering of one volume');

const ID = volumeId(4);
const WORLD = worldOf([volumeJson(4, '/data', { TieringPolicy: { Name: 'AUTO', CoolingPeriod: 17 } })], {
  describesUntilVisible: 2,
});
let server: FsxServer;
let restore: () => void;
test.before(async () => {
  server = await FsxServer.start(WORLD);
  restore = withEnvironment(server.environment);
});
test.before.each(async () => {
  await server.calm();
  await server.setWorld(WORLD);
  await server.forget();
});
test.after(async () => {
  restore();
  await server.close();
});

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Tools whose clock stands still but for its pauses, and that measure nothing. */
function toolsOf(
  resultsDirectory: string,
  clock = { nowMs: Date.parse('2026-11-29T12:00:00Z') },
  told: string[] = [],
): TieringTools {
  const sleep = (ms: number) => {
    clock.nowMs += ms;
    return soon();
  };
  return {
    resultsDirectory,
    nowMs: () => clock.nowMs,
    sleep,
    sleepOn: sleep,
    tell: (line) => void told.push(line),
    footprint: async () => [],
    measure: async ({ step }) => `run${step}`,
    openVolume: async (region, id) => volumeCalls(await openFsx(region, PATIENT), id),
  };
}

const WORKLOAD = { source: '', path: 'w.yaml', set: [], param: [], engine: null, seed: null, datasetId: null };
const FACTS = {
  volumeId: ID,
  fileSystemId: 'fs-1',
  region: REGION,
  target: { name: 't', path: '/t' },
  workload: WORKLOAD,
};
const begin = (policies: string, tools: TieringTools) => beginTiering(FACTS, parseTieringSettings(policies), tools);

async function settingOf(): Promise<string> {
  const calls = volumeCalls(await openFsx(REGION, PATIENT), ID);
  for (let look = 0; look < 3; look++) await calls.describe();
  const { setting } = await calls.describe();
  return setting === null ? 'none' : formatSetting(setting);
}

const journalOf = (results: string) => join(results, 'tiering', `${ID}.json`);

/** Begins a comparison in a process of its own, which is killed. Returns its output. */
async function killed(results: string, moment: string): Promise<string> {
  const program = fileURLToPath(new URL('./change-until-killed.js', import.meta.url));
  const child = spawn(process.execPath, [program, results, ID, moment], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (part) => {
    output += part;
  });
  const [, signal] = await once(child, 'close');
  assert.is(signal, 'SIGKILL', output);
  return output;
}

for (const moment of ['before the change', 'after the change', 'while waiting', 'while measuring']) {
  test(`killed ${moment}: the next start restores policy and cooling`, () =>
    withTemporaryDirectory(async (results) => {
      await killed(results, moment);
      assert.match(
        (await tieringNotes(results, Date.now()))[0] ?? '',
        /^a comparison of tiering policies was interrupted, and volume fsvol-\S+ may not have its policy; restore AUTO:17 with: feedrate fsx tiering --restore$/,
      );
      const told: string[] = [];
      assert.is(await restoreTiering('interrupted', null, toolsOf(results, undefined, told)), 1);
      assert.is(await settingOf(), 'AUTO:17');
      assert.not(existsSync(journalOf(results)));
      assert.match(told.at(-1) ?? '', /restored AUTO:17; data stays in the tier where it is now$/);
      assert.is(await restoreTiering('interrupted', null, toolsOf(results)), 0);
      assert.equal(await tieringNotes(results, Date.now()), []);
    }));
}

test('waits for days, resumes when the time is over, and ends with the original setting', () =>
  withTemporaryDirectory(async (results) => {
    const clock = { nowMs: Date.parse('2026-11-29T12:00:00Z') };
    const tools = toolsOf(results, clock);
    const { readyMs } = await begin('AUTO:2,ALL', tools);
    assert.is(await settingOf(), 'AUTO:2');
    assert.match(
      (await tieringNotes(results, clock.nowMs))[0] ?? '',
      /has the tiering policy AUTO:2 for a comparison that is ready in 4 days; go on with: feedrate fsx tiering --resume, or restore AUTO:17/,
    );
    assert.is(await restoreTiering('interrupted', null, tools), 0, 'it waits on purpose');
    assert.is((await resumeTiering(null, tools)).readyMs, readyMs);
    clock.nowMs = readyMs as number;
    const second = await resumeTiering(ID, tools);
    assert.is(await settingOf(), 'ALL');
    clock.nowMs = second.readyMs as number;
    const { journal } = await resumeTiering(null, tools);
    assert.equal(
      journal.steps.map(({ run }) => run),
      ['run0', 'run1'],
    );
    assert.is(await settingOf(), 'AUTO:17');
    const sent = (await server.requests()).filter(({ action }) => action === 'UpdateVolume');
    assert.equal(
      sent.flatMap(({ answer, body }) =>
        answer === null ? [] : [(body['OntapConfiguration'] as { TieringPolicy: object }).TieringPolicy],
      ),
      [{ Name: 'AUTO', CoolingPeriod: 2 }, { Name: 'ALL' }, { Name: 'AUTO', CoolingPeriod: 17 }],
    );
    assert.match(
      (await refusalOf(() => resumeTiering(null, tools))).message,
      /^no comparison of tiering policies waits in /,
    );
  }));

test('a waiting comparison refuses another one of its volume, and a change by somebody else is noticed', () =>
  withTemporaryDirectory(async (results) => {
    const tools = toolsOf(results);
    await begin('ALL', tools);
    assert.match(
      (await refusalOf(() => begin('NONE', tools))).message,
      /it is being compared since 2026-11-29 .*--resume, or end it with: feedrate fsx tiering --restore$/,
    );
    await volumeCalls(await openFsx(REGION, PATIENT), ID).update({ name: 'NONE', coolingDays: null });
    assert.is(await settingOf(), 'NONE');
    assert.match(
      (await refusalOf(() => resumeTiering(null, tools))).message,
      /has NONE instead of ALL: somebody else changed it; restore AUTO:17 with: feedrate fsx tiering --restore$/,
    );
    assert.is(await restoreTiering('all', null, tools), 1);
    assert.is(await settingOf(), 'AUTO:17');
  }));

test('two at once: the second one is refused', () =>
  withTemporaryDirectory(async (results) => {
    const lock = lockVolume(results, ID);
    assert.throws(
      () => lockVolume(results, ID),
      feedrateError('usage', /^volume fsvol-\S+ is being changed by process \d+ on \S+; wait until it ends$/),
    );
    lock.release();
    lockVolume(results, ID).release();
  }));

test('a lock that cannot be read is respected, and taken over by --restore', () =>
  withTemporaryDirectory(async (results) => {
    await killed(results, 'while waiting');
    const directory = join(results, 'tiering');
    const locks = readdirSync(directory).filter((name) => name.startsWith(`${ID}.lock-`));
    for (const name of locks) writeFileSync(join(directory, name), '{');
    const error = await refusalOf(() => begin('ALL', toolsOf(results)));
    assert.match(
      error.message,
      /is being changed by another process; if it has ended, restore the volume with: feedrate fsx tiering --restore$/,
    );
    assert.is(await restoreTiering('all', null, toolsOf(results)), 1);
    assert.is(await settingOf(), 'AUTO:17');
  }));

test('without the permission, nothing is changed and no journal is left', () =>
  withTemporaryDirectory(async (results) => {
    await server.fault('UpdateVolume', 'denied');
    const error = await refusalOf(() => begin('ALL', toolsOf(results)));
    assert.match(
      error.message,
      /^nothing was changed: fsx:UpdateVolume in us-east-1: AccessDeniedException: .*"Resource":"arn:aws:fsx:us-east-1:111122223333:volume\/fs-\S+\/fsvol-\S+"\}$/,
    );
    assert.not(existsSync(journalOf(results)));
    assert.is(await settingOf(), 'AUTO:17');
  }));

test('throttling and a lost answer are repeated', () =>
  withTemporaryDirectory(async (results) => {
    await server.fault('UpdateVolume', 'throttled', 2);
    await server.fault('DescribeVolumes', 'reset', 1);
    await begin('ALL', toolsOf(results));
    assert.is(await settingOf(), 'ALL');
  }));

test('a stop while waiting for AWS restores the setting', () =>
  withTemporaryDirectory(async (results) => {
    const tools = toolsOf(results);
    const sleep = () => Promise.reject(new FeedrateError('interrupted', 'stopped'));
    const error = await refusalOf(() => begin('ALL', { ...tools, sleep }));
    assert.is(error.message, 'stopped');
    assert.is(await settingOf(), 'AUTO:17');
    assert.not(existsSync(journalOf(results)));
  }));

test('a damaged journal is named, and its volume is left alone', () =>
  withTemporaryDirectory(async (results) => {
    const tools = toolsOf(results);
    await begin('ALL', tools);
    const path = journalOf(results);
    const text = readFileSync(path, 'utf8');
    for (const [damage, why] of [
      [text.slice(0, 300), /cut off or damaged/],
      ['', /empty/],
      [text.replace(ID, volumeId(9)), /it is about the volume fsvol-/],
      [text.replace('"AUTO"', '"HOT"'), /original\.name: expected SNAPSHOT_ONLY, AUTO/],
    ] as const) {
      writeFileSync(path, damage);
      for (const attempt of [
        () => begin('NONE', tools),
        () => resumeTiering(null, tools),
        () => restoreTiering('all', null, tools),
      ]) {
        const { message } = await refusalOf(attempt);
        assert.match(message, why);
        assert.match(message, /set its policy and cooling period by hand, and remove the file$/);
      }
      assert.match((await tieringNotes(results, 0))[0] ?? '', why);
    }
    assert.is(await settingOf(), 'ALL');
    await volumeCalls(await openFsx(REGION, PATIENT), ID).update({ name: 'AUTO', coolingDays: 17 });
    assert.is(await settingOf(), 'AUTO:17');
    rmSync(path);
    assert.equal(await tieringNotes(results, 0), []);
    await begin('ALL', tools);
    assert.is(await settingOf(), 'ALL');
  }));

test('of several comparisons, one is resumed by its volume', () =>
  withTemporaryDirectory(async (results) => {
    const clock = { nowMs: Date.parse('2026-11-29T12:00:00Z') };
    const tools = toolsOf(results, clock);
    const { readyMs } = await begin('ALL', tools);
    const other = volumeId(9);
    const journalAt = (id: string) => join(results, 'tiering', `${id}.json`);
    writeFileSync(journalAt(volumeId(8)), readFileSync(journalOf(results), 'utf8').replaceAll(ID, other));
    const told = (await tieringNotes(results, clock.nowMs)).join('\n');
    assert.match(told, new RegExp(`it is about the volume ${other}; rename it`));
    renameSync(journalAt(volumeId(8)), journalAt(other));
    assert.not.match((await tieringNotes(results, clock.nowMs)).join('\n'), /rename it/);
    clock.nowMs = readyMs as number;
    const { message } = await refusalOf(() => resumeTiering(null, tools));
    assert.match(message, /^several comparisons wait; name one with --volume: fsvol-\S+, fsvol-\S+$/);
    assert.ok(message.includes(ID) && message.includes(other));
    assert.is((await resumeTiering(ID, tools)).readyMs, null);
    assert.is(await settingOf(), 'AUTO:17');
  }));

test('a results directory that cannot be written is refused before any change', () =>
  withTemporaryDirectory((results) =>
    withReadOnly(results, async () => {
      const error = await refusalOf(() => begin('ALL', toolsOf(results)));
      assert.is(error.code, 'store');
      assert.equal(
        (await server.requests()).filter(({ action }) => action === 'UpdateVolume'),
        [],
      );
      assert.equal(readdirSync(results), []);
    }),
  ));

test.run();
