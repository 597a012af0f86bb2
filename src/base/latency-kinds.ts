/** The kinds of latency, one row each. Counters, columns, thresholds and tables are derived from these rows. */

/** A statistic of a distribution that tables show. */
export type ShownStatistic = 'p50' | 'p99' | 'p99.9' | 'max';

interface LatencyRow {
  /** Its name in records, columns (`open_p99_ns`), thresholds and `--metric` (`p99(open)`). */
  readonly kind: string;
  /** For people: messages and the reference. */
  readonly label: string;
  /** The word before the statistic in the heads of the table of arms: `open p99`. */
  readonly head: string;
  /**
   * The columns in the table of arms, each with its place among those that are not important to the jobs there
   * (`report/run/arm-subjects.ts`): on a narrow terminal, columns with the highest number are dropped first.
   */
  readonly shown: readonly (readonly [ShownStatistic, number])[];
  /** The statistics that are exported to files for other programs if no metric is named. */
  readonly kept?: readonly ShownStatistic[];
  /** Shown only if arms also have this kind. Otherwise it would repeat the latency of all operations. */
  readonly shownBeside?: string;
  /** The kind with the same values if this one was not recorded separately. */
  readonly sameAs?: string;
}

/**
 * The kinds of timed operations. A row's index is its place in the engine's counters, and its name is used in stored
 * records. `checkpoint` lasts from the first write to the last directory fsync. `slat` and `clat` are fio's submission
 * and completion latency, recorded if they differ from the latency (paced or queued operations). `create` lasts from the
 * open of a new file to its close, `readdir` from the open of a directory to its last entry, and `file` from the open of a
 * file that is read whole to its close. `batch` is a loader worker's time for a batch. `step` is a training step of all
 * accelerators, and `wait` and `barrier` are the parts of each accelerator's step in which it does not compute.
 */
const OPERATIONS = [
  { kind: 'read', label: 'read latency', head: 'read', shown: [['p99', 9]], shownBeside: 'write' },
  { kind: 'write', label: 'write latency', head: 'write', shown: [['p99', 9]], shownBeside: 'read' },
  {
    kind: 'open',
    label: 'open',
    head: 'open',
    shown: [
      ['p50', 9],
      ['p99', 8],
    ],
    kept: ['p50', 'p99'],
  },
  {
    kind: 'close',
    label: 'close',
    head: 'close',
    shown: [
      ['p50', 9],
      ['p99', 9],
    ],
    kept: ['p99'],
  },
  {
    kind: 'fsync',
    label: 'fsync',
    head: 'fsync',
    shown: [
      ['p50', 9],
      ['p99', 6],
    ],
    kept: ['p99'],
  },
  { kind: 'rename', label: 'rename', head: 'rename', shown: [['p99', 9]] },
  { kind: 'dirsync', label: 'directory fsync', head: 'dirsync', shown: [['p99', 9]] },
  {
    kind: 'checkpoint',
    label: 'checkpoint',
    head: 'checkpoint',
    shown: [
      ['p50', 2],
      ['max', 8],
    ],
    kept: ['p50', 'max'],
  },
  { kind: 'slat', label: 'submission latency', head: 'slat', shown: [] },
  { kind: 'clat', label: 'completion latency', head: 'clat', shown: [], sameAs: 'latency' },
  {
    kind: 'create',
    label: 'create',
    head: 'create',
    shown: [
      ['p50', 9],
      ['p99', 6],
    ],
  },
  {
    kind: 'stat',
    label: 'stat',
    head: 'stat',
    shown: [
      ['p50', 9],
      ['p99', 7],
    ],
  },
  { kind: 'readdir', label: 'directory listing', head: 'readdir', shown: [['p99', 9]] },
  { kind: 'unlink', label: 'unlink', head: 'unlink', shown: [['p99', 8]] },
  {
    kind: 'file',
    label: 'whole file',
    head: 'file',
    shown: [
      ['p50', 2],
      ['p99', 2],
    ],
    kept: ['p99'],
  },
  {
    kind: 'batch',
    label: 'making a batch',
    head: 'batch',
    shown: [
      ['p50', 5],
      ['p99', 7],
    ],
  },
  { kind: 'step', label: 'training step', head: 'step', shown: [['p99', 6]], kept: ['p99'] },
  { kind: 'wait', label: 'wait for a batch', head: 'wait', shown: [['p99', 4]], kept: ['p99'] },
  { kind: 'barrier', label: 'wait for other accelerators', head: 'barrier', shown: [['p99', 9]] },
] as const satisfies readonly LatencyRow[];

/** Reads and writes together: the default kind of latency. */
const ALL_TRANSFERS = {
  kind: 'latency',
  label: 'latency',
  head: '',
  shown: [
    ['p50', 4],
    ['p99', 1],
    ['p99.9', 7],
    ['max', 8],
  ],
  kept: ['p99'],
} as const satisfies LatencyRow;

/** A kind of timed operation. */
export type OperationKind = (typeof OPERATIONS)[number]['kind'];

/** A kind of timed operation, or `latency`: reads and writes together. */
export type LatencyKind = OperationKind | typeof ALL_TRANSFERS.kind;

/** The row of a kind, with the operations that it counts. */
export interface LatencyKindRow extends LatencyRow {
  readonly kind: LatencyKind;
  readonly operations: readonly OperationKind[];
  readonly shownBeside?: LatencyKind;
  readonly sameAs?: LatencyKind;
}

/** All kinds of timed operation. The index is the position in the engine's counters. */
export const OPERATION_KINDS: readonly OperationKind[] = OPERATIONS.map(({ kind }) => kind);

/** All kinds of latency, in the order of columns and reports. */
export const LATENCY_KINDS: readonly LatencyKindRow[] = [
  { ...ALL_TRANSFERS, operations: ['read', 'write'] },
  ...OPERATIONS.map((row): LatencyKindRow => ({ ...row, operations: [row.kind] })),
];
