/** One job of fio in the words of a workload. */
import { quoted } from '../../base/units.js';
import type { Loss } from '../dlio/dlio-source.js';
import { FIO_ENGINES } from '../fio-words.js';
import type { IssueList } from '../issues.js';
import { formatLocation } from '../location.js';
import { type Blocks, blocksOf, type FioPattern, patternOf } from './fio-blocks.js';
import { filesOf } from './fio-files.js';
import { type FioField, FioOptions } from './fio-options.js';
import { sizeText, timeText } from './fio-values.js';
import type { FioSection } from './job-file.js';

/** A job, and when fio starts it. */
export interface ImportedFioJob {
  readonly name: string;
  readonly place: string;
  readonly fields: readonly FioField[];
  readonly workers: number;
  /** Whether it starts when all jobs before it are done. */
  readonly waits: boolean;
  /** The job that it waits for, by name. */
  readonly waitsFor: string | null;
  /** Where it says that it ends all others when it is done. */
  readonly endsOthers: string | null;
  /** Where fio has its files, if the file says so. */
  readonly directory: string | null;
  readonly notes: readonly Loss[];
}

/** Engines of fio, with feedrate's own engine of that kind (null: it chooses one) and whether it keeps a queue. */
const ENGINES: Readonly<Record<string, { readonly own: string | null; readonly holdsQueue: boolean }>> = {
  sync: { own: 'psync', holdsQueue: false },
  psync: { own: 'psync', holdsQueue: false },
  vsync: { own: 'psync', holdsQueue: false },
  pvsync: { own: 'psync', holdsQueue: false },
  pvsync2: { own: 'psync', holdsQueue: false },
  libaio: { own: null, holdsQueue: true },
  posixaio: { own: null, holdsQueue: true },
  io_uring: { own: 'io_uring', holdsQueue: true },
  mmap: { own: 'mmap', holdsQueue: false },
  null: { own: 'null', holdsQueue: false },
};

/** Returns the job. Adds an issue for each option that has no counterpart. */
export function fioJob(section: FioSection, issues: IssueList): ImportedFioJob {
  const options = new FioOptions(section, issues);
  const engine = engineOf(options);
  // The other options are those of an engine that feedrate does not have.
  if (engine === null) return jobWith(section, options, [], 1);
  const pattern = patternOf(options);
  const workers = Math.max(1, options.count('numjobs') ?? 1);
  const blocks = blocksOf(options, pattern);
  const fields: FioField[] = [];
  const set = (word: string, value: string | number | boolean, option = word): void => {
    fields.push({ word, value: String(value), place: options.placeOf(option) });
  };
  set('rw', pattern.rw);
  mixOf(options, pattern, set);
  fields.push(...blocks.fields, ...filesOf(options, pattern, blocks, workers));
  noteDrawn(options, pattern, blocks);
  if (workers > 1) set('numjobs', workers);
  queueOf(options, engine, set);
  cacheOf(options, pattern, set);
  timeOf(options, set);
  paceOf(options, pattern, set);
  writingOf(options, pattern, set);
  offsetsOf(options, pattern, set);
  const job = jobWith(section, options, fields, workers);
  options.judgeTheRest();
  return job;
}

function jobWith(
  section: FioSection,
  options: FioOptions,
  fields: readonly FioField[],
  workers: number,
): ImportedFioJob {
  return {
    name: options.text('name') ?? section.name,
    place: formatLocation(section.location),
    fields,
    workers,
    waits: options.flag('stonewall'),
    waitsFor: options.text('wait_for'),
    endsOthers: options.flag('exitall') ? options.placeOf('exitall') : null,
    directory: options.text('directory'),
    notes: options.notes,
  };
}

/** Tells how sizes are drawn, and refuses what fio does with random blocks of several sizes. */
function noteDrawn(options: FioOptions, { isRandom }: FioPattern, { uniformBytes }: Blocks): void {
  if (uniformBytes !== null) return;
  const sizes = ['bssplit', 'bsrange'].find((name) => options.has(name)) ?? 'bs';
  if (isRandom && !options.flag('norandommap'))
    options.fault(
      sizes,
      'fio’s map of used blocks cuts or skips random blocks of several sizes, so that others are moved than these; add norandommap=1, or write one size',
    );
  else options.note(sizes, 'sizes are drawn, so that the bytes differ from fio’s by up to one block');
}

type Set = (word: string, value: string | number | boolean, option?: string) => void;

function mixOf(options: FioOptions, { reads, writes }: FioPattern, set: Set): void {
  const [read, write] = [options.count('rwmixread'), options.count('rwmixwrite')];
  if (!(reads && writes)) return;
  if (read !== null) set('rwmixread', read);
  else if (write !== null) set('rwmixread', 100 - write, 'rwmixwrite');
}

/** An engine of fio, and what feedrate has in its place. */
interface EngineWord {
  readonly word: string;
  readonly engine: (typeof ENGINES)[string];
}

/** Returns the engine, or null with a fault for one that does not read and write files. */
function engineOf(options: FioOptions): EngineWord | null {
  const word = options.text('ioengine')?.split(':', 1)[0] ?? 'psync';
  const engine = Object.hasOwn(ENGINES, word) ? ENGINES[word] : undefined;
  if (engine !== undefined) return { word, engine };
  const advice = Object.hasOwn(FIO_ENGINES, word)
    ? FIO_ENGINES[word]
    : 'feedrate measures files and has no such engine';
  options.fault('ioengine', `${quoted(word)}: ${advice}`);
  return null;
}

function queueOf(options: FioOptions, { word, engine }: EngineWord, set: Set): void {
  const depth = options.count('iodepth') ?? 1;
  const { own, holdsQueue } = engine;
  if (own !== null) set('ioengine', own);
  else if (depth > 1) options.note('ioengine', `the queue of ${word} is kept by io_uring, or by threads without it`);
  if (depth > 1 && holdsQueue) set('iodepth', depth);
  else if (depth > 1) options.note('iodepth', `${word} has one operation in flight per worker, whatever the depth`);
}

/** fio drops the pages of its files before a job (`invalidate`), unless it bypasses the page cache. */
function cacheOf(options: FioOptions, { reads }: FioPattern, set: Set): void {
  const buffered = options.flag('buffered', true);
  const invalidates = options.flag('invalidate', true);
  const warms = options.flag('pre_read');
  const direct = options.flag('direct', !buffered);
  if (direct) set('direct', true, options.has('direct') ? 'direct' : 'buffered');
  else if (reads && warms) set('cache', 'warm', 'pre_read');
  else if (reads && invalidates) set('cache', 'cold', 'invalidate');
}

function timeOf(options: FioOptions, set: Set): void {
  const runtime = options.time('runtime', 's');
  const isTimed = options.flag('time_based');
  if (runtime !== null && runtime > 0) {
    set('runtime', timeText(runtime));
    if (isTimed) set('time_based', true);
  } else if (isTimed) options.fault('time_based', 'requires runtime');
  const ramp = options.time('ramp_time', 's');
  if (ramp !== null && ramp > 0) set('ramp_time', timeText(ramp));
}

function paceOf(options: FioOptions, pattern: FioPattern, set: Set): void {
  for (const [name, spelled] of [
    ['rate', sizeText],
    ['rate_iops', String],
  ] as const) {
    const limits = options.sizes(name, 0);
    if (limits === null) continue;
    const { read, write } = limits;
    if (!(pattern.reads && pattern.writes)) {
      const limit = pattern.reads ? read : write;
      if (limit > 0) set(name, spelled(limit));
    } else if (read > 0 || write > 0)
      options.fault(name, 'fio limits reads and writes apart, feedrate together; split the job, or remove the option');
  }
  const process = options.text('rate_process');
  if (process !== null && process !== 'linear') set('rate_process', process);
  if (options.flag('rate_ignore_thinktime')) set('rate_ignore_thinktime', true);
  const pause = options.time('thinktime', 'us');
  const blocks = options.count('thinktime_blocks');
  if (pause === null || pause === 0) return;
  set('thinktime', timeText(pause));
  if (blocks !== null && blocks > 1) set('thinktime_blocks', blocks);
}

/** fio's values of `fallocate` by feedrate's; a missing one is fio's `native`. */
const FALLOCATE: Readonly<Record<string, string>> = {
  none: 'none',
  '0': 'none',
  native: 'native',
  posix: 'native',
  '1': 'native',
  keep: 'keep',
};

function writingOf(options: FioOptions, { writes, isRandom, reads }: FioPattern, set: Set): void {
  const [syncs, dataSyncs] = [options.count('fsync'), options.count('fdatasync')];
  const [atEnd, atClose] = [options.flag('end_fsync'), options.flag('fsync_on_close')];
  const preallocated = options.text('fallocate') ?? 'native';
  const overwrites = options.flag('overwrite');
  options.flag('refill_buffers');
  verifyOf(options, set);
  if (!writes) return;
  if (syncs) set('fsync', syncs);
  if (dataSyncs) set('fdatasync', dataSyncs);
  if (atEnd || atClose) set('end_fsync', true, atEnd ? 'end_fsync' : 'fsync_on_close');
  const preallocation = Object.hasOwn(FALLOCATE, preallocated) ? FALLOCATE[preallocated] : undefined;
  if (preallocation === undefined)
    options.fault('fallocate', `${quoted(preallocated)}: expected one of ${Object.keys(FALLOCATE).join(', ')}`);
  else if (preallocation !== 'none') set('fallocate', preallocation);
  if (overwrites && !isRandom && !reads)
    options.fault('overwrite', 'a sequential write of feedrate creates its files; remove the option');
}

/** Values of `verify` that check nothing. */
const NO_CHECK: ReadonlySet<string> = new Set(['0', 'null']);

function verifyOf(options: FioOptions, set: Set): void {
  const method = options.text('verify');
  const isDone = options.flag('do_verify', true);
  if (method === null || NO_CHECK.has(method) || !isDone) return;
  set('verify', true);
  options.note('verify', `blocks are compared with what feedrate wrote, instead of by ${method.split(':', 1)[0]}`);
}

function offsetsOf(options: FioOptions, { isRandom }: FioPattern, set: Set): void {
  const noMap = options.flag('norandommap');
  const distribution = options.text('random_distribution');
  const seed = options.count('randseed');
  if (seed !== null) set('randseed', seed);
  if (!isRandom) return;
  if (noMap) set('norandommap', true);
  if (distribution === null || distribution === 'random') return;
  const [, operations, space] = /^zoned:(\d+)\/(\d+):\d+\/\d+$/.exec(distribution) ?? [];
  if (operations !== undefined) set('random_distribution', `hotband:${operations}/${space}`);
  else if (/^(?:zipf|pareto):[\d.]+$/.test(distribution)) set('random_distribution', distribution);
  else {
    const form = 'feedrate has random, zipf:THETA, pareto:H, and zoned with two zones';
    options.fault('random_distribution', `${quoted(distribution)}: ${form}`);
  }
}
