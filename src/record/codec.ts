/**
 * Converts records to text and back. Reading checks every field that the code relies on. Unknown fields are kept, so
 * that later versions can add some.
 */

import { checkSparseCounts, type SparseCounts } from '../histogram/sparse-counts.js';
import { checkEnvironment } from './check-environment.js';
import { checkTimeline } from './checkpoint-timeline.js';
import { checkForeign } from './foreign-source.js';
import { checkGroup } from './group-record.js';
import { JsonReader } from './json-reader.js';
import { checkMachineUse } from './machine-use.js';
import { checkCheckpointTimes } from './merge-checkpoints.js';
import { checkNfs } from './nfs-traffic.js';
import { wordsOfOldSpec } from './old-words.js';
import { checkPhases } from './phases.js';
import { checkReplay } from './replay-record.js';
import { RUN_VERSION, type RunRecord } from './run-record.js';
import { checkTraining } from './training-record.js';
import { readLine, type TrialReading } from './trial-reading.js';
import {
  type BesideRecord,
  type RankPart,
  RECORD_VERSION,
  type SeriesPoint,
  type TrialRecord,
} from './trial-record.js';

const WINDOW_FIELDS = [
  'startNs',
  'endNs',
  'readBytes',
  'writeBytes',
  'readOps',
  'writeOps',
  'firstDoneNs',
  'lastDoneNs',
  'totalReadBytes',
  'totalWriteBytes',
  'totalReadOps',
  'totalWriteOps',
  'barrierSkewNs',
] as const;

/** Returns one line of `trials.jsonl`, without its line break. */
export function encodeTrial(record: TrialRecord): string {
  return JSON.stringify(record);
}

/**
 * Returns the record in one line of `trials.jsonl`. `where` is `FILE:LINE`. JSON has no NaN, so a null in the window is
 * returned as NaN (not measured).
 * @throws FeedrateError `store` if the line is cut off, damaged, or of another version.
 */
export function decodeTrial(line: string, where: string, reading: TrialReading = {}): TrialRecord {
  const trial = readLine(line, where, reading);
  trial.at('recordVersion').version(RECORD_VERSION);
  for (const key of ['id', 'arm', 'job', 'target']) trial.at(key).text();
  for (const key of ['session', 'round', 'place']) trial.at(key).number();
  trial.at('warmup').boolean();
  if (trial.at('fileset').value !== undefined) trial.at('fileset').number();
  checkFactors(trial.at('factors'));
  const common = trial.at('commonCheckpoints');
  if (common.value !== undefined) for (const key of ['completed', 'partial']) common.at(key).number();
  const record = readPart(trial) as TrialRecord;
  if (trial.at('ranks').value === undefined) return record;
  return { ...record, ranks: trial.at('ranks').list().map(readPart) };
}

/** Reads what one machine measured in a trial. */
function readPart(part: JsonReader): RankPart {
  for (const key of ['rank', 'wallNs']) part.at(key).number();
  part.at('startedAt').text();
  if (part.at('host').value !== undefined) part.at('host').text();
  if (part.at('beganNs').value !== undefined) part.at('beganNs').number();
  part.at('status').oneOf(['ok', 'failed', 'aborted']);
  checkFault(part.at('fault'));
  checkEngine(part.at('engine'));
  checkHistograms(part.at('latency'));
  for (const [key, value] of Object.entries(part.at('stated').value ?? {}))
    if (value !== undefined) part.at('stated').at(key).number();
  for (const [key, check] of Object.entries(SOMETIMES)) if (part.at(key).value !== undefined) check(part.at(key));
  checkSeries(part.at('series'));
  checkCache(part.at('cache'));
  part.at('client').at('workerCpuNs').numberOrNull();
  for (const warning of part.at('warnings').list()) {
    for (const key of ['code', 'message', 'remedy']) warning.at(key).text();
  }
  // The parsed value is nobody else's. Copies of it would take a third of the memory of a large run.
  return Object.assign(
    part.value as RankPart,
    { window: readWindow(part.at('window')) },
    readBeside(part.at('beside')),
  );
}

/** What only some trials have, with the check of each. */
const SOMETIMES: Readonly<Record<string, (part: JsonReader) => void>> = {
  phases: checkPhases,
  training: checkTraining,
  replay: checkReplay,
  timeline: checkTimeline,
  checkpoints: checkCheckpointTimes,
  nfs: checkNfs,
  machine: checkMachineUse,
};

function readBeside(beside: JsonReader): Pick<RankPart, 'beside'> {
  if (beside.value === undefined) return {};
  beside.at('arm').text();
  beside.at('passes').number();
  checkEngine(beside.at('engine'));
  checkHistograms(beside.at('latency'));
  if (beside.at('phases').value !== undefined) checkPhases(beside.at('phases'));
  if (beside.at('training').value !== undefined) checkTraining(beside.at('training'));
  const window = readWindow(beside.at('window'));
  return { beside: Object.assign({}, beside.value as BesideRecord, { window }) };
}

function readWindow(window: JsonReader): TrialRecord['window'] {
  const measured = window.object();
  for (const key of WINDOW_FIELDS) if (window.at(key).numberOrNull() === null) measured[key] = Number.NaN;
  for (const key of ['entryOps', 'totalEntryOps']) if (measured[key] !== undefined) window.at(key).number();
  return measured as unknown as TrialRecord['window'];
}

function checkFactors(factors: JsonReader): void {
  for (const factor of factors.list()) {
    factor.at('name').text();
    factor.at('label').text();
  }
}

function checkFault(fault: JsonReader): void {
  if (fault.value === null) return;
  for (const key of ['code', 'syscall', 'message']) fault.at(key).text();
  fault.at('path').textOrNull();
  fault.at('offsetBytes').numberOrNull();
  fault.at('worker').number();
}

function checkEngine(engine: JsonReader): void {
  engine.at('used').text();
  engine.at('numjobs').number();
  engine.at('iodepth').number();
  engine.at('threadsPerJob').number();
  engine.at('direct').boolean();
}

/** Throws `FeedrateError('store')` unless every value is a list of bins and counts. */
export function checkHistograms(latency: JsonReader): void {
  for (const kind of Object.keys(latency.object())) {
    const counts = latency.at(kind);
    // `packLatencies` has checked them.
    if (counts.value instanceof Uint32Array) continue;
    const items = counts.items();
    try {
      checkSparseCounts(items as SparseCounts);
    } catch (error) {
      counts.fail(`bins and counts (${(error as Error).message})`);
    }
  }
}

function isPoint(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const point = value as SeriesPoint;
  return (
    typeof point.startNs === 'number' &&
    typeof point.durationNs === 'number' &&
    typeof point.readBytes === 'number' &&
    typeof point.writeBytes === 'number' &&
    typeof point.ops === 'number' &&
    (point.p50Ns === null || typeof point.p50Ns === 'number') &&
    (point.p99Ns === null || typeof point.p99Ns === 'number')
  );
}

function checkSeries(series: JsonReader): void {
  // Readers are made only for the message: a trial of a week has 600,000 seconds.
  if (series.items().every(isPoint)) return;
  for (const point of series.list()) {
    for (const key of ['startNs', 'durationNs', 'readBytes', 'writeBytes', 'ops']) point.at(key).number();
    point.at('p50Ns').numberOrNull();
    point.at('p99Ns').numberOrNull();
  }
}

function checkCache(cache: JsonReader): void {
  cache.at('claim').oneOf(['cold', 'warm', 'direct', 'as-is']);
  cache.at('verdict').oneOf(['proven', 'contradicted', 'unproven', 'none']);
  cache.at('detail').text();
  if (cache.at('serverCache').value !== undefined) cache.at('serverCache').oneOf(['unknown', 'exceeded']);
  if (cache.at('othersReadBytes').value !== undefined) cache.at('othersReadBytes').numberOrNull();
}

/** Returns the text of `run.json`: indented, ending with a line break. */
export function encodeRun(run: RunRecord): string {
  return `${JSON.stringify(run, null, 2)}\n`;
}

/** Fields that are missing in plans before 2026-11-27, when there was no choice. */
const ONLY_CHOICES = { filesets: 1, order: 'shuffled' } as const;

/** Records of earlier versions lack these fields. */
type OlderRun = Omit<RunRecord, 'calibration' | 'dropCaches' | 'remount' | 'plan'> & {
  readonly calibration?: boolean;
  readonly dropCaches?: boolean;
  readonly remount?: boolean;
  readonly plan: Omit<RunRecord['plan'], 'filesets' | 'order'> & Partial<Pick<RunRecord['plan'], 'filesets' | 'order'>>;
};

/**
 * Returns the record in the text of a `run.json`. `where` names the file.
 * @throws FeedrateError `store` if the text is cut off, damaged, or of another version.
 */
export function decodeRun(text: string, where: string): RunRecord {
  const run = JsonReader.parse(text, where);
  run.at('runVersion').version(RUN_VERSION);
  for (const key of ['id', 'startedAt', 'hostname', 'workloadSource']) run.at(key).text();
  run.at('status').oneOf(['running', 'complete', 'failed', 'aborted']);
  if (run.at('endedBy').value !== undefined) run.at('endedBy').oneOf(['time']);
  run.at('pid').number();
  if (run.at('endedAt').value !== null) run.at('endedAt').text();
  for (const word of [...run.at('command').list(), ...run.at('overrides').list()]) word.text();
  for (const label of Object.keys(run.at('labels').object())) run.at('labels').at(label).text();
  checkPlan(run.at('plan'));
  checkEnvironment(run.at('environment'));
  if (run.at('ownCost').value !== undefined)
    for (const key of ['clockNs', 'histogramNs', 'nullNsPerOperation']) run.at('ownCost').at(key).number();
  if (run.at('injected').value !== undefined) run.at('injected').list().forEach(checkInjection);
  if (run.at('foreign').value !== undefined) checkForeign(run.at('foreign'));
  if (run.at('group').value !== undefined) checkGroup(run.at('group'));
  if (run.at('looks').value !== undefined) run.at('looks').list().forEach(checkLook);
  for (const key of ['calibration', 'dropCaches', 'remount'])
    if (run.at(key).value !== undefined) run.at(key).boolean();
  const record = run.value as RunRecord;
  const { command, calibration, dropCaches, remount, plan } = record as OlderRun;
  return {
    ...record,
    // Runs before 2026-11-29 record these only in their command.
    calibration: calibration ?? command[0] === 'calibrate',
    dropCaches: dropCaches ?? command.includes('--drop-caches'),
    remount: remount ?? command.includes('--remount'),
    plan: {
      ...ONLY_CHOICES,
      ...plan,
      // Plans before 2026-12 describe jobs by their properties only.
      arms: plan.arms.map((arm) => ({ ...arm, words: arm.words ?? wordsOfOldSpec(arm.spec) })),
    },
  };
}

function checkLook(look: JsonReader): void {
  look.at('sessions').number();
  const share = look.at('share').number();
  if (!(share > 0 && share <= 1)) look.at('share').fail('a part from above 0 to 1');
}

function checkInjection(injection: JsonReader): void {
  injection.at('target').text();
  for (const key of ['part', 'delayNs']) injection.at(key).number();
}

function checkPlan(plan: JsonReader): void {
  plan.at('workload').text();
  for (const key of ['seed', 'sessions', 'rounds']) plan.at(key).number();
  if (plan.at('filesets').value !== undefined) plan.at('filesets').number();
  if (plan.at('order').value !== undefined) plan.at('order').oneOf(['shuffled', 'abba', 'read-once', 'listed']);
  plan.at('trials').list();
  for (const target of plan.at('targets').list()) {
    target.at('name').text();
    target.at('path').text();
    if (target.at('dataDirectory').value !== undefined) target.at('dataDirectory').text();
  }
  for (const arm of plan.at('arms').list()) {
    for (const key of ['id', 'job', 'target']) arm.at(key).text();
    checkFactors(arm.at('factors'));
    arm.at('spec').object();
    if (arm.at('words').value !== undefined) checkWords(arm.at('words'));
    for (const threshold of arm.at('thresholds').list()) checkThreshold(threshold);
    if (arm.at('beside').value !== undefined) arm.at('beside').text();
  }
}

/** Throws a FeedrateError unless it is an object whose values are all texts. */
export function checkWords(words: JsonReader): void {
  for (const word of Object.keys(words.object())) words.at(word).text();
}

function checkThreshold(threshold: JsonReader): void {
  threshold.at('text').text();
  threshold.at('metric').text();
  threshold.at('bound').number();
  threshold.at('comparison').oneOf(['<', '<=', '>', '>=']);
}
