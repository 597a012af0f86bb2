/** NumPy's arrays and archives. */
import type { FileGeometry } from '../dataset-shape.js';
import { contentAt, type NpzGeometry } from '../file-geometries.js';
import { type ByteSource, bytesAt, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';
import { type ArchiveEntry, directoryIn, memberPlace, storedEntries } from './zip-scan.js';

const MAGIC = '\x93NUMPY';
/** Magic and version, before the length of the header. */
const PREFIX_BYTES = 8;
const MOST_HEADER_BYTES = 2 ** 20;

/** The header of an array, with what comes before it. */
interface ArrayHeader {
  readonly bytes: number;
  readonly text: string;
}

function headerAt(source: ByteSource, offsetBytes: number): ArrayHeader {
  const start = bytesAt(source, offsetBytes, PREFIX_BYTES + 4, 'the header of an array');
  if (start.text(0, MAGIC.length) !== MAGIC) throw damaged(source, 'there is no NumPy array; check the format');
  const isShort = start.bytes[MAGIC.length] === 1;
  const textAt = PREFIX_BYTES + (isShort ? 2 : 4);
  const textBytes = isShort ? start.u16(PREFIX_BYTES) : start.u32(PREFIX_BYTES);
  if (textBytes > MOST_HEADER_BYTES) throw damaged(source, 'the header of an array is too long; check the format');
  const text = bytesAt(source, offsetBytes + textAt, textBytes, 'the header of an array');
  return { bytes: textAt + textBytes, text: text.text(0, textBytes) };
}

/** Returns the length of an array's first dimension; 1 without dimensions. */
function rowsOf(source: ByteSource, { text }: ArrayHeader): number {
  const [, shape] = /'shape': \(([\d, ]*)\)/.exec(text) ?? [];
  const rows = shape === undefined ? Number.NaN : Number(/\d+/.exec(shape)?.[0] ?? 1);
  if (rows >= 1 && !text.includes("'fortran_order': True")) return rows;
  throw damaged(
    source,
    'its first array has no rows that follow each other; remove npz_samples, or write it with rows',
  );
}

export const npyScan: FormatScan = {
  scan: (source) => {
    const { bytes: header } = headerAt(source, 0);
    if (header > source.bytes) throw damaged(source, 'the header of the array is longer than the file');
    return [source.bytes, header];
  },
  geometry: ([bytes = 0, header = 0]): FileGeometry => ({
    bytes,
    samples: 1,
    sampleAt: () => ({ offsetBytes: header, bytes: bytes - header }),
  }),
};

/** Numbers of a file, and then of each of its arrays: see `arrayIn`. */
const [FILE_NUMBERS, MEMBER_NUMBERS] = [4, 5];

/** Returns the numbers of a member, and the header of its array. */
function arrayIn(source: ByteSource, entry: ArchiveEntry): { numbers: number[]; header: ArrayHeader } {
  const place = memberPlace(source, entry);
  const header = headerAt(source, contentAt(place));
  if (header.bytes > place.bytes) throw damaged(source, 'the header of an array is longer than the array');
  return { numbers: [place.headerAtBytes, place.nameBytes, place.extraBytes, place.bytes, header.bytes], header };
}

const COMPRESSED = 'its arrays are compressed, which feedrate does not read; write it with numpy.savez';

export const npzScan: FormatScan<NpzGeometry> = {
  scan: (source, { npzSamples }) => {
    const directory = directoryIn(source);
    const entries = storedEntries(source, directory, () => COMPRESSED);
    const members = (npzSamples === 'members' ? entries : entries.slice(0, 1)).map((entry) => arrayIn(source, entry));
    const [first] = members as [ReturnType<typeof arrayIn>];
    const rows = npzSamples === 'rows' ? rowsOf(source, first.header) : 1;
    return [source.bytes, directory.offsetBytes, directory.bytes, rows, ...members.flatMap(({ numbers }) => numbers)];
  },
  geometry: (numbers) => {
    const [bytes = 0, directoryAt = 0, directoryBytes = 0, rows = 1] = numbers;
    const arrayOf: NpzGeometry['arrayOf'] = (sample) => {
      const first = FILE_NUMBERS + (rows > 1 ? 0 : sample * MEMBER_NUMBERS);
      const [headerAtBytes = 0, nameBytes = 0, extraBytes = 0, memberBytes = 0, header = 0] = numbers.subarray(first);
      const member = { headerAtBytes, nameBytes, extraBytes, bytes: memberBytes };
      return { member, content: { offsetBytes: contentAt(member) + header, bytes: memberBytes - header } };
    };
    return {
      bytes,
      samples: rows > 1 ? rows : (numbers.length - FILE_NUMBERS) / MEMBER_NUMBERS,
      sampleAt: (sample) => {
        const { content } = arrayOf(sample);
        const rowBytes = Math.floor(content.bytes / rows);
        return { offsetBytes: content.offsetBytes + (rows > 1 ? sample * rowBytes : 0), bytes: rowBytes };
      },
      arrayOf,
      directory: { offsetBytes: directoryAt, bytes: directoryBytes },
    };
  },
};
