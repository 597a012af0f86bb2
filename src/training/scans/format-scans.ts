import type { DataFormat } from '../../workload/data-formats.js';
import { dividedScan, recordScan, windowScan } from './even-scans.js';
import type { FormatScan } from './format-scan.js';
import { hdf5Scan } from './hdf5-scan.js';
import { jpegScan } from './jpeg-scan.js';
import { npyScan, npzScan } from './numpy-scans.js';
import { parquetScan } from './parquet-scan.js';
import { ptScan } from './pt-scan.js';
import { mdsScan, megatronScan, safetensorsScan, tfrecordScan } from './record-scans.js';
import { tarScan } from './tar-scan.js';

const FORMAT_SCANS: Readonly<Record<DataFormat, FormatScan>> = {
  npz: npzScan,
  npy: npyScan,
  pt: ptScan,
  jpeg: jpegScan,
  tfrecord: tfrecordScan,
  webdataset: tarScan,
  parquet: parquetScan,
  csv: dividedScan,
  megatron: megatronScan,
  nanogpt: windowScan,
  safetensors: safetensorsScan,
  mds: mdsScan,
  hdf5: hdf5Scan,
  raw: recordScan,
};

/** Returns how the samples of existing files of a format are found. */
export function scanOf(format: DataFormat): FormatScan {
  return FORMAT_SCANS[format];
}
