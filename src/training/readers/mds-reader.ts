import type { RecordGeometry } from '../file-geometries.js';
import type { ReaderFactory } from './sample-reader.js';

/** Bytes of a place in the table behind the number of samples, and of the two that a sample lies between. */
const [PLACE_BYTES, SPAN_BYTES] = [4, 8];

/** MosaicML Streaming: for each sample, the shard is opened without a buffer, and the place and the sample are read. */
export const mdsReader: ReaderFactory<RecordGeometry> = (calls) => ({
  read({ path, geometry }, sample) {
    const { offsetBytes, bytes } = geometry.recordAt(sample);
    const handle = calls.open(path, geometry.bytes);
    try {
      calls.status(handle);
      calls.seek(handle, (1 + sample) * PLACE_BYTES, 'set');
      calls.read(handle, SPAN_BYTES);
      calls.seek(handle, offsetBytes, 'set');
      calls.read(handle, bytes);
    } finally {
      calls.close(handle);
    }
  },
  close() {},
});
