/** One run of fio, pinned so that it does what feedrate does. */
import { spawnSync } from 'node:child_process';
import { ensurePackages } from '../support/debian-packages.js';
import { type Cell, isTimed, isWrite, jobBytes, type Setting } from './cell.js';
import type { Measures } from './measures.js';
import { runProgram } from './program.js';

/** Returns the version of fio, which is installed when it is missing. Throws when it cannot be. */
export function ensureFio(): string {
  if (!ensurePackages(['fio'], () => fioVersion() !== null)) throw new Error('fio cannot be installed');
  return fioVersion() as string;
}

function fioVersion(): string | null {
  const { status, stdout } = spawnSync('fio', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** From this length on it matters where the buffer lies; feedrate's are page-aligned, fio's are where malloc puts them. */
const ALIGNED_FROM_BYTES = 65_536;
/** Larger batches of direct I/O keep the device waiting for the first of them. */
const DIRECT_BATCH = 4;

/**
 * What fio's defaults lack of what feedrate does by itself: registered buffers and file, whole batches, page-aligned
 * buffers. Null where that is nothing, or (mmap, refilled writes) not what is compared. Batches, fixed buffers and
 * end_fsync are never combined: that makes fio 3.33 exit with IOPS for data that it has not written.
 */
export function tuningOf(cell: Cell): Readonly<Record<string, number>> | null {
  const isLarge = cell.blockBytes >= ALIGNED_FROM_BYTES && cell.medium !== 'direct';
  const alignment = isLarge ? { iomem_align: 4096 } : {};
  if (cell.engine === 'mmap' || cell.refill) return null;
  if (cell.engine === 'psync') return isLarge ? alignment : null;
  const registered = { ...alignment, fixedbufs: 1, registerfiles: 1 };
  if (cell.endFsync) return registered;
  const batch = cell.medium === 'direct' ? Math.min(DIRECT_BATCH, cell.iodepth) : cell.iodepth;
  return {
    ...registered,
    iodepth_batch_submit: batch,
    iodepth_batch_complete_min: 1,
    iodepth_batch_complete_max: cell.iodepth,
  };
}

/**
 * What would make fio measure something else is set here: by default it empties the page cache first (`invalidate`),
 * draws the same offsets each time (`randrepeat`), keeps a map of the blocks it has drawn, and prints percentiles of
 * `clat`, which leaves out what happens inside a batch.
 */
export function fioArguments(cell: Cell, setting: Setting, tuning: Readonly<Record<string, number>>): string[] {
  const size = jobBytes(cell, setting);
  const options = {
    name: 'cell',
    filename: setting.path,
    size,
    ...(isWrite(cell) ? { offset_increment: size } : {}),
    rw: cell.rw,
    bs: cell.blockBytes,
    ioengine: cell.engine,
    iodepth: cell.iodepth,
    numjobs: cell.numjobs,
    direct: cell.medium === 'direct' ? 1 : 0,
    // In ms: fio takes `0.4s` for no time at all.
    ...(isTimed(cell) ? { runtime: `${Math.round(setting.seconds * 1000)}ms`, time_based: 1 } : {}),
    ...(cell.endFsync ? { end_fsync: 1 } : {}),
    ...(cell.refill ? { refill_buffers: 1 } : {}),
    ...tuning,
    invalidate: 0,
    norandommap: 1,
    randrepeat: 0,
    lat_percentiles: 1,
    percentile_list: '50:99:99.9',
    group_reporting: 1,
  };
  return ['--output-format=json', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
}

/** The part of fio's JSON that is read here. */
interface FioOutput {
  readonly jobs: readonly [FioGroup, ...FioGroup[]];
}
interface FioGroup {
  readonly error: number;
  /** Sum over the group's jobs, ms. */
  readonly job_runtime: number;
  /** Percent of that; of the jobs' own threads (getrusage(RUSAGE_THREAD)). */
  readonly usr_cpu: number;
  readonly sys_cpu: number;
  readonly read: FioDirection;
  readonly write: FioDirection;
}
interface FioDirection {
  readonly io_bytes: number;
  readonly iops: number;
  readonly total_ios: number;
  readonly lat_ns: { readonly percentile?: Readonly<Record<string, number>> };
}

/** Throws when fio cannot be started, or reports an error. Null: this cell knows no tuning. */
export async function runFio(
  cell: Cell,
  setting: Setting,
  variant: 'defaults' | 'tuned',
  signal?: AbortSignal,
): Promise<Measures | null> {
  const tuning = variant === 'tuned' ? tuningOf(cell) : {};
  if (tuning === null) return null;
  const stdout = await runProgram('fio', fioArguments(cell, setting, tuning), { signal });
  const [group] = (JSON.parse(stdout.slice(stdout.indexOf('{'))) as FioOutput).jobs;
  const direction = isWrite(cell) ? group.write : group.read;
  const percentile = direction.lat_ns.percentile;
  if (group.error !== 0 || percentile === undefined) throw new Error(`fio reports error ${group.error}\n${stdout}`);
  const quantile = (name: string): number | null => percentile[name] ?? null;
  return {
    iops: direction.iops,
    bytes: direction.io_bytes,
    cpuPerOpNs: (((group.usr_cpu + group.sys_cpu) / 100) * group.job_runtime * 1e6) / direction.total_ios,
    p50Ns: quantile('50.000000'),
    p99Ns: quantile('99.000000'),
    p999Ns: quantile('99.900000'),
    collections: null,
  };
}
