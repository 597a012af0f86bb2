/** Every advice that a room prints is followed by a test, or stands in its ledger with the reason why nothing can. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { adviceIn } from '../support/advice.js';
import { repositoryRoot } from '../support/repository.js';
import { LEDGERS } from './advice-ledgers.js';

const test = suite('house/advice');

/** The source of a test without the backslashes of regular expressions; null if there is none. */
function sourceOf(name: string): string | null {
  const path = ['.test.ts', '.ts'].map((end) => join(repositoryRoot, 'test', `${name}${end}`)).find(existsSync);
  return path === undefined ? null : readFileSync(path, 'utf8').replaceAll('\\', '');
}

for (const [room, ledger] of Object.entries(LEDGERS)) {
  const rows = Object.entries(ledger).flatMap(([where, beginnings]) =>
    beginnings.map((beginning) => ({ where, beginning })),
  );

  test(`${room}: no advice is left out`, () => {
    const left = adviceIn(room).filter(({ advice }) => !rows.some(({ beginning }) => advice.startsWith(beginning)));
    assert.equal(
      left.map(({ path, advice }) => `${path}: ${advice}`),
      [],
    );
  });

  test(`${room}: no row is out of date, and its test has the words`, () => {
    const advices = adviceIn(room).map(({ advice }) => advice);
    const wrong = rows.flatMap(({ where, beginning }) => {
      if (!advices.some((advice) => advice.startsWith(beginning))) return [`nothing advises: ${beginning}`];
      if (where.startsWith('not run: ')) return [];
      const [name = '', how] = where.split(': ');
      const source = sourceOf(name);
      if (source === null) return [`no test ${name}`];
      const words = beginning.split('INSERTED').every((part) => source.includes(part.trim()));
      return words || how !== undefined ? [] : [`${name} does not quote: ${beginning}`];
    });
    assert.equal(wrong, []);
  });
}

/** Rooms without a ledger, and what holds their advice instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  workload: 'workload/remedies finds every advice in it',
  plan: 'workload/remedies finds every advice in it',
};

test('every room that advises something has a ledger', () => {
  const rooms = readdirSync(join(repositoryRoot, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const without = rooms.filter(({ name }) => !(name in LEDGERS || name in ELSEWHERE) && adviceIn(name).length > 0);
  assert.equal(
    without.map(({ name }) => name),
    [],
  );
});

test('a new advice is found', () => {
  assert.ok(adviceIn('fsx').some(({ advice }) => advice === 'name each policy once'));
  assert.ok(Object.keys(LEDGERS).every((room) => adviceIn(room).length > 0));
});

test.run();
