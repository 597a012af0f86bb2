import { contentAt, type TorchGeometry, type ZipMemberPlace } from '../file-geometries.js';
import { type ByteSource, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';
import { type ArchiveEntry, beginsWith, directoryIn, memberPlace, storedEntries } from './zip-scan.js';

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
  if (isProgram(entries)) throw damaged(source, PROGRAM);
  const tensors = entries.filter((entry) => TENSOR.test(ownName(entry)));
  return [version, pickle, ...tensors.sort((a, b) => tensorNumber(a) - tensorNumber(b))];
}

const COMPRESSED = 'its tensors are compressed, which feedrate does not read; write it with torch.save';
const PROGRAM = 'it is a TorchScript program, which feedrate does not read; write its tensors with torch.save';
const OLD = 'it has the format of PyTorch before 1.6; write it with torch.save of a later version';

/** How PyTorch before 1.6 begins a file: a pickled number. */
const OLD_MAGIC = '\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.';

const isProgram = (entries: readonly ArchiveEntry[]): boolean =>
  entries.some((entry) => ownName(entry) === 'constants.pkl');

/** A file is one sample: all its tensors. */
export const ptScan: FormatScan<TorchGeometry> = {
  scan: (source) => {
    if (beginsWith(source, OLD_MAGIC)) throw damaged(source, OLD);
    const directory = directoryIn(source);
    // The code of a program is compressed, too.
    const stored = storedEntries(source, directory, (entries) => (isProgram(entries) ? PROGRAM : COMPRESSED));
    const entries = loadedEntries(source, stored);
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
