/** The settings in which feedrate's loader is compared with PyTorch's: the data, the loader, the mount. */
import type { Slowness } from './slow-mount.js';

export interface DataKind {
  readonly format: 'npz' | 'jpeg' | 'webdataset';
  /** `mlperf-3.0`: whole files, which is what `open().read()` of an image does that is not decoded. */
  readonly reader: 'format' | 'mlperf-3.0';
  readonly samples: number;
  readonly sampleBytes: number;
  /** Samples of a shard; 1: a file per sample. */
  readonly perFile: number;
}

export interface Setting {
  readonly name: string;
  readonly data: DataKind;
  readonly mount: Slowness;
  readonly accelerators: number;
  readonly workers: number;
  readonly prefetch: number;
  readonly batch: number;
  readonly computeMs: number;
  /** What limits there, by construction. */
  readonly limit: 'storage' | 'stream' | 'compute';
}

const MB = 1_000_000;
const ARCHIVES: DataKind = { format: 'npz', reader: 'format', samples: 240, sampleBytes: 2 * MB, perFile: 1 };
const IMAGES: DataKind = { format: 'jpeg', reader: 'mlperf-3.0', samples: 3200, sampleBytes: 100_000, perFile: 1 };
const SHARDS: DataKind = { format: 'webdataset', reader: 'format', samples: 3200, sampleBytes: 100_000, perFile: 200 };

const SLOW: Slowness = { latencyUs: 2000, rate: 100 * MB, streamRate: 40 * MB };
const FAR: Slowness = { latencyUs: 5000, rate: 0, streamRate: 0 };
const NEAR: Slowness = { latencyUs: 500, rate: 150 * MB, streamRate: 0 };

type Loader = readonly [accelerators: number, workers: number, prefetch: number, batch: number, computeMs: number];

function setting(limit: Setting['limit'], data: DataKind, mount: Slowness, loader: Loader): Setting {
  const [accelerators, workers, prefetch, batch, computeMs] = loader;
  const name = `${data.format} ${accelerators}×${workers}×${prefetch} b${batch} ${computeMs} ms ${limit}`;
  return { name, data, mount, accelerators, workers, prefetch, batch, computeMs, limit };
}

export const SETTINGS: readonly Setting[] = [
  setting('stream', ARCHIVES, SLOW, [1, 1, 2, 4, 50]),
  setting('stream', ARCHIVES, SLOW, [1, 2, 2, 4, 50]),
  setting('storage', ARCHIVES, SLOW, [1, 6, 2, 4, 20]),
  setting('storage', ARCHIVES, SLOW, [2, 3, 1, 4, 50]),
  setting('compute', ARCHIVES, SLOW, [1, 4, 2, 4, 200]),
  setting('stream', IMAGES, FAR, [1, 1, 2, 32, 50]),
  setting('stream', IMAGES, FAR, [1, 4, 2, 32, 50]),
  setting('stream', IMAGES, FAR, [2, 2, 2, 32, 100]),
  setting('compute', IMAGES, FAR, [1, 8, 2, 32, 300]),
  setting('storage', IMAGES, SLOW, [1, 6, 2, 32, 20]),
  setting('stream', SHARDS, SLOW, [1, 2, 2, 32, 50]),
  setting('storage', SHARDS, NEAR, [1, 6, 2, 32, 10]),
  setting('compute', SHARDS, NEAR, [1, 4, 2, 32, 120]),
  setting('stream', SHARDS, FAR, [2, 2, 2, 16, 40]),
];
