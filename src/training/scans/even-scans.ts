/** Formats whose samples are found without a look into the file. */
import { type ByteSource, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';

/** Samples of equal lengths that fill the file, as many as the user says: a file of text has no other order. */
export const dividedScan: FormatScan = {
  scan: ({ bytes }, { samplesPerFile }) => [bytes, samplesPerFile],
  geometry: ([bytes = 0, samples = 1]) => ({
    bytes,
    samples,
    sampleAt: (sample) => {
      const offsetBytes = Math.floor((bytes * sample) / samples);
      return { offsetBytes, bytes: Math.floor((bytes * (sample + 1)) / samples) - offsetBytes };
    },
  }),
};

/** Records of one length. What is left at the end is no record. */
export const recordScan: FormatScan = {
  scan: (source, { recordBytes }) => {
    const record = recordBytes ?? source.bytes;
    requireRecord(source, record, record);
    return [source.bytes, record];
  },
  geometry: ([bytes = 0, record = 1]) => ({
    bytes,
    samples: Math.floor(bytes / record),
    sampleAt: (sample) => ({ offsetBytes: sample * record, bytes: record }),
  }),
};

/** Bytes of a token of nanoGPT, by which the window of targets begins later than the window of inputs. */
const TOKEN_BYTES = 2;

/** Windows of tokens, one after the other. Their targets are the windows a token further on. */
export const windowScan: FormatScan = {
  scan: (source, { recordBytes }) => {
    const window = recordBytes ?? source.bytes - TOKEN_BYTES;
    requireRecord(source, window, window + TOKEN_BYTES);
    return [source.bytes, window];
  },
  geometry: ([bytes = 0, window = 1]) => ({
    bytes,
    samples: Math.floor((bytes - TOKEN_BYTES) / window),
    sampleAt: (sample) => ({ offsetBytes: sample * window, bytes: window }),
  }),
};

function requireRecord(source: ByteSource, record: number, least: number): void {
  if (record > 0 && source.bytes >= least) return;
  throw damaged(source, `it has ${source.bytes} bytes, too few for a record of ${record}; check record_length_bytes`);
}
