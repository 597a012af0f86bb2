/** Whether what was written has reached the device: a benchmark of writes that did not is one of memory. */
import { readFileSync, statSync } from 'node:fs';

const SECTOR_BYTES = 512;
/** Of `stat`: sectors written (Documentation/block/stat.rst). */
const WRITE_SECTORS = 6;

/** Bytes written so far to the block device behind a file; null for file systems without one. */
export function deviceBytesWritten(path: string): number | null {
  const { dev } = statSync(path);
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  try {
    const fields = readFileSync(`/sys/dev/block/${major}:${minor}/stat`, 'utf8').trim().split(/\s+/);
    return Number(fields[WRITE_SECTORS]) * SECTOR_BYTES;
  } catch {
    return null;
  }
}
