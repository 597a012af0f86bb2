/** The doctor's remedies as they were run in the lab: what a mount was before, and what it is afterwards. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { splitMountOptions } from '../../src/base/mount-command.js';

/** What a remedy changes: the options that go, and those that come instead. */
export interface Change {
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** Of each scenario of inside-remedies.sh. Null: no command may be printed. */
export const SCENARIOS: Readonly<Record<string, Change | null>> = {
  readonly: { gone: ['rsize=65536', 'wsize=65536'], come: ['rsize=1048576', 'wsize=1048576'] },
  tunnel: null,
  port: { gone: ['rsize=131072', 'wsize=131072'], come: ['rsize=1048576', 'wsize=1048576'] },
  version: { gone: ['vers=4.0'], come: ['vers=4.1'] },
  refused: { gone: [], come: [] },
  soft: { gone: ['softerr'], come: ['hard'] },
  noac: { gone: ['sync', 'acregmin=0', 'acregmax=0', 'acdirmin=0', 'acdirmax=0', 'noac'], come: [] },
  actimeo: { gone: ['acregmin=0', 'acregmax=0', 'acdirmin=0', 'acdirmax=0', 'lookupcache=none'], come: [] },
  connections: { gone: [], come: ['nconnect=16'] },
  fstab: { gone: ['soft'], come: ['hard'] },
  readahead: { gone: [], come: [] },
  slots: { gone: [], come: [] },
};

/** Checks what a scenario left in the directory `remedies`: the mount differs in what was advised, and in nothing else. */
export function checkScenario(directory: string, name: string): void {
  const file = (kind: string) => readFileSync(join(directory, 'remedies', `${name}.${kind}`), 'utf8').trim();
  const change = SCENARIOS[name];
  assert.is(file('status'), '0', `${name}: ${file('said')}`);
  if (change === null || change === undefined) {
    assert.not.match(file('remedy'), /umount|-t nfs/);
    assert.match(file('remedy'), /tunnel or proxy on this machine/);
    assert.is(file('after'), file('before'));
    return;
  }
  const parts = (line: string) => line.split(' ').map(splitMountOptions);
  const [before, after] = [parts(file('before')), parts(file('after'))];
  const without = (lists: string[][], options: readonly string[]) =>
    lists.map((list) => list.filter((option) => !options.includes(option)));
  assert.equal(without(after, change.come), without(before, change.gone), `${name}: ${file('remedy')}`);
  for (const [lists, options] of [
    [before, change.gone],
    [after, change.come],
  ] as const)
    assert.equal(
      options.filter((option) => !lists.flat().includes(option)),
      [],
      `${name}: ${file('remedy')}`,
    );
}
