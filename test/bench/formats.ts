/**
 * How fast training data are laid out in their formats. Large files against `dd … conv=fsync` of as many bytes on the same file
 * system, in turn; and small files on a memory file system: `-- --mib 1024 --files 40000 --rounds 3 --directory /mnt/x`. Ratios
 * are medians. Exits 1 when a format is slower than 0.8 of dd, or lays out fewer than 20,000 small files a second.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import type { DatasetShape } from '../../src/training/dataset-shape.js';
import { DATA_FORMAT_NAMES, DATA_FORMATS, type DataFormat } from '../../src/workload/data-formats.js';
import { layOutDataset, shapeOf } from '../support/training-data.js';

const LEAST_RATIO = 0.8;
const LEAST_FILES_PER_SECOND = 20_000;
const MIB = 2 ** 20;
/** Of the large files, and of the small ones. */
const LARGE_MIB = 64;
const SMALL_BYTES = 4096;
const SMALL_FORMATS: readonly DataFormat[] = ['jpeg', 'npy', 'npz', 'raw'];
const FOLDERS = 100;

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '1024' },
    files: { type: 'string', default: '40000' },
    rounds: { type: 'string', default: '3' },
    directory: { type: 'string', default: tmpdir() },
    memory: { type: 'string', default: '/dev/shm' },
  },
});
const rounds = Number(values.rounds);

/** Runs `work` in a new directory, after what was written before is on the disk. Returns its time, s. */
async function secondsIn(parent: string, work: (place: string) => unknown): Promise<number> {
  const place = mkdtempSync(join(parent, 'formats-bench-'));
  try {
    spawnSync('sync', ['-f', place]);
    const beginMs = performance.now();
    await work(place);
    return (performance.now() - beginMs) / 1000;
  } finally {
    rmSync(place, { recursive: true });
  }
}

function dd(place: string): void {
  const { status, stderr } = spawnSync(
    'dd',
    ['if=/dev/zero', `of=${join(place, 'dd')}`, 'bs=1M', `count=${values.mib}`, 'conv=fsync'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
}

/** A dataset of so many bytes, in samples of a MiB where a file has several. */
function largeShape(format: DataFormat): DatasetShape {
  const many = DATA_FORMATS[format].manySamples;
  const [samplesPerFile, recordBytes] = many ? [LARGE_MIB, MIB] : [1, LARGE_MIB * MIB];
  return shapeOf(format, { files: Math.max(1, Number(values.mib) / LARGE_MIB), samplesPerFile, recordBytes });
}

async function compareWithDd(format: DataFormat): Promise<boolean> {
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = await secondsIn(values.directory, (place) => layOutDataset(place, largeShape(format)));
    const theirs = await secondsIn(values.directory, dd);
    ratios.push(theirs / ours);
    rates.push((Number(values.mib) * MIB) / ours / 1e6);
  }
  const [ratio, rate] = [median(ratios), median(rates)];
  console.log(`${format.padEnd(12)} ${ratio.toFixed(2)} of dd, ${rate.toFixed(0)} MB/s, load ${load()}`);
  return ratio >= LEAST_RATIO;
}

async function countSmallFiles(format: DataFormat): Promise<boolean> {
  const files = Number(values.files);
  const shape = shapeOf(format, { files, recordBytes: SMALL_BYTES, samplesPerFile: 1, folders: FOLDERS });
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++)
    rates.push(files / (await secondsIn(values.memory, (place) => layOutDataset(place, shape))));
  const rate = median(rates);
  console.log(`${format.padEnd(12)} ${rate.toFixed(0)} files of 4 KiB a second in ${values.memory}, load ${load()}`);
  return rate >= LEAST_FILES_PER_SECOND;
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

let isWell = true;
for (const format of DATA_FORMAT_NAMES) isWell = (await compareWithDd(format)) && isWell;
for (const format of SMALL_FORMATS) isWell = (await countSmallFiles(format)) && isWell;
process.exitCode = isWell ? 0 : 1;
