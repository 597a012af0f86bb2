/** The options of an arm in fio's words, as fio repeats those of a job file: every value is a text. */
import { parseDuration, parseSize } from '../../base/units.js';
import type { Arm } from '../../plan/plan.js';
import type { TrialRecord } from '../../record/trial-record.js';

/** Turns a value of a workload into fio's; null where fio has none. */
type InFio = (value: string) => string | null;

const asIs: InFio = (value) => value;
const flag: InFio = (value) => (value === 'true' ? '1' : null);
const positive: InFio = (value) => (value === '0' ? null : value);

/** fio's sizes: whole binary units (`kb_base=1024`), or bytes. */
const size: InFio = (value) => {
  const bytes = parseSize(value.replace(/\/s$/, ''));
  if (!bytes.ok) return /^\d+ ?%$/.test(value) ? value : null;
  const unit = [...'tgmk'].findIndex((_, index) => bytes.value > 0 && bytes.value % 1024 ** (4 - index) === 0);
  return unit < 0 ? String(bytes.value) : `${bytes.value / 1024 ** (4 - unit)}${'tgmk'[unit]}`;
};

const time: InFio = (value) => {
  const ns = parseDuration(value);
  if (!ns.ok || ns.value === 0) return null;
  return ns.value % 1e9 === 0 ? String(ns.value / 1e9) : `${Math.round(ns.value / 1e3)}us`;
};

const thinktime: InFio = (value) => {
  const ns = parseDuration(value, 'us');
  return ns.ok && ns.value > 0 ? String(Math.round(ns.value / 1e3)) : null;
};

/** `hotband:80/20` is a zone with 80 % of the operations in 20 % of the space, and another one with the rest. */
const distribution: InFio = (value) => {
  const [, operations, space] = /^hotband:([\d.]+)\/([\d.]+)$/.exec(value) ?? [];
  if (operations === undefined) return value;
  return `zoned:${operations}/${space}:${100 - Number(operations)}/${100 - Number(space)}`;
};

/** The fields of jobs that fio has, by feedrate's word, which is fio's. */
const FIELDS: Readonly<Record<string, InFio>> = {
  rwmixread: asIs,
  size,
  nrfiles: asIs,
  io_size: size,
  fallocate: asIs,
  runtime: time,
  time_based: flag,
  ramp_time: time,
  fsync: positive,
  fdatasync: positive,
  end_fsync: flag,
  random_distribution: distribution,
  norandommap: flag,
  rate: size,
  rate_iops: asIs,
  rate_process: asIs,
  thinktime,
  thinktime_blocks: asIs,
  refill_buffers: flag,
  randseed: asIs,
};

/** The value of a field that a job does not have. */
const ABSENT = 'none';

/**
 * Returns the options. `rw` of a job that is not fio's kind says which way its bytes went. Settings that the trials chose
 * themselves are those that they used: the engine, the queue and O_DIRECT.
 */
export function fioOptions(
  { id, words, target }: Arm,
  path: string,
  trials: readonly TrialRecord[],
): Record<string, string> {
  const engine = trials[0]?.engine;
  const options: Record<string, string | null> = {
    name: id,
    description: `feedrate job of kind ${words['kind'] ?? 'io'} on target ${target}`,
    directory: path,
    rw: words['rw'] ?? directionOf(trials),
    ...blockOptions(words),
    iodepth: String(engine?.iodepth ?? 1),
    numjobs: String(engine?.numjobs ?? 1),
    direct: engine?.direct === true ? '1' : '0',
    ioengine: engine?.used ?? null,
  };
  for (const [word, inFio] of Object.entries(FIELDS)) {
    const value = words[word];
    if (value !== undefined && value !== ABSENT) options[word] = inFio(value);
  }
  return Object.fromEntries(Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== null));
}

function directionOf(trials: readonly TrialRecord[]): string {
  const reads = trials.some(({ window }) => window.totalReadOps > 0);
  const writes = trials.some(({ window }) => window.totalWriteOps > 0);
  if (reads && writes) return 'rw';
  return writes ? 'write' : 'read';
}

/** `bs` is always there, because programs look for it: in a mix, it is the first size. */
function blockOptions(words: Arm['words']): Record<string, string | null> {
  const both = [words['bs'] ?? '', words['bs_write'] ?? ABSENT].filter((value) => value !== ABSENT);
  const [first = ''] = both;
  const mix = both.map((value) => value.split(':').map((part) => part.split('/')));
  const isMix = mix.some((parts) => parts.length > 1);
  const isRange = both.some((value) => RANGE.test(value));
  const sizeOf = (value: string): string => size(RANGE.exec(value)?.[1] ?? value) ?? value;
  return {
    bs: isMix || isRange ? sizeOf(first.split(/[:/]/, 1)[0] ?? '') : both.map(sizeOf).join(','),
    bssplit: isMix
      ? mix.map((parts) => parts.map(([bytes = '', share = '']) => `${sizeOf(bytes)}/${share}`).join(':')).join(',')
      : null,
    bsrange: isRange && !isMix ? both.map((value) => value.split('-').map(sizeOf).join('-')).join(',') : null,
  };
}

/** `4KiB-64KiB` */
const RANGE = /^([^-/:]+)-([^-/:]+)$/;
