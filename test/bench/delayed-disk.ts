/** An ext4 on a disk whose parts are slow by known times: dm-delay over a loop device or a ram disk. Needs root. */
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SECTOR_BYTES = 512;
/** Room for the file system and its journal. */
const DISK_BYTES = 64 * 2 ** 20;
/** Nodes are made by dmsetup itself, whether there is a udev or not. */
const WITHOUT_UDEV = ['--noudevsync', '--noudevrules'];

/** A stretch of a file and what reading there costs more. */
export interface SlowPart {
  readonly startBytes: number;
  readonly lengthBytes: number;
  readonly delayMs: number;
}

/** What the kernel has seen: reads of each part, and how long each read was in the disk. */
export interface KernelTimes {
  readonly reads: readonly number[];
  /** Reads by time; bin i ends at `BOUNDARIES_NS[i]`, and the last one is open. */
  readonly histogram: readonly number[];
}

/** Bins of 1 %, from 100 µs to 2 s. */
const BIN_RATIO = 1.01;
const FIRST_NS = 100_000;
const BOUNDARIES_NS = Array.from({ length: 996 }, (_, i) => Math.round(FIRST_NS * BIN_RATIO ** i));

/** The time at a quantile, to half a percent: the middle of the bin of the ⌈q·n⌉-th shortest. */
export function kernelQuantileNs({ histogram }: KernelTimes, q: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const bin = histogram.findIndex((count) => {
    seen += count;
    return seen >= q * total;
  });
  return ((BOUNDARIES_NS[bin - 1] ?? Number.NaN) + (BOUNDARIES_NS[bin] ?? Number.NaN)) / 2;
}

interface SectorRange {
  readonly startSector: number;
  readonly sectors: number;
}

function call(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout.trim();
}

/** Why there can be no such disk here, or null. */
export function delayRefusal(): string | null {
  if (process.getuid?.() !== 0) return 'only root can make devices';
  for (const module of ['dm-delay', 'loop']) spawnSync('modprobe', [module]);
  const { status, stdout, stderr, error } = spawnSync('dmsetup', ['targets'], { encoding: 'utf8' });
  if (error !== undefined) return 'dmsetup is not installed';
  if (status !== 0) return `the kernel has no device mapper (${stderr.trim().split('\n')[0]})`;
  return /^delay\s/m.test(stdout) ? null : 'the kernel has no dm-delay';
}

export class DelayedDisk {
  readonly mountPoint: string;
  readonly #name = `feedrate-${process.pid}`;
  readonly #image: string;
  readonly #undo: (() => void)[] = [];
  #base = '';

  /** `directory` holds the image and the mount point. */
  constructor(directory: string) {
    this.mountPoint = join(directory, 'mnt');
    this.#image = join(directory, 'disk.img');
  }

  /** Makes the disk, without delays so far, and mounts it. Call `remove` whatever comes of it. */
  create(): void {
    this.#base = this.#createBase();
    const table = `0 ${DISK_BYTES / SECTOR_BYTES} delay ${this.#base} 0 0`;
    call('dmsetup', ['create', this.#name, ...WITHOUT_UDEV, '--table', table]);
    this.#undo.push(() => call('dmsetup', ['remove', '--retry', ...WITHOUT_UDEV, this.#name]));
    call('dmsetup', ['mknodes', this.#name]);
    const device = `/dev/mapper/${this.#name}`;
    call('mkfs.ext4', ['-q', '-b', '4096', '-E', 'nodiscard,lazy_itable_init=0,lazy_journal_init=0', device]);
    mkdirSync(this.mountPoint);
    call('mount', ['-o', 'noatime', device, this.mountPoint]);
    this.#undo.push(() => call('umount', [this.mountPoint]));
  }

  #createBase(): string {
    closeSync(openSync(this.#image, 'wx'));
    const fd = openSync(this.#image, 'r+');
    ftruncateSync(fd, DISK_BYTES);
    closeSync(fd);
    this.#undo.push(() => rmSync(this.#image));
    const loop = spawnSync('losetup', ['--find', '--show', this.#image], { encoding: 'utf8' });
    if (loop.status === 0) {
      this.#undo.push(() => call('losetup', ['--detach', loop.stdout.trim()]));
      return loop.stdout.trim();
    }
    call('modprobe', ['brd', 'rd_nr=1', `rd_size=${DISK_BYTES / 1024}`]);
    this.#undo.push(() => call('modprobe', ['--remove', 'brd']));
    return '/dev/ram0';
  }

  /** Slows down reads of these parts of a file, and returns what the kernel counts of each from now on. */
  slowDown(path: string, parts: readonly SlowPart[]): () => KernelTimes {
    const ranges = parts.map((part) => rangesOf(path, part));
    const slow = parts
      .flatMap(({ delayMs }, i) => (ranges[i] ?? []).map((range) => ({ ...range, delayMs })))
      .sort((a, b) => a.startSector - b.startSector);
    const lines: string[] = [];
    let next = 0;
    const addLine = (sectors: number, delayMs: number) => {
      if (sectors > 0) lines.push(`${next} ${sectors} delay ${this.#base} ${next} ${delayMs} ${this.#base} ${next} 0`);
      next += sectors;
    };
    for (const { startSector, sectors, delayMs } of slow) {
      addLine(startSector - next, 0);
      addLine(sectors, delayMs);
    }
    addLine(DISK_BYTES / SECTOR_BYTES - next, 0);
    call('dmsetup', ['load', this.#name], `${lines.join('\n')}\n`);
    call('dmsetup', ['resume', ...WITHOUT_UDEV, this.#name]);
    const regions = ranges.map((list) => list.map((range) => this.#watch(range)));
    return () => this.#timesOf(regions);
  }

  /** Kernel documentation, device-mapper/statistics: a region of one area, with a histogram of times in ns. */
  #watch({ startSector, sectors }: SectorRange): string {
    const histogram = `histogram:${BOUNDARIES_NS.join(',')}`;
    return this.#message(`@stats_create ${startSector}+${sectors} /1 2 precise_timestamps ${histogram}`);
  }

  /** Since the last call. A line is `start+length`, the reads completed, other counters, and the bins between colons. */
  #timesOf(regions: readonly (readonly string[])[]): KernelTimes {
    const histogram = new Array<number>(BOUNDARIES_NS.length + 1).fill(0);
    const reads = regions.map((part) => {
      let completed = 0;
      for (const region of part) {
        const fields = this.#message(`@stats_print_clear ${region}`).split(' ');
        completed += Number(fields[1]);
        for (const [bin, count] of (fields.at(-1) ?? '').split(':').entries())
          histogram[bin] = (histogram[bin] as number) + Number(count);
      }
      return completed;
    });
    return { reads, histogram };
  }

  #message(text: string): string {
    return call('dmsetup', ['message', this.#name, '0', text]);
  }

  /** Takes everything away again, the last made first; what fails is said, and the rest goes on. */
  remove(): void {
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        undo();
      } catch (thrown) {
        process.stderr.write(`left behind: ${(thrown as Error).message}\n`);
      }
    }
  }
}

/** Where a part of a file lies on the disk. */
function rangesOf(path: string, { startBytes, lengthBytes }: SlowPart): SectorRange[] {
  // `-b512` counts in sectors: `0: 0.. 7999: 66560.. 74559: 8000: …`
  const extents = [
    ...call('filefrag', ['-v', '-b512', path]).matchAll(/^\s*\d+:\s*(\d+)\.\.\s*(\d+):\s*(\d+)\.\./gm),
  ].map((match) => match.slice(1).map(Number) as [first: number, last: number, physical: number]);
  const from = startBytes / SECTOR_BYTES;
  const to = from + lengthBytes / SECTOR_BYTES;
  const ranges = extents.map(([first, last, physical]): SectorRange => {
    const start = Math.max(from, first);
    return { startSector: physical + start - first, sectors: Math.min(to, last + 1) - start };
  });
  const found = ranges.filter(({ sectors }) => sectors > 0);
  if (found.reduce((sum, { sectors }) => sum + sectors, 0) !== to - from)
    throw new Error(`filefrag does not show where ${path} lies`);
  return found;
}
