/** A barrier of machines around each checkpoint, computed from their times, against closed forms and a clock that ticks. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  commonCheckpoints,
  MachineCheckpointLog,
  type MachineCheckpoints,
} from '../../src/training/checkpoints/common-checkpoints.js';

const test = suite('training/common-checkpoints');

const sync = (...writesNs: number[]): MachineCheckpoints => {
  const none = writesNs.map(() => 0);
  return { mode: 'sync', pausesNs: none, copiesNs: none, writesNs, removalsNs: none };
};

test('the slowest machine of each checkpoint decides it, whichever that is', () => {
  const { tookNs, blockedNs } = commonCheckpoints([sync(10, 2, 7), sync(3, 9, 8), sync(4, 4, 1)]);
  assert.equal(tookNs, [10, 9, 8]);
  assert.equal(blockedNs, tookNs, 'training stands still');
});

test('a checkpoint that some machine did not complete does not count', () => {
  assert.equal(commonCheckpoints([sync(10, 20), sync(30)]).tookNs, [30]);
  assert.equal(commonCheckpoints([sync(10, 20), sync()]).tookNs, []);
});

test('in the background, a checkpoint waits until all machines have written the one before', () => {
  const machine = (...writesNs: number[]): MachineCheckpoints => ({
    mode: 'async',
    pausesNs: writesNs.map(() => 5),
    copiesNs: writesNs.map(() => 1),
    writesNs,
    removalsNs: writesNs.map(() => 2),
  });
  // Each writes 20 every other time. Together, each checkpoint takes 20, and holds the next one up.
  const { tookNs, blockedNs } = commonCheckpoints([machine(20, 3, 20), machine(3, 20, 3)]);
  const heldUp = 20 + 2 - 5;
  assert.equal(blockedNs, [1, heldUp + 1, heldUp + 1]);
  assert.equal(tookNs, [21, heldUp + 21, heldUp + 21]);
});

test('a machine alone keeps its own times', () => {
  const log = new MachineCheckpointLog('async');
  log.add({ dueNs: 5, beganNs: 5, copiedNs: 7, endNs: 30, freeNs: 31 });
  log.add({ dueNs: 12, beganNs: 31, copiedNs: 33, endNs: 40, freeNs: 44 });
  const times = log.times();
  assert.ok(times !== undefined);
  assert.equal(commonCheckpoints([times]), { tookNs: [25, 28], blockedNs: [2, 21] });
  const saves = new MachineCheckpointLog('sync');
  saves.add({ dueNs: 4, beganNs: 4, copiedNs: 4, endNs: 10, freeNs: 10 });
  saves.add({ dueNs: 13, beganNs: 13, copiedNs: 13, endNs: 20, freeNs: 20 });
  assert.equal(saves.times(), {
    mode: 'sync',
    pausesNs: [4, 3],
    copiesNs: [0, 0],
    writesNs: [6, 7],
    removalsNs: [0, 0],
  });
});

test('times of too many checkpoints are not kept at all', () => {
  const log = new MachineCheckpointLog('sync');
  for (let at = 0; at < 10_000; at++) log.add({ dueNs: at, beganNs: at, copiedNs: at, endNs: at + 1, freeNs: at + 1 });
  assert.is(log.times()?.writesNs.length, 10_000);
  log.add({ dueNs: 1e6, beganNs: 1e6, copiedNs: 1e6, endNs: 1e6 + 1, freeNs: 1e6 + 1 });
  assert.is(log.times(), undefined);
});

/** One machine with the work that is left, in ticks. */
interface Ticking {
  readonly of: MachineCheckpoints;
  left: number;
}

/** Lets a clock tick, and all machines go on when the last one has done its part. */
function byTicks(machines: readonly MachineCheckpoints[]): ReturnType<typeof commonCheckpoints> {
  const isAsync = machines[0]?.mode === 'async';
  const ticking = machines.map((of): Ticking => ({ of, left: 0 }));
  const work = (
    of: 'pausesNs' | 'copiesNs' | 'writesNs' | 'removalsNs',
    checkpoint: number,
    fromTick: number,
  ): number => {
    for (const machine of ticking) machine.left = machine.of[of][checkpoint] as number;
    let tick = fromTick;
    for (; ticking.some(({ left }) => left > 0); tick++) for (const machine of ticking) machine.left--;
    return tick;
  };
  const tookNs: number[] = [];
  const blockedNs: number[] = [];
  let [resumed, free] = [0, 0];
  const count = Math.min(...machines.map(({ writesNs }) => writesNs.length));
  for (let checkpoint = 0; checkpoint < count; checkpoint++) {
    const due = work('pausesNs', checkpoint, resumed);
    const copied = work('copiesNs', checkpoint, Math.max(due, free));
    const end = work('writesNs', checkpoint, copied);
    free = work('removalsNs', checkpoint, end);
    resumed = isAsync ? copied : end;
    tookNs.push(end - due);
    blockedNs.push(resumed - due);
  }
  return { tookNs, blockedNs };
}

const times = (mode: MachineCheckpoints['mode']): fc.Arbitrary<MachineCheckpoints> =>
  fc.array(fc.tuple(fc.nat(20), fc.nat(5), fc.nat(40), fc.nat(5)), { maxLength: 6 }).map((rows) => ({
    mode,
    pausesNs: rows.map(([pause]) => pause),
    copiesNs: rows.map(([, copy]) => (mode === 'async' ? copy : 0)),
    writesNs: rows.map(([, , write]) => write),
    removalsNs: rows.map(([, , , removal]) => (mode === 'async' ? removal : 0)),
  }));

test('any machines take as long as by a clock that ticks, and no longer checkpoint than the sum of what held it up', () => {
  for (const mode of ['sync', 'async'] as const) {
    void fc.assert(
      fc.property(fc.array(times(mode), { minLength: 1, maxLength: 4 }), (machines) => {
        const common = commonCheckpoints(machines);
        assert.equal(common, byTicks(machines));
        for (const [at, took] of common.tookNs.entries()) {
          const writes = machines.map(({ writesNs }) => writesNs[at] as number);
          if (mode === 'sync') assert.is(took, Math.max(...writes));
          else assert.ok(took >= Math.max(...writes));
        }
      }),
      { seed: 22, numRuns: 300 },
    );
  }
});

test.run();
