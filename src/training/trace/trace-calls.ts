/**
 * The calls of a trace, one row each. The text of a trace, the replay and the report are derived from these rows. A row's
 * index is the number of the call in memory.
 */

/** A group of calls in reports. */
export type CallGroup =
  | 'open'
  | 'close'
  | 'read'
  | 'write'
  | 'sync'
  | 'map'
  | 'stat'
  | 'list'
  | 'seek'
  | 'rename'
  | 'other';

interface CallRow {
  /** Its letter in the text of a trace. */
  readonly code: string;
  readonly name: string;
  /** The names of its numbers in the text. */
  readonly operands: readonly string[];
  /** Null: no call, but an order between threads. */
  readonly group: CallGroup | null;
}

const ROWS = [
  /** A thread opens a file. `how` is a sum of `OPEN`. */
  { code: 'o', name: 'open', operands: ['file', 'how', 'handle'], group: 'open' },
  /** A thread uses a file that another thread opened, or that was open before the trace began. Takes no time. */
  { code: 'O', name: 'adopt', operands: ['file', 'how', 'handle'], group: null },
  { code: 'c', name: 'close', operands: ['handle'], group: 'close' },
  /** At the position of the file, which is `offset`. `moved` is what the call returned. */
  { code: 'r', name: 'read', operands: ['handle', 'offset', 'asked', 'moved'], group: 'read' },
  { code: 'p', name: 'pread', operands: ['handle', 'offset', 'asked', 'moved'], group: 'read' },
  { code: 'w', name: 'write', operands: ['handle', 'offset', 'moved'], group: 'write' },
  { code: 'k', name: 'seek', operands: ['handle', 'offset'], group: 'seek' },
  { code: 's', name: 'fstat', operands: ['handle'], group: 'stat' },
  { code: 'S', name: 'stat', operands: ['file'], group: 'stat' },
  { code: 'i', name: 'ioctl', operands: ['handle'], group: 'other' },
  { code: 'y', name: 'fsync', operands: ['handle', 'dataOnly'], group: 'sync' },
  /** The handle of the map is that of the file. */
  { code: 'm', name: 'map', operands: ['handle', 'offset', 'length'], group: 'map' },
  /** A part of a map that is known to have been accessed. */
  { code: 'g', name: 'touch', operands: ['handle', 'offset', 'length'], group: 'map' },
  { code: 'u', name: 'unmap', operands: ['handle'], group: 'map' },
  { code: 'l', name: 'list', operands: ['file', 'entries'], group: 'list' },
  { code: 'a', name: 'advise', operands: ['handle', 'advice', 'offset', 'length'], group: 'other' },
  { code: 'L', name: 'lock', operands: ['handle', 'how'], group: 'other' },
  { code: 'n', name: 'rename', operands: ['file', 'to'], group: 'rename' },
  { code: 'd', name: 'unlink', operands: ['file'], group: 'rename' },
  /** Another thread may go on that waits for this. */
  { code: '>', name: 'post', operands: ['token'], group: null },
  /** Waits until another thread has come to the `post` with this number. */
  { code: '<', name: 'await', operands: ['token'], group: null },
] as const satisfies readonly CallRow[];

export type TraceCallName = (typeof ROWS)[number]['name'];

/** Every call, in the order of their numbers. */
export const TRACE_CALLS: readonly (CallRow & { readonly name: TraceCallName })[] = ROWS;

/** The number of each call, by its name. */
export const CALL = Object.fromEntries(ROWS.map(({ name }, index) => [name, index])) as Readonly<
  Record<TraceCallName, number>
>;

/** How a file is opened: the sum of what applies. */
export const OPEN = { write: 1, create: 2, truncate: 4, direct: 8, exclusive: 16 } as const;

/** The advice of posix_fadvise(2) by its number in Linux. */
export const ADVICE = ['normal', 'random', 'sequential', 'willneed', 'dontneed'] as const;

/** The kinds of flock(2), in the order of their numbers in a trace. */
export const LOCKS = ['shared', 'exclusive', 'none'] as const;
