/** The files of a job of fio: how many there are for each worker, and how much of them it uses. */
import { quoted } from '../../base/units.js';
import type { Blocks, FioPattern } from './fio-blocks.js';
import type { FioField, FioOptions } from './fio-options.js';
import { sizeText } from './fio-values.js';

/** Returns `size`, `nrfiles` and `io_size`. fio makes files for each clone of a job, as feedrate does for each worker. */
export function filesOf(
  options: FioOptions,
  pattern: FioPattern,
  { uniformBytes }: Blocks,
  workers: number,
): FioField[] {
  const names = namedFiles(options, workers);
  const nrfiles = options.count('nrfiles') ?? 1;
  const files = names > 1 ? names : Math.max(1, nrfiles);
  orderOfFiles(options, files, pattern);
  const sizeBytes = isOnDevice(options) ? null : sizeOf(options, files);
  if (sizeBytes === null) {
    options.passOver('size', 'filesize', 'io_size', 'number_ios', 'loops');
    return [];
  }
  const usedBytes = wholeBlocks(options, sizeBytes, files, uniformBytes);
  const fields: FioField[] = [{ word: 'size', value: sizeText(usedBytes), place: options.placeOf('size') }];
  if (files > 1) fields.push({ word: 'nrfiles', value: String(files), place: options.placeOf('nrfiles') });
  const ioBytes = transferredBytes(options, usedBytes, uniformBytes);
  if (ioBytes !== null && ioBytes !== usedBytes)
    fields.push({ word: 'io_size', value: sizeText(ioBytes), place: options.placeOf('io_size') });
  return fields;
}

/** Returns the number of files that `filename` names, or 0. */
function namedFiles(options: FioOptions, workers: number): number {
  const format = options.text('filename_format');
  if (format !== null) options.note('filename_format', 'feedrate names its files itself');
  const text = options.text('filename');
  options.text('directory');
  if (text === null) return 0;
  const names = namesIn(text);
  const device = names.find(isDevice);
  if (device !== undefined) {
    // The same for readers and writers: the line of an option that both share is printed once.
    const instead = NO_STORAGE.has(device) ? '' : `, or measure reads of the device with: feedrate read ${device}`;
    options.fault(
      'filename',
      `${quoted(device)} is a device, and jobs of feedrate have files; remove the option${instead}`,
    );
  } else if (workers > 1)
    options.note('filename', 'each worker has files of its own, where all clones of fio’s job use the same ones');
  return names.length;
}

/** fio separates names with colons, unless they are escaped. */
function namesIn(text: string): string[] {
  return text.split(/(?<!\\):/).filter((name) => name !== '');
}

/** Devices that hold no data. */
const NO_STORAGE: ReadonlySet<string> = new Set(['/dev/null', '/dev/zero']);

/** `/dev/shm` is a file system. */
function isDevice(name: string): boolean {
  return (name.startsWith('/dev/') && !name.startsWith('/dev/shm/')) || name.startsWith('\\\\');
}

function isOnDevice(options: FioOptions): boolean {
  return options.has('filename') && namesIn(options.text('filename') ?? '').some(isDevice);
}

/** fio takes a block of each file in turn, unless the job says otherwise. */
function orderOfFiles(options: FioOptions, files: number, { isRandom }: FioPattern): void {
  const open = options.count('openfiles');
  const service = options.text('file_service_type');
  if (open !== null && open < files) options.note('openfiles', 'feedrate keeps all files of a job open');
  if (files === 1 || service?.startsWith('sequential')) return;
  const order = isRandom ? 'offsets are drawn over all files of a worker' : 'files are used one after the other';
  options.note(service === null ? 'nrfiles' : 'file_service_type', `${order}; the bytes and blocks are the same`);
}

function sizeOf(options: FioOptions, files: number): number | null {
  const fileText = options.text('filesize');
  const fileBytes = fileText === null ? null : options.sizeOf('filesize', fileText);
  if (fileText !== null && fileBytes === null)
    options.fault('filesize', `${quoted(fileText)}: feedrate’s own files have one size; write a single size`);
  const text = options.text('size');
  if (text?.includes('%')) {
    options.fault('size', `${quoted(text)} is a part of files that exist; write the bytes`);
    return null;
  }
  const sizeBytes = text === null ? null : options.size('size');
  if (sizeBytes === null && text === null && fileBytes === null && fileText === null)
    options.fault(
      'size',
      'is missing; fio takes the size of files that exist, but feedrate makes its own; add size=BYTES',
    );
  if (sizeBytes === null) return fileBytes === null ? null : fileBytes * files;
  if (fileBytes !== null && fileBytes * files !== sizeBytes)
    options.fault(
      'filesize',
      `${files} files of ${sizeText(fileBytes)} are not size=${sizeText(sizeBytes)}; remove one of them`,
    );
  return sizeBytes;
}

/** Where a file ends within a block, fio leaves that block out. */
function wholeBlocks(options: FioOptions, sizeBytes: number, files: number, blockBytes: number | null): number {
  const fileBytes = Math.floor(sizeBytes / files);
  if (blockBytes === null || fileBytes % blockBytes === 0 || fileBytes < blockBytes) return sizeBytes;
  const whole = (fileBytes - (fileBytes % blockBytes)) * files;
  options.note('size', `${sizeText(whole)} instead of ${sizeText(sizeBytes)}, because fio transfers whole blocks only`);
  return whole;
}

/** Returns the bytes that a worker transfers, or null for one pass. */
function transferredBytes(options: FioOptions, sizeBytes: number, blockBytes: number | null): number | null {
  const ioText = options.text('io_size');
  if (ioText?.includes('%')) options.fault('io_size', 'write the bytes instead of a percentage');
  const ioBytes = ioText === null || ioText.includes('%') ? null : options.size('io_size');
  const operations = options.count('number_ios');
  if (operations !== null && operations > 0) {
    if (blockBytes === null)
      options.fault('number_ios', 'blocks have several sizes; write io_size, the bytes of each worker');
    else return Math.min(operations * blockBytes, ioBytes ?? sizeBytes);
  }
  const loops = options.count('loops') ?? 1;
  if (loops > 1 && ioBytes !== null) options.fault('loops', 'cannot be combined with io_size; remove one of them');
  if (loops > 1) return loops * sizeBytes;
  return ioBytes === null || blockBytes === null ? ioBytes : upToBlock(options, ioBytes, blockBytes);
}

/** fio ends after the operation that reaches the size. */
function upToBlock(options: FioOptions, ioBytes: number, blockBytes: number): number {
  const whole = Math.ceil(ioBytes / blockBytes) * blockBytes;
  if (whole !== ioBytes)
    options.note('io_size', `${sizeText(whole)} instead of ${sizeText(ioBytes)}, because fio ends with a whole block`);
  return whole;
}
