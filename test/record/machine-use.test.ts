import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import { isBusy, type MachineUse, takenShare } from '../../src/record/machine-use.js';
import { mergeRanks, recordsOf } from '../../src/record/merge-ranks.js';
import { evidenceColumns } from '../../src/record/trial-columns.js';
import { armWarnings } from '../../src/stats/arm-warnings.js';
import { busyMachine } from '../../src/trial/busy-machine.js';
import { feedrateError } from '../support/feedrate-error.js';
import { machineUse, makeArm, makeRun, makeTrial } from '../support/records.js';

const test = suite('record/machine-use');
const arm = makeArm('read');
const taking = (share: number, changes: Partial<MachineUse> = {}) =>
  machineUse({ othersCpuNs: share * 2e9, ...changes });
const trialOf = (round: number, share: number | null) =>
  makeTrial(arm, round, 1e9, share === null ? {} : { machine: taking(share) });

test('a machine is busy from 10 % of its CPUs on, and not for a few ticks of a short trial', () => {
  assert.equal(
    [0, 0.03, 0.09, 0.11, 0.9].map((share) => isBusy(taking(share))),
    [false, false, false, true, true],
  );
  assert.not(isBusy(machineUse({ spanNs: 1e8, othersCpuNs: 4e7 })));
  assert.ok(isBusy(machineUse({ othersCpuNs: null, stealNs: 4e8 })));
  assert.not(isBusy(machineUse({ othersCpuNs: null, stealNs: null })));
  assert.not(isBusy(undefined));
  assert.is(takenShare(machineUse({ othersCpuNs: 4e8, stealNs: 1e8 })), 0.25);
  assert.is(takenShare(machineUse({ othersCpuNs: null, stealNs: null })), null);
});

test('pressure and load alone are no other work: they may be feedrate’s own', () => {
  const stalled = { cpuNs: 1e9, ioNs: 1e9, memoryNs: 1e9 };
  assert.is(busyMachine({ machine: machineUse({ stalled, loadAverage: 40, kernelCpuNs: 2e9 }) }), null);
});

test('the warning says who took how much, with the remedy for it', () => {
  const others = busyMachine({ machine: taking(0.95, { loadAverage: 11.25 }) });
  assert.is(others?.message, 'other programs used 1.9 of 2 CPUs (load average 11.3)');
  assert.match(others?.remedy ?? '', /end other programs/);
  const steal = busyMachine({ machine: machineUse({ cpus: 1, stealNs: 4e8, othersCpuNs: 1e8, loadAverage: null }) });
  assert.is(steal?.message, 'the hypervisor gave 0.4 of 1 CPU to other machines (steal)');
  assert.match(steal?.remedy ?? '', /burstable/);
});

test('an arm of which some trials were disturbed is marked', () => {
  const codes = (shares: readonly (number | null)[]) =>
    armWarnings(shares.map((share, index) => trialOf(index + 1, share))).map(({ code }) => code);
  assert.equal(codes([0, 0.02, 0.8, 0.01]), ['busy-trials-differ']);
  assert.equal(codes([0.81, 0.8, 0.83]), []);
  assert.equal(codes([0.06, 0.12]), [], 'little more than in the other');
  assert.equal(codes([null, null]), []);
  const [found] = armWarnings([trialOf(1, 0), trialOf(2, 0.8)]);
  assert.is(
    found?.message,
    'other work took 0 % of the CPUs in one trial and 80 % in another; the machine was busy in 1 of 2 trials',
  );
});

test('it is stored with the trial, and older trials have none', () => {
  const trial = trialOf(1, 0.5);
  assert.equal(decodeTrial(encodeTrial(trial), 'x').machine, trial.machine);
  assert.is(decodeTrial(encodeTrial(trialOf(1, null)), 'x').machine, undefined);
  const broken = { ...trial, machine: { ...taking(0), stealNs: 'much' } as unknown as MachineUse };
  assert.throws(() => decodeTrial(encodeTrial(broken), 'x:1'), feedrateError('store', /machine\.stealNs/));
});

test('the columns are empty where nothing was recorded', () => {
  const columns = evidenceColumns(makeRun([arm], 1)).filter(({ name }) => /^(?:machine|group|own)_/.test(name));
  const cells = (share: number | null) =>
    Object.fromEntries(columns.map(({ name, value }) => [name, value(trialOf(1, share))]));
  assert.ok(columns.length >= 14);
  assert.ok(Object.values(cells(null)).every((cell) => cell === null));
  assert.is(cells(0.5)['machine_others_cpu_ns'], 1e9);
});

test('a group is as busy as its busiest machine, and each keeps its own', () => {
  const ranks = [0, 0.7, 0.2].map((share, rank) => makeTrial(arm, 1, 1e9, { rank, machine: taking(share) }));
  const merged = mergeRanks(ranks);
  assert.is(takenShare(merged.machine), 0.7);
  assert.equal(
    recordsOf(merged).map(({ machine }) => takenShare(machine)),
    [0, 0.7, 0.2],
  );
  assert.is(mergeRanks([trialOf(1, null), { ...trialOf(1, null), rank: 1 }]).machine, undefined);
});

test.run();
