/** The steps of a tiering comparison against a volume in memory: every moment of a crash, refusals, other settings. */

import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { parseTieringSettings } from '../../src/fsx/tiering-policy.js';
import { goOn, restoreSetting, type TieringWork } from '../../src/fsx/tiering-steps.js';
import {
  decodeJournal,
  encodeJournal,
  newJournal,
  type TieringJournal,
  type TieringSetting,
} from '../../src/record/tiering-journal.js';
import { refusalOf } from '../support/feedrate-error.js';

const test = suite('steps of a tiering comparison');

const MINUTE_MS = 60_000;
const ORIGINAL: TieringSetting = { name: 'AUTO', coolingDays: 17 };

/** The end of the process: nothing of it runs afterwards. */
class Killed extends Error {}

/** A volume in memory, with the delays and refusals of AWS, and the clock of the process that changes it. */
class World {
  nowMs = Date.parse('2026-11-29T12:00:00Z');
  setting: TieringSetting;
  pending: { readonly setting: TieringSetting; readonly atMs: number } | null = null;
  disk: string | null = null;
  readonly told: string[] = [];
  readonly updates: TieringSetting[] = [];
  /** The number of the call in which the process is killed, and whether before or after its effect. */
  killAt: number;
  killAfter: boolean;
  calls = 0;
  refusal: Error | null = null;
  delayMs = 150_000;
  readonly measured: string[] = [];
  footprint: TieringWork['footprint'] = async () => [];

  constructor(setting = ORIGINAL, killAt = Number.POSITIVE_INFINITY, killAfter = false) {
    this.setting = setting;
    this.killAt = killAt;
    this.killAfter = killAfter;
  }

  settle(): void {
    if (this.pending === null || this.pending.atMs > this.nowMs) return;
    this.setting = this.pending.setting;
    this.pending = null;
  }

  /** One call, in which the process may be killed. */
  step<T>(effect: () => T): T {
    this.calls++;
    if (this.calls > this.killAt || (this.calls === this.killAt && !this.killAfter)) throw new Killed();
    const result = effect();
    if (this.calls === this.killAt) throw new Killed();
    return result;
  }

  work(): TieringWork {
    const sleep = async (ms: number) =>
      this.step(() => {
        this.nowMs += ms;
      });
    return {
      nowMs: () => this.nowMs,
      sleep,
      sleepOn: sleep,
      tell: (line) => this.told.push(line),
      volume: {
        volumeId: 'fsvol-1',
        describe: async () =>
          this.step(() => {
            this.settle();
            return { setting: this.setting, lifecycle: 'CREATED', reason: null };
          }),
        update: async (setting) =>
          this.step(() => {
            this.settle();
            if (this.refusal !== null) throw this.refusal;
            if (this.pending !== null) throw cloud('BadRequest', 'There is an update already in progress');
            this.updates.push(setting);
            this.pending = { setting, atMs: this.nowMs + this.delayMs };
          }),
      },
      save: (journal) =>
        this.step(() => {
          this.disk = encodeJournal(journal);
        }),
      remove: () =>
        this.step(() => {
          this.disk = null;
        }),
      footprint: (journal) => this.footprint(journal),
      measure: async (journal) =>
        this.step(() => {
          this.measured.push(String(journal.step));
          return `run${journal.step}`;
        }),
    };
  }
}

function cloud(name: string, message: string, status = 400): FeedrateError {
  const cause = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
  return new FeedrateError('cloud', `fsx:UpdateVolume in us-east-1: ${name}: ${message}; see`, { cause });
}

function journalOf(policies: string): TieringJournal {
  const workload = { source: '', path: 'w.yaml', set: [], param: [], engine: null, seed: null, datasetId: null };
  const identity = { pid: 1, startTicks: 1, hostname: 'h', bootId: null, pidNamespace: null };
  const facts = { volumeId: 'fsvol-1', fileSystemId: 'fs-1', region: 'us-east-1', target: { name: 't', path: '/t' } };
  const more = { original: ORIGINAL, startedAt: '2026-11-29T12:00:00Z', workload, process: identity };
  return newJournal({ ...facts, ...more }, parseTieringSettings(policies));
}

test('sets one policy after the other, measures each, waits for AUTO and ALL, and restores policy and cooling', async () => {
  const world = new World();
  let outcome = await goOn(journalOf('NONE,AUTO:5,ALL'), world.work());
  assert.equal(world.measured, ['0']);
  assert.equal(outcome.journal.phase, 'waiting');
  assert.ok((outcome.readyMs ?? 0) - world.nowMs > 7 * 24 * 60 * MINUTE_MS - 5 * MINUTE_MS);
  assert.is((await goOn(decodeJournal(world.disk as string, 'j'), world.work())).readyMs, outcome.readyMs, 'too early');
  world.nowMs = outcome.readyMs as number;
  outcome = await goOn(decodeJournal(world.disk as string, 'j'), world.work());
  assert.equal(world.measured, ['0', '1']);
  world.nowMs = outcome.readyMs as number;
  outcome = await goOn(decodeJournal(world.disk as string, 'j'), world.work());
  assert.is(outcome.readyMs, null);
  assert.equal(
    outcome.journal.steps.map(({ run }) => run),
    ['run0', 'run1', 'run2'],
  );
  assert.equal(world.setting, ORIGINAL);
  assert.equal(world.updates, [...parseTieringSettings('NONE,AUTO:5,ALL'), ORIGINAL]);
  assert.is(world.disk, null);
});

test('a setting that the volume has is not sent again, which would reset its cooling', async () => {
  const world = new World();
  await goOn(journalOf('AUTO:17'), world.work());
  assert.equal(world.updates, []);
});

test('killed at any moment, the next start restores policy and cooling', async () => {
  const policies = 'NONE,SNAPSHOT_ONLY:3,ALL';
  const whole = new World();
  await goOn(journalOf(policies), whole.work());
  assert.ok(whole.calls > 20);
  for (let killAt = 1; killAt <= whole.calls; killAt++) {
    for (const killAfter of [false, true]) {
      const world = new World(ORIGINAL, killAt, killAfter);
      const { save } = world.work();
      const begun = journalOf(policies);
      // `beginTiering` saves the journal before anything else.
      let hasEnded = false;
      try {
        save(begun);
        await goOn(begun, world.work());
        hasEnded = true;
      } catch (thrown) {
        assert.ok(hasKilled(thrown), String(thrown));
      }
      await nextStart(world);
      if (hasEnded) continue;
      assert.equal([world.setting, world.pending], [ORIGINAL, null], `killed at call ${killAt}`);
    }
  }
});

function hasKilled(thrown: unknown): boolean {
  return thrown instanceof Killed || (thrown instanceof FeedrateError && hasKilled(thrown.cause));
}

/** Restores as the next start does, however late it is. */
async function nextStart(world: World): Promise<void> {
  world.killAt = Number.POSITIVE_INFINITY;
  world.nowMs += 1000;
  const journal = world.disk === null ? null : decodeJournal(world.disk, 'j');
  if (journal !== null && journal.phase !== 'waiting') await restoreSetting(journal, world.work());
  else if (journal?.phase === 'waiting') await restoreSetting(journal, world.work());
  world.nowMs += 60 * MINUTE_MS;
  world.settle();
  assert.is(world.disk, null);
}

test('any delays, any moment of a kill, twice: the original setting comes back', async () => {
  const shape = fc.record({
    delayMs: fc.integer({ min: 0, max: 400_000 }),
    killAt: fc.integer({ min: 1, max: 60 }),
    again: fc.integer({ min: 1, max: 30 }),
    killAfter: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ delayMs, killAt, again, killAfter }) => {
      const world = new World(ORIGINAL, killAt, killAfter);
      world.delayMs = delayMs;
      const begun = journalOf('ALL,NONE');
      await ignoringKill(async () => {
        world.work().save(begun);
        await goOn(begun, world.work());
      });
      const journal = world.disk === null ? null : decodeJournal(world.disk, 'j');
      if (journal !== null) {
        world.killAt = world.calls + again;
        await ignoringKill(() => restoreSetting(journal, world.work()));
      }
      await nextStart(world);
      assert.equal([world.setting, world.pending], [ORIGINAL, null]);
    }),
    { seed: 1, numRuns: 200 },
  );
});

async function ignoringKill(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!hasKilled(thrown)) throw thrown;
  }
}

test('a refused first change leaves no journal and says that nothing changed', async () => {
  const world = new World();
  world.refusal = cloud('AccessDeniedException', 'no');
  const error = await refusalOf(() => goOn(journalOf('ALL'), world.work()));
  assert.match(error.message, /^nothing was changed: fsx:UpdateVolume in us-east-1: AccessDeniedException: no/);
  assert.is(world.disk, null);
});

test('a refused second change restores the original setting', async () => {
  const world = new World();
  const work = world.work();
  const measure = async () => {
    world.refusal = cloud('AccessDeniedException', 'no');
    return 'run';
  };
  const error = await refusalOf(() => goOn(journalOf('NONE,ALL'), { ...work, measure }));
  assert.match(
    error.message,
    /AccessDeniedException: no.*; then volume fsvol-1 was not restored to AUTO:17: .*; try again with: feedrate fsx tiering --restore$/,
  );
  assert.is(decodeJournal(world.disk as string, 'j').phase, 'restoring');
  world.refusal = null;
  await nextStart(world);
  assert.equal(world.setting, ORIGINAL);
});

test('what fails while measuring, and a full disk, restore the setting', async () => {
  for (const failing of ['measure', 'save'] as const) {
    const world = new World();
    const work = world.work();
    let saves = 0;
    const save: TieringWork['save'] = (journal) => {
      if (failing === 'save' && ++saves > 2) throw new FeedrateError('store', 'disk full');
      work.save(journal);
    };
    const measure: TieringWork['measure'] = (journal) =>
      failing === 'measure' ? Promise.reject(new FeedrateError('interrupted', 'stopped')) : work.measure(journal);
    const error = await refusalOf(() => goOn(journalOf('NONE,ALL'), { ...work, save, measure }));
    assert.match(error.message, /^(?:stopped|disk full)$/);
    assert.equal([world.setting, world.disk], [ORIGINAL, null]);
  }
});

test('a policy that reads back with another cooling period is no success', async () => {
  const world = new World();
  const work = world.work();
  const update: TieringWork['volume']['update'] = (setting) =>
    work.volume.update(setting.coolingDays === 5 ? { name: 'AUTO', coolingDays: 31 } : setting);
  const error = await refusalOf(() => goOn(journalOf('AUTO:5'), { ...work, volume: { ...work.volume, update } }));
  assert.is(error.message, 'volume fsvol-1 was not changed to AUTO:5: AWS still shows AUTO:31 after 15 minutes');
  assert.equal([world.setting, world.disk], [ORIGINAL, null]);
});

test('throttling and an update in progress are waited for, a new reason of the volume is not', async () => {
  const world = new World();
  world.pending = { setting: ORIGINAL, atMs: world.nowMs + 100_000 };
  await goOn(journalOf('NONE'), world.work());
  assert.ok(world.told.some((line) => /another update of it is in progress; trying again/.test(line)));
  const work = world.work();
  let reason: string | null = 'old reason';
  const describe = async () => ({ ...(await work.volume.describe()), reason });
  const update: TieringWork['volume']['update'] = async (setting) => {
    if (setting.name === 'ALL') reason = 'the aggregate is full';
    await work.volume.update(setting);
  };
  const error = await refusalOf(() =>
    goOn(journalOf('ALL'), { ...work, volume: { ...work.volume, describe, update } }),
  );
  assert.is(error.message, 'volume fsvol-1 was not changed to ALL: AWS reports the aggregate is full');
});

/** A source whose pool holds this part of 100 bytes at each minute after the change. */
function poolOf(world: World, poolBytesAt: (minute: number) => number): TieringWork['footprint'] {
  let firstMs: number | null = null;
  return async () => {
    firstMs ??= world.nowMs;
    const poolBytes = poolBytesAt((world.nowMs - firstMs) / MINUTE_MS);
    return [{ source: 'ONTAP', atMs: world.nowMs, ssdBytes: 100 - poolBytes, poolBytes }];
  };
}

for (const [what, poolBytesAt, minutes] of [
  ['data that has moved at once', () => 90, 5],
  ['data that moves for half an hour', (minute: number) => Math.min(90, 3 * minute), 35],
  ['data that moves for longer than the fixed wait', (minute: number) => Math.min(95, minute), 100],
  ['data that begins to move late', (minute: number) => (minute < 20 ? 0 : 90), 25],
  ['data that does not move', () => 10, 60],
] as const) {
  test(`ALL waits for a stable footprint: ${what}`, async () => {
    const world = new World();
    world.footprint = poolOf(world, poolBytesAt);
    const { readyMs, journal } = await goOn(journalOf('ALL'), world.work());
    assert.is(readyMs, null);
    assert.equal(world.measured, ['0']);
    const { setAt, endedAt } = journal.steps[0]!;
    const waited = (Date.parse(endedAt!) - Date.parse(setAt!)) / MINUTE_MS;
    assert.ok(Math.abs(waited - minutes) <= 1, `${waited} min`);
    assert.match(world.told.join('\n'), /the footprint is stable: \d+ B on SSD, \d+ B in the capacity pool \(ONTAP\)/);
  });
}

test('values from before the change do not count, and a source that falls silent leaves the fixed wait', async () => {
  const world = new World();
  const oldMs = world.nowMs - 3_600_000;
  const old = [0, 10].map((minute) => ({
    source: 'CloudWatch',
    atMs: oldMs + minute * MINUTE_MS,
    ssdBytes: 0,
    poolBytes: 9,
  }));
  world.footprint = async () => old;
  const { journal } = await goOn(journalOf('ALL'), world.work());
  const { setAt, endedAt } = journal.steps[0]!;
  assert.is(Math.round((Date.parse(endedAt!) - Date.parse(setAt!)) / MINUTE_MS), 60);
});

test('a wait for the footprint that the user ends restores the setting; killed, it could be resumed', async () => {
  const stopped = new World();
  stopped.footprint = async () => {
    stopped.footprint = async () => {
      throw new FeedrateError('interrupted', 'stopped');
    };
    return [{ source: 'ONTAP', atMs: stopped.nowMs, ssdBytes: 90, poolBytes: 10 }];
  };
  assert.is((await refusalOf(() => goOn(journalOf('ALL'), stopped.work()))).code, 'interrupted');
  assert.equal(stopped.setting, ORIGINAL);
  const killed = new World();
  killed.footprint = async () => {
    assert.is(decodeJournal(killed.disk!, 'j').phase, 'waiting');
    throw new Killed();
  };
  await goOn(journalOf('ALL'), killed.work()).catch((thrown) => assert.instance(thrown, Killed));
});

test.run();
