import { contentAt, type TorchGeometry, type ZipMemberPlace } from '../file-geometries.js';
import { type ByteSource, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';
import { type ArchiveEntry, directoryIn, memberPlace, storedEntries } from './zip-scan.js';

/** Numbers of a file, and then of each member that `torch.load` reads. */
const [FILE_NUMBERS, MEMBER_NUMBERS] = [3, 4];
/** Members before the tensors. */
const [VERSION, PICKLE] = ['version', 'data.pkl'];
const TENSOR = /^data\/(\d+)$/;

/** Returns a member's name without the archive's, which comes before the first slash. */
function ownName({ name }: ArchiveEntry): string {
  return name.slice(name.indexOf('/') + 1);
}

const tensorNumber = (entry: ArchiveEntry): number => Number(TENSOR.exec(ownName(entry))?.[1]);

/**
 * Returns the members in the order in which `torch.load` reads them. Tensors are numbered as the pickle names them, and stored in
 * the order of their names.
 */
function loadedEntries(source: ByteSource, entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  const named = (wanted: string) => entries.find((entry) => ownName(entry) === wanted);
  const [version, pickle] = [named(VERSION), named(PICKLE)];
  if (version === undefined || pickle === undefined)
    throw damaged(source, 'the zip archive is not one of torch.save; check the format');
  if (named('constants.pkl') !== undefined)
    throw damaged(source, 'it is a TorchScript program, which feedrate does not read; check the format');
  const tensors = entries.filter((entry) => TENSOR.test(ownName(entry)));
  return [version, pickle, ...tensors.sort((a, b) => tensorNumber(a) - tensorNumber(b))];
}

const COMPRESSED = 'its tensors are compressed, which feedrate does not read; write it with torch.save';

/** A file is one sample: all its tensors. */
export const ptScan: FormatScan<TorchGeometry> = {
  scan: (source) => {
    const directory = directoryIn(source);
    const entries = loadedEntries(source, storedEntries(source, directory, COMPRESSED));
    const members = entries.map((entry) => memberPlace(source, entry));
    const places = members.map(({ headerAtBytes, nameBytes, extraBytes, bytes }) => [
      headerAtBytes,
      nameBytes,
      extraBytes,
      bytes,
    ]);
    return [source.bytes, directory.offsetBytes, directory.bytes, ...places.flat()];
  },
  geometry: (numbers) => {
    const [bytes = 0, directoryAt = 0, directoryBytes = 0] = numbers;
    const records = (numbers.length - FILE_NUMBERS) / MEMBER_NUMBERS;
    const recordAt = (record: number): ZipMemberPlace => {
      const [headerAtBytes = 0, nameBytes = 0, extraBytes = 0, memberBytes = 0] = numbers.subarray(
        FILE_NUMBERS + record * MEMBER_NUMBERS,
      );
      return { headerAtBytes, nameBytes, extraBytes, bytes: memberBytes };
    };
    return {
      bytes,
      samples: 1,
      // Its tensors need not follow each other, so a place has the first one's start and the length of all.
      sampleAt: () => {
        let tensorBytes = 0;
        for (let record = 2; record < records; record++) tensorBytes += recordAt(record).bytes;
        return { offsetBytes: records > 2 ? contentAt(recordAt(2)) : 0, bytes: tensorBytes };
      },
      directory: { offsetBytes: directoryAt, bytes: directoryBytes },
      records,
      recordAt,
    };
  },
};
