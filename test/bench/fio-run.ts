/** One run of fio, pinned so that it does what feedrate does. */
import { spawnSync } from 'node:child_process';
import { type Cell, isTimed, type Measures, type Setting } from './cell.js';

/** The version of fio; installs it with apt-get when it is missing. `say` is told so. */
export function ensureFio(say: (line: string) => void): string {
  const found = fioVersion();
  if (found !== null) return found;
  say('fio is not installed: installing it with apt-get install fio');
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'fio']]) {
    const { status, stderr, error } = spawnSync('apt-get', args, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(`apt-get ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}; install fio by hand`);
  }
  const installed = fioVersion();
  if (installed === null) throw new Error('fio cannot be started although apt-get has installed it');
  return installed;
}

function fioVersion(): string | null {
  const { status, stdout } = spawnSync('fio', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** `tuned`: what feedrate does by itself, asked of fio: registered buffers and files, whole batches. */
export type FioVariant = 'defaults' | 'tuned';

/**
 * What would make fio measure something else is set here: by default it empties the page cache first (`invalidate`),
 * draws the same offsets each time (`randrepeat`), prints percentiles of `clat`, and puts its buffers where malloc
 * does, which the speed of copies depends on: feedrate's are page-aligned. Batches with fixed buffers and end_fsync
 * are not combined: that makes fio 3.33 exit without having written.
 */
function fioArguments(cell: Cell, setting: Setting, variant: FioVariant): string[] {
  const tuned = variant === 'tuned' && cell.engine === 'io_uring';
  const batch = cell.medium === 'direct' ? Math.min(4, cell.iodepth) : cell.iodepth;
  const options = {
    name: 'cell',
    filename: setting.path,
    size: setting.bytes,
    rw: cell.rw,
    bs: cell.blockBytes,
    numjobs: cell.numjobs,
    direct: cell.medium === 'direct' ? 1 : 0,
    ...(isTimed(cell) ? { runtime: `${setting.seconds}s`, time_based: 1 } : {}),
    ...(cell.endFsync ? { end_fsync: 1 } : {}),
    ...(cell.refill ? { refill_buffers: 1 } : {}),
    ...(cell.engine === 'mmap' ? { fadvise_hint: 0 } : {}),
    ioengine: cell.engine,
    iodepth: cell.iodepth,
    ...(tuned ? { registerfiles: 1, iodepth_batch_submit: batch, iodepth_batch_complete_max: cell.iodepth } : {}),
    ...(tuned && !cell.endFsync ? { fixedbufs: 1 } : {}),
    invalidate: 0,
    iomem_align: 4096,
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
  /** Percent of that. */
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

/** Throws when fio cannot be started, or reports an error. */
export function runFio(cell: Cell, setting: Setting, variant: FioVariant): Measures {
  const { status, stdout, stderr, error } = spawnSync('fio', fioArguments(cell, setting, variant), {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`fio failed: ${error?.message ?? stderr.trim()}`);
  const [group] = (JSON.parse(stdout.slice(stdout.indexOf('{'))) as FioOutput).jobs;
  const direction = cell.rw.endsWith('write') ? group.write : group.read;
  const percentile = direction.lat_ns.percentile;
  if (group.error !== 0 || percentile === undefined) throw new Error(`fio reports error ${group.error}\n${stdout}`);
  const quantile = (name: string): number => percentile[name] ?? Number.NaN;
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
