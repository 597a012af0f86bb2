/** What the monotonic clock does to the processor. Times are compared with the processor time that the kernel counts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MonotonicClock } from '../../src/engine/core/clock.js';

const test = suite('engine/clock');

const clock = new MonotonicClock();

/** Processor time of this process, ns. */
function usedNs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

test('a wait takes hardly any of a processor, and computing takes what was asked for', () => {
  assert.ok(usedNs(() => clock.waitUntil(clock.now() + 300e6)) < 150e6);
  const used = usedNs(() => clock.compute(300e6));
  // The kernel counts neither interrupts nor what a hypervisor takes.
  assert.ok(used > 200e6, `${used} ns`);
});

test('computing takes as much of a processor that others share', async () => {
  // A quarter of a processor would be left, and 100 ms of 400.
  const neighbours = Array.from({ length: 3 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);']),
  );
  try {
    await Promise.all(neighbours.map((neighbour) => once(neighbour, 'spawn')));
    const startNs = clock.now();
    const used = usedNs(() => clock.compute(400e6));
    const tookNs = clock.now() - startNs;
    assert.ok(used > 250e6, `${used} ns in ${tookNs} ns`);
  } finally {
    for (const neighbour of neighbours) neighbour.kill('SIGKILL');
  }
});

test.run();
