/** Files that tests look at with the scans of formats. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../../../src/training/scans/byte-source.js';

export function sourceOf(path: string): ByteSource {
  const fd = openSync(path, 'r');
  const { size } = fstatSync(fd);
  closeSync(fd);
  return {
    path,
    bytes: size,
    read: (offsetBytes, lengthBytes) => {
      const buffer = Buffer.alloc(lengthBytes);
      const handle = openSync(path, 'r');
      try {
        return buffer.subarray(0, readSync(handle, buffer, 0, lengthBytes, offsetBytes));
      } finally {
        closeSync(handle);
      }
    },
    beside: (extension) => sourceOf(path.replace(/\.\w+$/, extension)),
  };
}
