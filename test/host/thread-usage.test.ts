import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ThreadUsage, threadUsage } from '../../src/host/system/thread-usage.js';
import { skipTest } from '../support/skip.js';
import { runChild } from './child.js';

const test = suite('thread usage');

/** The kernel may round the times of threads and of processes to its tick. */
const TICK_NS = 10_000_000;

/** Burns about 150 ms of the worker's CPU and reports what it used, and what the process did meanwhile. */
const BUSY = `
  const { workerData, parentPort } = require('node:worker_threads');
  import(workerData).then(({ threadUsage }) => {
    const whole = process.cpuUsage();
    const own = threadUsage();
    let x = 1;
    do { for (let i = 0; i < 1e6; i++) x = Math.imul(x, 48271) ^ i; } while (process.cpuUsage(whole).user < 150000);
    const used = threadUsage();
    const { user, system } = process.cpuUsage(whole);
    parentPort.postMessage([own, used, (user + system) * 1000, x]);
  });`;

async function busyWorker(): Promise<{ before: ThreadUsage; after: ThreadUsage; processNs: number }> {
  const module = new URL('../../src/host/system/thread-usage.js', import.meta.url).href;
  const worker = new Worker(BUSY, { eval: true, workerData: module });
  try {
    const [before, after, processNs] = await new Promise<[ThreadUsage, ThreadUsage, number]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    return { before, after, processNs };
  } finally {
    await worker.terminate();
  }
}

test('a busy worker uses nearly all that its idle process uses', async () => {
  if (threadUsage() === null) skipTest('no thread times on this machine');
  const shares: number[] = [];
  // The compiler and the collector have threads of their own, which on some machines and at some times do more.
  while (shares.length < 5 && !shares.some((share) => share > 0.8)) {
    const { before, after, processNs } = await busyWorker();
    const usedNs = after.totalNs - before.totalNs;
    shares.push(usedNs / processNs);
    assert.ok(usedNs <= processNs + TICK_NS, `${usedNs} of ${processNs}`);
    assert.ok(after.userNs - before.userNs > usedNs * 0.5, `${after.userNs - before.userNs} of ${usedNs} in user mode`);
  }
  assert.ok(
    shares.some((share) => share > 0.8),
    `${shares.join(', ')} of the process's time`,
  );
});

test('the main thread is not charged for a worker', async () => {
  const own = threadUsage();
  if (own === null) skipTest('no thread times on this machine');
  const { after, before } = await busyWorker();
  const mainNs = (threadUsage()?.totalNs ?? 0) - own.totalNs;
  assert.ok(mainNs < (after.totalNs - before.totalNs) * 0.7, `${mainNs}`);
});

test('user and system add up, and never go back', () => {
  let last: ThreadUsage | null = null;
  for (let i = 0; i < 1000; i++) {
    const now = threadUsage();
    if (now === null) skipTest('no thread times on this machine');
    assert.is(now.totalNs >= (last?.totalNs ?? 0), true);
    last = now;
  }
});

test('without koffi /proc tells the same', () => {
  const text = `
    const { threadUsage } = await host('system/thread-usage');
    const whole = process.cpuUsage();
    const before = threadUsage();
    let x = 1;
    while (process.cpuUsage(whole).user < 100000) for (let i = 0; i < 1e5; i++) x = Math.imul(x, 48271) ^ i;
    const after = threadUsage();
    const { user, system } = process.cpuUsage(whole);
    answer([after.totalNs - before.totalNs, (user + system) * 1000, after.userNs + after.systemNs, after.totalNs]);`;
  const answer = runChild(text, { environment: { FEEDRATE_NO_KOFFI: '1' } }) as [number, number, number, number];
  const [usedNs, processNs, splitNs, totalNs] = answer;
  // Other threads of the process (the compiler, the collector) use a little, too.
  assert.ok(usedNs > processNs * 0.5 && usedNs <= processNs + TICK_NS, `${usedNs} of ${processNs}`);
  assert.is(splitNs % 10_000_000, 0);
  assert.ok(Math.abs(splitNs - totalNs) < totalNs * 0.5 + 20_000_000, `${splitNs} ${totalNs}`);
});

for (const way of ['koffi', '/proc']) {
  test(`page faults by ${way} are those that libuv counts for the process`, () => {
    const text = `
      const { threadUsage } = await host('system/thread-usage');
      threadUsage();
      const before = threadUsage();
      const whole = process.resourceUsage().minorPageFault;
      for (let i = 0; i < 16; i++) new Uint8Array(2 ** 22).fill(1);
      const faults = process.resourceUsage().minorPageFault - whole;
      answer(before && [threadUsage().minorFaults - before.minorFaults, faults]);`;
    const answer = runChild(text, { environment: way === 'koffi' ? {} : { FEEDRATE_NO_KOFFI: '1' } });
    if (answer === null) skipTest('no thread usage on this machine');
    const [own, process] = answer as [number, number];
    // With huge pages 32 faults are enough for 64 MiB; other threads take a few of the process's.
    assert.ok(process >= 32, `${process}`);
    assert.ok(own > process * 0.7 && own < process * 1.05 + 50, `${own} of ${process}`);
  });
}

test.run();
