import type { Hdf5Geometry } from '../file-geometries.js';
import { damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';

export const hdf5Scan: FormatScan<Hdf5Geometry> = {
  scan: (source) => {
    throw damaged(source, 'not yet');
  },
  geometry: () => {
    throw new Error('none');
  },
};
