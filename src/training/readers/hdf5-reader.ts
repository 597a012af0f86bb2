import type { Hdf5Geometry } from '../file-geometries.js';
import type { ReaderFactory } from './sample-reader.js';

/** `h5py.File(path, 'r')[name][sample]`, with the lock that HDF5 takes: the file is opened and closed for each sample. */
export const hdf5Reader: ReaderFactory<Hdf5Geometry> = (calls) => ({
  read({ path, geometry }, sample) {
    const handle = calls.open(path, geometry.bytes);
    try {
      calls.status(handle);
      calls.lock(handle, 'shared');
      for (const { offsetBytes, bytes } of geometry.rootReads) calls.readAt(handle, offsetBytes, bytes);
      calls.statusOf(path);
      for (const { offsetBytes, bytes } of geometry.datasetReads) calls.readAt(handle, offsetBytes, bytes);
      const parts = geometry.partsOf?.(sample) ?? [geometry.sampleAt(sample)];
      for (const { offsetBytes, bytes } of parts) calls.readAt(handle, offsetBytes, bytes);
    } finally {
      calls.close(handle);
    }
  },
  close() {},
});
