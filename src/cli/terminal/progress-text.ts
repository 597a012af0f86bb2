/** Formats progress as text. All functions are pure. */
import type { Colors } from 'picocolors/types.js';
import { formatBytes, formatCount, formatDurationNs, formatThroughput, formatWhole } from '../../base/units.js';
import { visibleText } from '../../base/visible-text.js';
import { quantileNs } from '../../histogram/histogram.js';
import { phaseRate } from '../../record/phases.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { iops, latencyHistogram, throughputBytesPerSecond } from '../../record/trial-values.js';
import { columnsOf, cut } from '../../report/table/columns.js';
import { sparkline } from '../../report/table/sparkline.js';
import type { PreparingStep, SessionEvent, WorkProgress } from '../../trial/events.js';
import type { LiveNfs } from '../../trial/live-nfs.js';
import type { ProgressState } from './progress-state.js';

const GAP = '  ';

/** A part of the line. On a narrow terminal, the parts with the highest `leaveOut` are left out first. */
interface Part {
  readonly text: string;
  readonly leaveOut: number;
  readonly color?: 'cyan' | 'bold' | 'dim';
}

/** Formats remaining time as a clock: `0:41`, `1:02:03`. */
export function clockTime(ns: number): string {
  const seconds = Math.max(0, Math.ceil(ns / 1e9));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** Returns the state as one coloured line of at most `columns` columns. */
export function fittedLine(
  state: ProgressState,
  columns: number,
  colors: Pick<Colors, 'cyan' | 'bold' | 'dim'>,
): string {
  let parts = partsOf(state, true).map((part) => ({ ...part, text: visibleText(part.text) }));
  const widthOf = (of: readonly Part[]): number => columnsOf(of.map((part) => part.text).join(GAP));
  while (parts.length > 1 && widthOf(parts) > columns) {
    const least = Math.max(...parts.map((part) => part.leaveOut));
    parts = parts.filter((part) => part.leaveOut !== least);
  }
  const [only] = parts;
  if (parts.length === 1 && only) parts = [{ ...only, text: cut(only.text, columns) }];
  return parts.map((part) => (part.color ? colors[part.color](part.text) : part.text)).join(GAP);
}

/** Returns the state as one line for logs and notebooks: no colour, no sparkline, all parts. */
export function plainLine(state: ProgressState): string {
  return partsOf(state, false)
    .map((part) => part.text)
    .join(GAP);
}

function partsOf(state: ProgressState, withSparkline: boolean): Part[] {
  const event = state.current;
  if (event === null) return [{ text: 'starting', leaveOut: 0, color: 'dim' }, ...runEtaParts(state.expectedNs)];
  switch (event.type) {
    case 'scan':
      return scanParts(event);
    case 'layout':
      return layoutParts(event);
    case 'prepare':
      return prepareParts(event, state);
    case 'removal':
      return [{ text: `removing files on ${event.target}`, leaveOut: 1, color: 'bold' }, ...workParts(event)];
    case 'starting':
      return [
        { text: event.arm, leaveOut: 0, color: 'bold' },
        { text: `${event.startedWorkers} of ${event.workers} workers started`, leaveOut: 2, color: 'dim' },
        ...placeParts(state),
      ];
    case 'progress':
      return progressParts(event, state, withSparkline);
  }
}

function scanParts({ target, files, bytes, elapsedNs }: Extract<SessionEvent, { type: 'scan' }>): Part[] {
  const parts: Part[] = [
    { text: `looking for files on ${target}`, leaveOut: 1, color: 'bold' },
    { text: `${formatWhole(files)} files`, leaveOut: 0 },
  ];
  if (files > 0) parts.push({ text: `${formatCount((files / elapsedNs) * 1e9)} files/s`, leaveOut: 2 });
  if (bytes > 0) parts.push({ text: formatBytes(bytes), leaveOut: 3 });
  return parts;
}

function layoutParts(event: Extract<SessionEvent, { type: 'layout' }>): Part[] {
  return [
    { text: `creating data files on ${event.target}`, leaveOut: 1, color: 'bold' },
    ...workParts(event),
    ...runEtaParts(event.etaNs),
  ];
}

const STEPS: Readonly<Record<PreparingStep, string>> = {
  'scratch files': 'filling files',
  eviction: 'emptying caches',
  warming: 'filling caches',
};

function prepareParts(event: Extract<SessionEvent, { type: 'prepare' }>, state: ProgressState): Part[] {
  const step = event.step === undefined ? 'preparing caches' : STEPS[event.step];
  return [
    { text: event.arm, leaveOut: 2, color: 'bold' },
    { text: step, leaveOut: 1, color: 'dim' },
    ...(event.step === undefined ? [] : workParts(event)),
    ...placeParts(state),
    ...(event.step === undefined ? [] : runEtaParts(event.etaNs)),
  ];
}

/** `eta` alone is that of the phase under way. */
function runEtaParts(etaNs: number | null | undefined): Part[] {
  return etaNs == null ? [] : [{ text: `run eta ${clockTime(etaNs)}`, leaveOut: 3 }];
}

/** Few files say less of a phase's speed than their bytes. */
const FILES_SHOWN_FROM = 100;

/** Returns how far a phase is, how fast it is, and how long it still takes. */
function workParts(work: WorkProgress): Part[] {
  const { doneFiles, totalFiles, doneBytes, totalBytes, fraction, elapsedNs, leftNs } = work;
  const seconds = elapsedNs / 1e9;
  const byFiles = totalFiles >= FILES_SHOWN_FROM;
  const parts: Part[] = [{ text: `${Math.floor(fraction * 100)} %`, leaveOut: 0 }];
  if (byFiles) parts.push({ text: `${formatWhole(doneFiles)} of ${formatWhole(totalFiles)} files`, leaveOut: 4 });
  if (totalBytes > 0)
    parts.push({ text: `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`, leaveOut: byFiles ? 5 : 4 });
  if (seconds >= RATE_FROM_SECONDS)
    parts.push({
      text: byFiles ? `${formatCount(doneFiles / seconds)} files/s` : formatThroughput(doneBytes / seconds),
      leaveOut: 2,
    });
  if (leftNs !== null) parts.push({ text: `eta ${clockTime(leftNs)}`, leaveOut: 3 });
  return parts;
}

/** A shorter time says nothing of a rate. */
const RATE_FROM_SECONDS = 0.3;

function progressParts(
  event: Extract<SessionEvent, { type: 'progress' }>,
  state: ProgressState,
  withSparkline: boolean,
): Part[] {
  const parts: Part[] = [{ text: event.arm, leaveOut: 2, color: 'bold' }];
  if (withSparkline) parts.push({ text: sparkline(state.ratesPerSecond), leaveOut: 7, color: 'cyan' });
  const rate = state.ratePerSecond ?? 0;
  parts.push({ text: event.unit === 'bytes' ? formatThroughput(rate) : `${formatCount(rate)} ops/s`, leaveOut: 0 });
  if (event.p99Ns !== null) parts.push({ text: `p99 ${formatDurationNs(event.p99Ns)}`, leaveOut: 4 });
  if (event.nfs !== null) parts.push({ text: nfsText(event.nfs), leaveOut: 6 });
  parts.push(...placeParts(state));
  if (event.leftNs !== null) parts.push({ text: `eta ${clockTime(event.leftNs)}`, leaveOut: 5 });
  parts.push(...runEtaParts(event.etaNs));
  return parts;
}

/** Returns `rtt 2.3 ms`, preceded by the queue time if calls wait longer than that to be sent. */
function nfsText({ queueNs, roundTripNs }: LiveNfs): string {
  const queue = queueNs > roundTripNs ? `queue ${formatDurationNs(queueNs)} ` : '';
  return `${queue}rtt ${formatDurationNs(roundTripNs)}`;
}

function placeParts({ doneTrials, totalTrials }: ProgressState): Part[] {
  if (totalTrials === null) return [];
  return [{ text: `trial ${Math.min(doneTrials + 1, totalTrials)}/${totalTrials}`, leaveOut: 5 }];
}

/** Formats a finished trial: `3/12 s1r2t1 randread/bs=4KiB  1.42 GiB/s  364k IOPS  p99 18.4 µs`. */
export function trialLine(record: TrialRecord, state: ProgressState): string {
  const place = state.totalTrials === null ? '' : `${state.doneTrials}/${state.totalTrials} `;
  const name = `${place}${record.id} ${record.arm}`;
  if (record.status === 'failed') return [name, `failed: ${faultText(record)}`].join(GAP);
  const measured = measuredTexts(record);
  const notes = [record.warmup ? 'warm-up' : '', record.status === 'aborted' ? 'stopped early' : ''];
  const contradicted = record.cache.verdict === 'contradicted' ? `not ${record.cache.claim}` : '';
  return [name, ...measured, ...notes, contradicted].filter((text) => text !== '').join(GAP);
}

function measuredTexts(record: TrialRecord): string[] {
  const { phases } = record;
  if (phases !== undefined)
    return phases.map(({ operation, entries }) => {
      const counted = entries === undefined ? 'operations' : 'entries';
      const rate = formatCount(phaseRate([record], operation, counted));
      return entries === undefined ? `${operation} ${rate}/s` : `${operation} ${rate} entries/s`;
    });
  const throughput = throughputBytesPerSecond(record);
  const operations = iops(record);
  const latency = latencyHistogram(record, 'latency');
  return [
    Number.isFinite(throughput) ? formatThroughput(throughput) : 'nothing measured',
    Number.isFinite(operations) ? `${formatCount(operations)} IOPS` : '',
    latency === null ? '' : `p99 ${formatDurationNs(quantileNs(latency, 0.99))}`,
  ];
}

function faultText({ fault }: TrialRecord): string {
  if (fault === null) return 'for an unknown reason';
  const path = fault.path === null ? '' : ` ${fault.path}`;
  const offset = fault.offsetBytes === null ? '' : ` at byte ${fault.offsetBytes}`;
  // A negative number stands for the coordinating thread: the trial failed before its workers began.
  const worker = fault.worker < 0 ? '' : ` (worker ${fault.worker})`;
  return `${fault.code} ${fault.syscall}${path}${offset}${worker}`;
}

/** Returns an event as one line of JSON, without a trial's histograms and series, which are in the run directory. */
export function eventJson(event: SessionEvent): string {
  if (event.type !== 'trial') return JSON.stringify(event);
  const { latency: _latency, series: _series, ...record } = event.record;
  return JSON.stringify({ type: 'trial', record });
}
