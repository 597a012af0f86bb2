/** Archives of PyTorch as `torch.load` reads them (torch 1.13: `torch/serialization.py` and its copy of miniz). */
import { contentAt, LOCAL_HEADER_BYTES, type TorchGeometry } from '../file-geometries.js';
import type { PythonFile } from './python-file.js';

/** What tells archives from older files, and what is read of the start before the archive is opened. */
const [SIGNATURE_BYTES, START_BYTES] = [4, 8];
/** The end of a directory is searched in steps of this length, from the end of the file. */
const SEARCHED_BYTES = 4096;
const [END_BYTES, LOCATOR_BYTES, END_64_BYTES] = [22, 20, 56];

/** Makes the calls of `torch.load(file)`. */
export function loadTorchArchive(file: PythonFile, geometry: TorchGeometry): void {
  askLength(file);
  openArchive(file, geometry);
  for (let record = 0; record < geometry.records; record++) {
    const place = geometry.recordAt(record);
    // Empty members are not looked at.
    if (place.bytes === 0) continue;
    readAt(file, place.headerAtBytes, LOCAL_HEADER_BYTES);
    readAt(file, contentAt(place), place.bytes);
  }
}

/** Looks whether the file is an archive (`_is_zipfile`), and asks for its length (`BufferAdapter`). */
function askLength(file: PythonFile): void {
  file.tell();
  for (let byte = 0; byte < SIGNATURE_BYTES; byte++) file.read(1);
  file.seek(0);
  file.tell();
  file.tell();
  file.seekFromEnd(0);
  file.tell();
  file.seek(0);
}

/** Finds the members: `PyTorchStreamReader::init`, and `mz_zip_reader_read_central_dir`. */
function openArchive(file: PythonFile, { bytes, directory }: TorchGeometry): void {
  readAt(file, 0, START_BYTES);
  const searchedAt = Math.max(0, bytes - SEARCHED_BYTES);
  readAt(file, searchedAt, bytes - searchedAt);
  readAt(file, bytes - END_BYTES, END_BYTES);
  readAt(file, bytes - END_BYTES - LOCATOR_BYTES, LOCATOR_BYTES);
  const end64At = directory.offsetBytes + directory.bytes;
  if (bytes > end64At + END_BYTES) readAt(file, end64At, END_64_BYTES);
  readAt(file, directory.offsetBytes, directory.bytes);
}

function readAt(file: PythonFile, offsetBytes: number, lengthBytes: number): void {
  file.seek(offsetBytes);
  file.readInto(lengthBytes);
}
