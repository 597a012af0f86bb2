import { readSync, writeSync } from 'node:fs';
import { type Libc, libc } from '../../host/system/libc.js';

/**
 * The two system calls of the hot loop. Both return the number of bytes moved or a negative errno, so that the loop
 * tests only one number. `bufferOffset` is a position in the worker's memory.
 */
export interface TransferCalls {
  readonly name: 'koffi' | 'fs';
  read(fd: number, bufferOffset: number, lengthBytes: number, offsetBytes: number): number;
  write(fd: number, bufferOffset: number, lengthBytes: number, offsetBytes: number): number;
}

/**
 * Returns pread(2) and pwrite(2) with numeric addresses, the cheapest way from JavaScript to the kernel. The address of
 * the buffer's start is passed without an addition where possible: a sum would allocate a number for each call.
 */
function koffiCalls(library: Libc, memory: Uint8Array): TransferCalls {
  const start = library.addressOf(memory);
  const { pread64, pwrite64, errno } = library;
  return {
    name: 'koffi',
    read: (fd, bufferOffset, lengthBytes, offsetBytes) => {
      const moved = pread64(fd, bufferOffset === 0 ? start : start + bufferOffset, lengthBytes, offsetBytes);
      return moved < 0 ? -errno() : moved;
    },
    write: (fd, bufferOffset, lengthBytes, offsetBytes) => {
      const moved = pwrite64(fd, bufferOffset === 0 ? start : start + bufferOffset, lengthBytes, offsetBytes);
      return moved < 0 ? -errno() : moved;
    },
  };
}

function errnoOf(thrown: unknown): number {
  const errno = (thrown as NodeJS.ErrnoException).errno;
  if (typeof errno !== 'number') throw thrown;
  return errno;
}

/** Returns the same calls through Node's `fs`, for machines without koffi. */
function fsCalls(memory: Uint8Array): TransferCalls {
  return {
    name: 'fs',
    read: (fd, bufferOffset, lengthBytes, offsetBytes) => {
      try {
        return readSync(fd, memory, bufferOffset, lengthBytes, offsetBytes);
      } catch (thrown) {
        return errnoOf(thrown);
      }
    },
    write: (fd, bufferOffset, lengthBytes, offsetBytes) => {
      try {
        return writeSync(fd, memory, bufferOffset, lengthBytes, offsetBytes);
      } catch (thrown) {
        return errnoOf(thrown);
      }
    },
  };
}

/** Returns the calls for one worker's memory. Keep the memory referenced as long as you use them. */
export function transferCalls(memory: Uint8Array): TransferCalls {
  const library = libc();
  return library === null ? fsCalls(memory) : koffiCalls(library, memory);
}
