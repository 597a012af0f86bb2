/** Lines of a run's report about the machine: how busy it was with other work, and what feedrate itself costs. */
import { isBusy, type MachineStart, takenShare } from '../../record/machine-use.js';
import type { OwnCost } from '../../record/run-record.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { plural } from '../table/format.js';
import type { Tone } from '../table/shown-column.js';

type OnMachine = Pick<TrialRecord, 'machine'>;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Returns the load at the start of the run, as the end of a line. Empty when nothing of it is known. */
export function startWords(load: MachineStart | undefined): string {
  if (load === undefined) return '';
  const stalled = [
    ['CPU', load.cpuStalledShare],
    ['I/O', load.ioStalledShare],
    ['memory', load.memoryStalledShare],
  ] as const;
  const known = stalled.flatMap(([name, share]) => (share === null ? [] : [`${name} ${percent(share)}`]));
  const parts = [
    ...(load.loadAverage === null ? [] : [`load average ${load.loadAverage.toFixed(1)}`]),
    ...(known.length === 0 ? [] : [`pressure ${known.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : `; at the start: ${parts.join(', ')}`;
}

/** Returns the line for what other programs and the hypervisor took during the trials. Empty for older runs. */
export function busyLines(trials: readonly OnMachine[]): { readonly text: string; readonly tone: Tone }[] {
  const shares = trials.map(({ machine }) => takenShare(machine)).filter((share) => share !== null);
  if (shares.length === 0) return [];
  const busy = trials.filter(({ machine }) => isBusy(machine)).length;
  const [least, most] = [percent(Math.min(...shares)), percent(Math.max(...shares))];
  const range = least === most ? most : `${least} to ${most}`;
  const loads = trials.flatMap(({ machine }) => machine?.loadAverage ?? []);
  const load = loads.length === 0 ? '' : `, load average at most ${Math.max(...loads).toFixed(1)}`;
  const text = `other work on this machine took ${range} of the CPUs during a trial${load}`;
  if (busy === 0) return [{ text, tone: 'plain' }];
  return [{ text: `${text}; ${plural(busy, 'trial')} of ${shares.length} on a busy machine`, tone: 'bad' }];
}

/** If a clock reading took this many times as long at the start as in the fastest trial, the start was disturbed. */
const DISTURBED_TIMES = 2;

/** Returns the cost of the measurement itself, and the IOPS that no storage can exceed because of it. */
export function overheadLines(ownCost: OwnCost | undefined, trials: readonly OnMachine[]): string[] {
  if (ownCost === undefined) return [];
  const { nullNsPerOperation, clockNs } = ownCost;
  const fastestNs = Math.min(...trials.flatMap(({ machine }) => machine?.clockFastestNs ?? []));
  const overhead = `${nullNsPerOperation.toFixed(0)} ns per operation`;
  if (clockNs > DISTURBED_TIMES * fastestNs) {
    const clock = `a clock reading took ${clockNs.toFixed(0)} ns then and ${fastestNs.toFixed(0)} ns in a trial`;
    return [`feedrate's own overhead: at most ${overhead} (the machine was busy at the start: ${clock})`];
  }
  const millionsPerSecond = (1e3 / nullNsPerOperation).toFixed(1);
  return [`feedrate's own overhead: ${overhead} (limit: ${millionsPerSecond} M IOPS per worker)`];
}
