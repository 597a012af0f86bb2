import { MappedFile, MappedFiles } from './mapped-file.js';
import type { ReaderFactory } from './sample-reader.js';

/** Bytes of a token. */
const TOKEN_BYTES = 2;

/** nanoGPT: a window of tokens, and the same window a token further on, of a file that is mapped once. */
export const nanogptReader: ReaderFactory = (calls, { blockBytes }) => {
  const mapped = new MappedFiles<MappedFile>();
  return {
    read({ path, geometry }, sample) {
      const { offsetBytes, bytes } = geometry.sampleAt(sample);
      const file = mapped.of(path, () => new MappedFile(calls, path, geometry.bytes, blockBytes));
      file.touch(offsetBytes, bytes);
      file.touch(offsetBytes + TOKEN_BYTES, bytes);
    },
    close: () => mapped.close(),
  };
};
