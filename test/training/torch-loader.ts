/** What PyTorch's DataLoader did with some settings, as `torch-loader.py` recorded it. */
export interface LoaderSetting {
  readonly samples: number;
  /** Iterable: the samples of each worker. */
  readonly streams?: readonly number[];
  readonly batch: number;
  readonly workers: number;
  readonly prefetch: number;
  readonly dropLast: boolean;
}

export interface ObservedLoader {
  readonly setting: LoaderSetting;
  /** Calls of `next` that had begun, the task, and its worker. */
  readonly dealt: readonly (readonly [number, number, number])[];
  /** In the order in which they were handed over: the worker, and the samples. */
  readonly batches: readonly (readonly [number, readonly number[]])[];
}

const map = (samples: number, batch: number, workers: number, prefetch: number, dropLast: boolean): LoaderSetting => ({
  samples,
  batch,
  workers,
  prefetch,
  dropLast,
});
const stream = (streams: readonly number[], batch: number, prefetch: number, dropLast: boolean): LoaderSetting => ({
  samples: streams.reduce((sum, each) => sum + each, 0),
  streams,
  batch,
  workers: streams.length,
  prefetch,
  dropLast,
});

export const LOADER_SETTINGS: readonly LoaderSetting[] = [
  map(40, 4, 1, 2, true),
  map(43, 4, 3, 2, true),
  map(43, 4, 3, 2, false),
  map(30, 3, 4, 1, false),
  map(20, 2, 2, 5, true),
  map(9, 4, 4, 2, false),
  stream([12, 12], 4, 2, true),
  stream([13, 6, 3], 3, 2, true),
  stream([13, 6, 3], 3, 2, false),
  stream([20, 0, 7, 7], 4, 1, false),
];
