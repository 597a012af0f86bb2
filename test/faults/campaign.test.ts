// ci

/**
 * The short form of `npm run test:faults`: a few moments of each part. They come at calls and events of a run, not at times,
 * so that they are the same on every machine. Some follow one another in one scene, whose invariants are then checked
 * together.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeMoment } from './changes.js';
import { checkAftermath, checkRun, type Struck } from './invariants.js';
import { callsOf, killMoment } from './kills.js';
import type { Moment } from './moment.js';
import type { Role } from './preload.js';
import { prepareCampaign } from './prepare.js';
import { Scene, type Variant } from './scene.js';
import { signalMoment } from './signals.js';

const test = suite('faults/campaign');

const directory = mkdtempSync(join(tmpdir(), 'feedrate-faults-'));
let prepared: ReturnType<typeof prepareCampaign> | undefined;
const scenes: Scene[] = [];

/** Names and paths of calls, from the scene's directory. */
const IN_TARGET = / mnt\/t\//;
const IN_RESULTS = / results\/r\/./;

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

type Named = readonly [name: string, moment: () => Promise<Moment> | Moment];

/** One after the other in one scene, each with what can be checked of it alone; the rest is checked after the last. */
const SERIES: Readonly<Record<string, readonly Named[]>> = {
  'kills and signals': [
    ['the command is killed after its first change in the target', () => killAfter('coordinator', 'named', IN_TARGET)],
    ['the command is killed while it makes the run directory', () => killAfter('coordinator', 'named', IN_RESULTS)],
    ['the session is killed after its first change in the target', () => killAfter('session', 'named', IN_TARGET)],
    ['the session is killed while it saves a trial', () => killAfter('session', 'named', /^write .*\/trials\.jsonl/)],
    ['both are killed after the first rename in the target', () => killAfter('both', 'named', /^rename\w* mnt\/t\//)],
    ['SIGINT comes as the command begins', () => signalMoment('SIGINT', 'group', 'named', 'begun')],
    ['SIGHUP comes while files are laid out', () => signalMoment('SIGHUP', 'command', 'named', 'layout')],
  ],
  'a kill without a named target': [
    ['all is killed while a trial is saved', () => killAfter('both', 'default', /^write .*\/trials\.jsonl/)],
  ],
  'changes of results and target': [
    ['the results are deleted after a trial', () => changeMoment('deleted', 'results', 'trial-1')],
    ['the target is unmounted after a trial', () => changeMoment('unmounted', 'target', 'trial-1')],
  ],
};

for (const [series, moments] of Object.entries(SERIES)) {
  let scene: Scene | undefined;
  let last: Struck | undefined;
  for (const [name, make] of moments) {
    test(name, async () => {
      const moment = await make();
      scene ??= new Scene(await campaignHere(), moment.variant);
      scenes.push(scene);
      last = await moment.strike(scene);
      assert.equal(await checkRun(scene, last), [], moment.id);
    });
  }
  test(`nothing is touched, lost or left after ${series}`, async () => {
    await campaignHere();
    if (scene === undefined || last === undefined) return assert.unreachable('nothing has happened');
    assert.equal(await checkAftermath(scene, last), []);
  });
}

test.after(() => {
  for (const scene of scenes) scene.remove();
  rmSync(directory, { recursive: true });
});
test.run();
