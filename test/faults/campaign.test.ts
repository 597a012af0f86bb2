/**
 * The short form of `npm run test:faults`: a few moments of each part. They come at calls and events of a run, not at times,
 * so that they are the same on every machine. The kills and signals follow one another in one scene, whose invariants are
 * then checked together.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeMoment } from './changes.js';
import { checkAftermath, checkInvariants, checkRun, type Struck } from './invariants.js';
import { callsOf, killMoment } from './kills.js';
import type { Moment } from './moment.js';
import type { Role } from './preload.js';
import { inScene, prepareCampaign } from './prepare.js';
import { Scene, type Variant } from './scene.js';
import { signalMoment } from './signals.js';

const test = suite('faults/campaign');

const directory = mkdtempSync(join(tmpdir(), 'feedrate-faults-'));
let prepared: ReturnType<typeof prepareCampaign> | undefined;
let series: { readonly scene: Scene; struck: Struck | null } | undefined;

/** In each test and not before them, so that a machine without cc skips them. */
async function campaignHere(): ReturnType<typeof prepareCampaign> {
  prepared ??= prepareCampaign(directory);
  return prepared;
}

/** The kill of a role after its first call that matches. */
async function killAfter(role: Role, variant: Variant, call: RegExp): Promise<Moment> {
  const { whole } = await campaignHere();
  const [at] = [...callsOf(whole, role)].find(([, { text }]) => call.test(text)) ?? [];
  if (at === undefined) throw new Error(`no call of the ${role} matches ${call}`);
  return killMoment(role, variant, at);
}

/** One after the other in the same scene, each with what can be checked of it alone. */
const SERIES: readonly (readonly [name: string, moment: () => Promise<Moment> | Moment])[] = [
  ['the command is killed after its first change in the target', () => killAfter('coordinator', 'named', /\/mnt\/t\//)],
  [
    'the command is killed while it makes the run directory',
    () => killAfter('coordinator', 'named', /\/results\/r\/./),
  ],
  ['the session is killed after its first change in the target', () => killAfter('session', 'named', /\/mnt\/t\//)],
  ['the session is killed while it saves a trial', () => killAfter('session', 'named', /^write .*\/trials\.jsonl/)],
  ['both are killed after the first rename in the target', () => killAfter('both', 'named', /^rename.*\/mnt\/t\//)],
  ['SIGINT as the command begins', () => signalMoment('SIGINT', 'group', 'named', 'begun')],
  ['SIGHUP while files are laid out', () => signalMoment('SIGHUP', 'command', 'named', 'layout')],
  ['SIGTERM after a trial', () => signalMoment('SIGTERM', 'group', 'named', 'trial-1')],
];

for (const [name, momentNamed] of SERIES) {
  test(name, async () => {
    const moment = await momentNamed();
    series ??= { scene: new Scene(await campaignHere(), 'named'), struck: null };
    series.struck = await moment.strike(series.scene);
    assert.equal(await checkRun(series.scene, series.struck), [], moment.id);
  });
}

test('after these kills and signals, nothing is touched, lost or left', async () => {
  await campaignHere();
  if (series === undefined || series.struck === null) return assert.unreachable('nothing has happened');
  assert.equal(await checkAftermath(series.scene, series.struck), []);
});

/** Each in a scene of its own. */
const ALONE: readonly (readonly [name: string, moment: () => Promise<Moment> | Moment])[] = [
  ['all is killed in the default target', () => killAfter('both', 'default', /\/trials\.jsonl/)],
  ['the results are deleted after a trial', () => changeMoment('deleted', 'results', 'trial-1')],
  ['the target is unmounted after a trial', () => changeMoment('unmounted', 'target', 'trial-1')],
];

for (const [name, momentNamed] of ALONE) {
  test(`nothing is touched, lost or left: ${name}`, async () => {
    const moment = await momentNamed();
    await inScene(await campaignHere(), moment.variant, async (scene) => {
      assert.equal(await checkInvariants(scene, await moment.strike(scene)), [], moment.id);
    });
  });
}

test.after(() => {
  series?.scene.remove();
  rmSync(directory, { recursive: true });
});
test.run();
