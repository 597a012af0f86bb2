import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { numbersOfList } from '../../src/host/system/cgroup.js';
import {
  cpuTimes,
  type MachineReading,
  othersRun,
  readMachine,
  readMachineStart,
  usedBetween,
} from '../../src/host/system/machine-load.js';
import { processStat } from '../../src/host/system/process-stat.js';

const test = suite('host/machine-load');
const UNKNOWN = { cpuNs: null, ioNs: null, memoryNs: null };
const TICK_NS = 10_000_000;

/** A machine of three CPUs, of which two may be used. */
const files = (fields: readonly string[], others: Record<string, string> = {}) => {
  const all: Record<string, string> = {
    '/proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0,2\n',
    '/proc/stat': ['cpu  1 1 1 1', ...fields.map((field, cpu) => `cpu${cpu} ${field}`), 'intr 5 0'].join('\n'),
    ...others,
  };
  return (path: string) => all[path] ?? null;
};

const reading = (atNs: number, changes: Partial<MachineReading> = {}): MachineReading => ({
  atNs,
  cpu: { cpus: 2, userNs: 0, systemNs: 0, stealNs: 0 },
  own: { userNs: 0, systemNs: 0 },
  loadAverage: 1,
  stalled: UNKNOWN,
  groupStalled: UNKNOWN,
  ...changes,
});
const none = () => false;

test('only the CPUs that may be used are counted, without idle time and interrupts', () => {
  const read = files(['10 5 7 1000 9 3 4 2 0 0', '900 0 900 0 0 0 0 90 0 0', '1 0 2 1000 0 0 0 3 0 0']);
  const ns = (ticks: number) => ticks * TICK_NS;
  assert.equal(cpuTimes(read), { cpus: 2, userNs: ns(16), systemNs: ns(9), stealNs: ns(5) });
  const old = cpuTimes(files(['10 5 7 1000', '1 1 1 1', '1 0 2 1000']));
  assert.is(old?.stealNs, 0, 'old kernels do not count steal');
  assert.equal(numbersOfList('0-2,5,7-8'), [0, 1, 2, 5, 7, 8]);
  assert.equal(numbersOfList(''), []);
});

test('what cannot be read is unknown, and nothing is thrown', () => {
  const read = () => null;
  assert.is(cpuTimes(read), null);
  const nothing = readMachine(read, () => ({ userNs: 0, systemNs: 0 }));
  assert.equal(
    [nothing.cpu, nothing.loadAverage, nothing.stalled, nothing.groupStalled],
    [null, null, UNKNOWN, UNKNOWN],
  );
  const { othersCpuNs, kernelCpuNs, stealNs } = usedBetween(nothing, nothing, none);
  assert.equal([othersCpuNs, kernelCpuNs, stealNs], [null, null, null]);
  const unknown = { loadAverage: null, cpuStalledShare: null, ioStalledShare: null, memoryStalledShare: null };
  assert.equal(readMachineStart(read), unknown);
});

test('pressure is the total of `some`, and its average at the start', () => {
  const some = 'some avg10=12.50 avg60=1.00 avg300=0.00 total=1500\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7';
  const read = files([], { '/proc/pressure/cpu': some, '/proc/loadavg': '3.25 1.0 1.0 1/99 7' });
  const found = readMachine(read, () => ({ userNs: 0, systemNs: 0 }));
  assert.equal([found.stalled, found.loadAverage], [{ cpuNs: 1_500_000, ioNs: null, memoryNs: null }, 3.25]);
  assert.is(readMachineStart(read).cpuStalledShare, 0.125);
  const later = { ...found, stalled: { cpuNs: 2_000_000, ioNs: 5, memoryNs: null } };
  assert.equal(usedBetween(found, later, none).stalled, { cpuNs: 500_000, ioNs: null, memoryNs: null });
});

test('other programs are what remains without feedrate, and never less than nothing', () => {
  const used = (userNs: number, systemNs: number, own: MachineReading['own'], isForeign: boolean) => {
    const after = reading(1e9, { cpu: { cpus: 2, userNs, systemNs, stealNs: 3e8 }, own });
    return usedBetween(reading(0), after, () => isForeign);
  };
  const shared = used(1.5e9, 0.2e9, { userNs: 0.5e9, systemNs: 0.1e9 }, false);
  assert.equal([shared.othersCpuNs, shared.kernelCpuNs, shared.stealNs, shared.cpus], [1e9, 1e8, 3e8, 2]);
  // Kernel time of nobody known is another program's only where one is seen to run.
  assert.equal(used(0, 1e9, { userNs: 0, systemNs: 0 }, false).othersCpuNs, 0);
  assert.equal(used(0, 1e9, { userNs: 0, systemNs: 0 }, true).othersCpuNs, 1e9);
  assert.equal(used(0, 0.09e9, { userNs: 0, systemNs: 0 }, true).othersCpuNs, 0, 'too little to look');
  // feedrate on both CPUs, of which the ticks missed a part.
  const alone = used(1.2e9, 0.7e9, { userNs: 1.1e9, systemNs: 0.9e9 }, true);
  assert.equal([alone.othersCpuNs, alone.kernelCpuNs], [0, 0]);
  // Its system time was counted as user time by the machine.
  assert.equal(used(1.6e9, 0.4e9, { userNs: 1e9, systemNs: 1e9 }, true).othersCpuNs, 0);
});

const usedTicks = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + (processStat(pid)?.usedTicks ?? 0), 0);
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

test('busy processes are counted as the kernel counts them', async () => {
  const busy = [0, 1].map(() => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
  const pids = busy.map(({ pid }) => pid as number);
  try {
    while (usedTicks(pids) === 0) await pause();
    const before = readMachine();
    const from = usedTicks(pids);
    while (usedTicks(pids) - from < 40) await pause();
    const ticks = usedTicks(pids) - from;
    const { othersCpuNs, spanNs, cpus } = usedBetween(before, readMachine(), othersRun);
    // The machine counts in ticks, and may give one that two tasks shared to either.
    assert.ok((othersCpuNs ?? 0) > 0.7 * ticks * TICK_NS, `${othersCpuNs} ns of ${ticks} ticks`);
    assert.ok((othersCpuNs ?? 0) <= 1.2 * spanNs * cpus);
    assert.ok(othersRun());
  } finally {
    for (const process of busy) process.kill('SIGKILL');
  }
});

test('feedrate’s own threads are not other programs', async () => {
  const spin = 'const { parentPort } = require("node:worker_threads"); parentPort.postMessage(0); for (;;);';
  const whole = () => {
    const times = cpuTimes((path) => readFileSync(path, 'utf8'));
    return (times?.userNs ?? 0) + (times?.systemNs ?? 0);
  };
  // Each reading encloses the next one, so that no pause between them matters.
  const from = whole();
  const before = readMachine();
  const own = process.cpuUsage();
  const workers = [0, 1].map(() => new Worker(spin, { eval: true }));
  while (process.cpuUsage(own).user < 400_000) await pause();
  const ownNs = process.cpuUsage(own).user * 1e3;
  const after = readMachine();
  const allNs = whole() - from;
  for (const worker of workers) await worker.terminate();
  const { othersCpuNs } = usedBetween(before, after, none);
  assert.ok((othersCpuNs ?? 0) < allNs - 0.7 * ownNs, `${othersCpuNs} ns others, ${ownNs} own, ${allNs} in all`);
});

test.run();
