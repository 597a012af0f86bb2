/**
 * The system calls by which readers get at their data. `engine/` makes them, and tests record them. Each throws when it
 * fails. Bytes that are read go nowhere.
 */
export interface ReaderCalls {
  /**
   * openat(2) with O_RDONLY and O_CLOEXEC. Returns a handle. `bytes` is the length that the file should have: engines
   * without files have no other.
   */
  open(path: string, bytes: number, how?: { readonly direct?: boolean }): number;
  close(handle: number): void;
  /** fstat(2). Throws when the file is shorter than it should be. */
  status(handle: number): void;
  /** stat(2) of a path, as `os.path.exists` asks. */
  statusOf(path: string): void;
  /** ioctl(2) with TCGETS, by which CPython's `open` asks whether a file is a terminal. */
  askTerminal(handle: number): void;
  /** lseek(2) to a position from the start (`set`), from the end, or by an offset. Returns the new position. */
  seek(handle: number, offsetBytes: number, from: 'set' | 'current' | 'end'): number;
  /** read(2) at the file's position. Returns the bytes read: fewer than asked at the end of the file, 0 there. */
  read(handle: number, lengthBytes: number): number;
  /** pread(2). Returns the bytes read. */
  readAt(handle: number, offsetBytes: number, lengthBytes: number): number;
  /** posix_fadvise(2) */
  advise(
    handle: number,
    offsetBytes: number,
    lengthBytes: number,
    advice: 'normal' | 'random' | 'sequential' | 'willneed' | 'dontneed',
  ): void;
  /** flock(2) with LOCK_SH, LOCK_EX or LOCK_UN, without waiting. */
  lock(handle: number, how: 'shared' | 'exclusive' | 'none'): void;
  /** mmap(2) of a whole file, shared and read-only. Returns a handle of the map. */
  map(handle: number, lengthBytes: number): number;
  /** Touches each page of a range of a map. */
  touch(map: number, offsetBytes: number, lengthBytes: number): void;
  unmap(map: number): void;
  /** Opens a directory, reads its entries and closes it. Returns how many there are: `expected` in engines without files. */
  list(path: string, expected: number): number;
}
