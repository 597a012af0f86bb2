import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAt, lookAtRun, withLook } from '../../src/gate/looks.js';
import type { RecordedLook } from '../../src/record/run-record.js';
import { alarmsOfGates } from '../bench/repeated-gates.js';
import { feedrateError } from '../support/feedrate-error.js';
import { makeArm, makeRun } from '../support/records.js';

const test = suite('gate/looks');

test('looks of one gate have equal parts, and the last one leaves nothing', () => {
  let recorded: RecordedLook[] = [];
  for (const [index, sessions] of [3, 6, 12, 24].entries()) {
    const look = lookAt(recorded, sessions, 4);
    assert.equal(look, { number: index + 1, planned: 4, share: 0.25, spent: index === 3 });
    recorded = withLook(recorded, sessions, look as NonNullable<typeof look>);
  }
  assert.is(lookAt(recorded, 48, 4), null);
  assert.is(lookAt(recorded, 48, 20), null, 'more looks do not bring more alpha');
});

test('a look at the same sessions is the same look, for any gate', () => {
  const recorded = [
    { sessions: 3, share: 0.25 },
    { sessions: 6, share: 0.25 },
  ];
  assert.equal(lookAt(recorded, 6, 4), { number: 2, planned: 4, share: 0.25, spent: false });
  assert.equal(lookAt(recorded, 6, 1), { number: 2, planned: 2, share: 0.25, spent: false });
  assert.equal(lookAt(recorded, 12, 4), { number: 3, planned: 4, share: 0.25, spent: false });
  assert.equal(lookAt(recorded, 12, 2), { number: 3, planned: 3, share: 0.5, spent: true }, 'the rest of alpha');
  assert.equal(lookAt([], 3, 1), { number: 1, planned: 1, share: 1, spent: false }, 'no look is remembered');
});

test('a look whose sessions were never measured was none', () => {
  const recorded = [
    { sessions: 3, share: 0.5 },
    { sessions: 6, share: 0.5 },
  ];
  const first = lookAt(recorded, 3, 2);
  assert.equal(first, { number: 1, planned: 2, share: 0.5, spent: false });
  assert.equal(withLook(recorded, 3, first as NonNullable<typeof first>), [{ sessions: 3, share: 0.5 }]);
});

test('whatever gates look, in whatever order, all looks together have at most all of alpha', () => {
  const call = fc.record({ planned: fc.integer({ min: 1, max: 20 }), grows: fc.integer({ min: 0, max: 4 }) });
  void fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), (calls) => {
      let recorded: RecordedLook[] = [];
      let sessions = 3;
      for (const { planned, grows } of calls) {
        for (let i = 0; i <= grows; i++) {
          const look = lookAt(recorded, sessions + i, planned);
          if (look === null) break;
          sessions += i;
          recorded = withLook(recorded, sessions, look);
          assert.ok(look.number <= look.planned && look.share > 0);
        }
        const shared = recorded.reduce((sum, { share }) => sum + share, 0);
        assert.ok(shared <= 1 + 1e-9, `${shared}`);
      }
    }),
  );
});

test('repeated adaptive gates on equal data alarm no more often than alpha; with a fresh alpha each they would', async () => {
  const gates = { families: 60, seed: 3, looks: [2, 2, 2] };
  const remembered = await alarmsOfGates({ ...gates, remembers: true });
  // 21 of 60 come about once in 100 times at 20 %. `npm run bench:looks` plays thousands.
  assert.ok(remembered.share <= 20 / 60, `${remembered.share} with alpha 20 %`);
  assert.is(remembered.most, 12, 'no gate adds sessions when alpha is spent');
  const fresh = await alarmsOfGates({ ...gates, remembers: false });
  assert.ok(fresh.share > remembered.share && fresh.most === 48, `${fresh.share}, ${fresh.most} sessions`);
});

test('sessions that feedrate did not add cannot be looked at when alpha is spent', () => {
  const made = makeRun([makeArm('read')], 1, { looks: [{ sessions: 3, share: 1 }] });
  const run = { ...made, plan: { ...made.plan, sessions: 5 } };
  assert.throws(
    () => lookAtRun(run, 1),
    feedrateError('store', /: looks at fewer sessions have used all of alpha; measure a new run$/),
  );
  assert.equal(lookAtRun({ ...run, looks: [] }, 1), { number: 1, planned: 1, share: 1, spent: false });
});

test.run();
