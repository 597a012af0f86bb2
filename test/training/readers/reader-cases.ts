/** The cases of `real-readers.py`: which samples of which files each of them reads. */
import type { ScanChoices } from '../../../src/training/scans/format-scan.js';
import type { DataFormat } from '../../../src/workload/data-formats.js';
import type { ReaderChoice } from '../../../src/workload/reader-choices.js';

export interface ReaderCase {
  readonly name: string;
  readonly format: DataFormat;
  readonly reader: ReaderChoice;
  /** Files, with the samples of each that are read, in their order; null: all of them. */
  readonly reads: readonly (readonly [file: string, samples: readonly number[] | null])[];
  readonly choices: ScanChoices;
  /** The records of files that feedrate writes; absent: a real writer writes them. */
  readonly ownRecords?: readonly number[];
}

const NO_CHOICES: ScanChoices = { recordBytes: null, samplesPerFile: 1, columnsRead: null, npzSamples: 'file' };

function caseOf(
  name: string,
  format: DataFormat,
  reads: ReaderCase['reads'],
  choices: Partial<ScanChoices> = {},
  reader: ReaderChoice = 'format',
): ReaderCase {
  return { name, format, reader, reads, choices: { ...NO_CHOICES, ...choices } };
}

const numbered = (count: number, extension: string): ReaderCase['reads'] =>
  Array.from({ length: count }, (_, i) => [`${i}.${extension}`, [0]]);

export const READER_CASES: readonly ReaderCase[] = [
  caseOf('npz', 'npz', numbered(4, 'npz')),
  caseOf('npz_rows', 'npz', [['0.npz', [3, 0]]], { npzSamples: 'rows' }),
  caseOf('npz_members', 'npz', [['0.npz', [2, 0, 1]]], { npzSamples: 'members' }),
  caseOf('pt', 'pt', numbered(12, 'pt')),
  { ...caseOf('pt_own', 'pt', numbered(6, 'pt')), ownRecords: [1, 3000, 4096, 7600, 300_000, 3_000_001] },
  caseOf('npy', 'npy', numbered(4, 'npy')),
  caseOf('whole', 'raw', numbered(3, 'bin'), {}, 'mlperf-3.0'),
  caseOf('jpeg', 'jpeg', [
    ['cat/1.jpg', [0]],
    ['dog/2.jpg', [0]],
    ['cat/0.jpg', [0]],
  ]),
  caseOf(
    'jpeg_headers',
    'jpeg',
    Array.from({ length: 5 }, (_, i) => [`a/${i}.jpg`, [0]] as const),
  ),
  caseOf('webdataset', 'webdataset', [['0.tar', null]]),
  caseOf('csv', 'csv', [
    ['0.csv', null],
    ['1.csv', null],
  ]),
  caseOf('hdf5', 'hdf5', [['0.h5', [7, 50]]]),
  caseOf('hdf5_chunked', 'hdf5', [['0.h5', [7, 50]]]),
  caseOf('parquet', 'parquet', [['0.parquet', [0, 1, 2000, 2999]]]),
  caseOf(
    'parquet_columns',
    'parquet',
    [
      ['0.parquet', [50_000]],
      ['1.parquet', [1000]],
    ],
    { columnsRead: 3 },
  ),
  caseOf('safetensors', 'safetensors', [['0.safetensors', [0, 999]]]),
  caseOf('nanogpt', 'nanogpt', [['0.bin', [5, 17]]], { recordBytes: 2048 }),
  caseOf('megatron', 'megatron', [['0.bin', [1, 3]]]),
  caseOf('mds', 'mds', [['0.mds', [2, 0]]]),
  caseOf(
    'raw',
    'raw',
    [
      ['0.bin', [3, 4, 9]],
      ['1.bin', [0]],
    ],
    { recordBytes: 50_000 },
  ),
];
