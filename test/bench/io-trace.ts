/** The reads and writes that a program makes, as strace sees them, and whether two programs make the same ones. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Call {
  readonly isWrite: boolean;
  readonly offset: number;
  readonly bytes: number;
}

/** The calls of one thread to one file, in their order. */
export type Stream = readonly Call[];

interface TracedCall extends Call {
  readonly thread: string;
  readonly path: string;
}

const CALL = /^(\d+)\s+(pread64|pwrite64)\(\d+<([^>]*)>[^,]*, .*, (\d+), (\d+)\)\s+= (\d+)$/;
const UNFINISHED = /^(\d+)\s+(.*) <unfinished \.\.\.>$/;
const RESUMED = /^(\d+)\s+<\.\.\. \w+ resumed>(.*)$/;

/** Runs a program below strace. Returns its calls of pread and pwrite, and the threads that flushed a file of each name. */
export function tracedCalls(
  words: readonly string[],
  cwd: string,
  log: string,
): { readonly calls: readonly TracedCall[]; readonly flushed: ReadonlyMap<string, string> } {
  const options = ['-f', '-y', '-s', '0', '-o', log, '-e', 'trace=pread64,pwrite64,fsync'];
  const { status, stderr } = spawnSync('strace', [...options, ...words], { encoding: 'utf8', cwd, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with status ${status}\n${stderr}`);
  const begun = new Map<string, string>();
  const calls: TracedCall[] = [];
  const flushed = new Map<string, string>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, waiting = '', head = ''] = UNFINISHED.exec(line) ?? [];
    if (waiting !== '') begun.set(waiting, head);
    const [, resumed = '', tail = ''] = RESUMED.exec(line) ?? [];
    const whole = resumed === '' ? line : `${resumed} ${begun.get(resumed) ?? ''}${tail}`;
    const [, thread = '', name, path = '', , offset, bytes] = CALL.exec(whole) ?? [];
    if (thread !== '')
      calls.push({ thread, path, isWrite: name === 'pwrite64', offset: Number(offset), bytes: Number(bytes) });
    const [, flusher = '', file = ''] = /^(\d+)\s+fsync\(\d+<([^>]*)>/.exec(whole) ?? [];
    if (flusher !== '') flushed.set(file.slice(file.lastIndexOf('/') + 1), flusher);
  }
  return { calls, flushed };
}

/** Returns the streams of calls to files below a directory. */
export function streamsOf(calls: readonly TracedCall[], directory: string): Stream[] {
  const streams = new Map<string, Call[]>();
  for (const { thread, path, isWrite, offset, bytes } of calls) {
    if (!path.startsWith(`${directory}/`)) continue;
    const key = `${thread} ${path}`;
    const stream = streams.get(key) ?? [];
    stream.push({ isWrite, offset, bytes });
    streams.set(key, stream);
  }
  return [...streams.values()];
}

/** How the offsets of a stream follow each other. */
type Order = 'in order' | 'each block once' | 'drawn';

/** What two programs with the same plan have in common, whatever they draw. */
export interface StreamShape {
  readonly reads: number;
  readonly writes: number;
  readonly bytes: number;
  readonly order: Order;
  readonly shares: Readonly<Record<number, number>>;
}

/** Returns what is common to all streams that follow a plan. */
export function shapeOf(stream: Stream): StreamShape {
  const reads = stream.filter(({ isWrite }) => !isWrite);
  const writes = stream.filter(({ isWrite }) => isWrite);
  const counts: Record<number, number> = {};
  for (const { bytes } of stream) counts[bytes] = (counts[bytes] ?? 0) + 1 / stream.length;
  return {
    reads: reads.length,
    writes: writes.length,
    bytes: stream.reduce((sum, { bytes }) => sum + bytes, 0),
    order: inOrder(reads) && inOrder(writes) ? 'in order' : isOnce(stream) ? 'each block once' : 'drawn',
    shares: counts,
  };
}

/** Each call begins where the one before it ended, or at the start of the file. */
function inOrder(stream: Stream): boolean {
  return stream.every(({ offset }, index) => {
    const before = stream[index - 1];
    return offset === 0 || (before !== undefined && offset === before.offset + before.bytes);
  });
}

/** No byte is in two calls, in each pass over the file. */
function isOnce(stream: Stream): boolean {
  const passBytes = Math.max(...stream.map(({ offset, bytes }) => offset + bytes));
  let [from, moved] = [0, 0];
  for (let to = 0; to < stream.length; to++) {
    moved += (stream[to] as Call).bytes;
    if (moved < passBytes && to < stream.length - 1) continue;
    if (overlaps(stream.slice(from, to + 1))) return false;
    [from, moved] = [to + 1, 0];
  }
  return true;
}

function overlaps(stream: Stream): boolean {
  const sorted = [...stream].sort((a, b) => a.offset - b.offset);
  return sorted.some(({ offset }, index) => {
    const before = sorted[index - 1];
    return before !== undefined && offset < before.offset + before.bytes;
  });
}

/** Shares of sizes and of reads may differ by this, because they are drawn. */
const DRAWN_SHARE = 0.1;

/** Returns how two plans differ, or null. `isTimed`: they end after a time, so that numbers of operations differ. */
export function planDifference(theirs: readonly Stream[], ours: readonly Stream[], isTimed: boolean): string | null {
  if (theirs.length !== ours.length) return `${theirs.length} and ${ours.length} files of workers`;
  const [left, right] = [theirs, ours].map((streams) => streams.map(shapeOf).sort(byShape)) as [
    StreamShape[],
    StreamShape[],
  ];
  for (const [index, one] of left.entries()) {
    const why = shapeDifference(one, right[index] as StreamShape, isTimed);
    if (why !== null) return why;
  }
  return null;
}

function byShape(a: StreamShape, b: StreamShape): number {
  return orderKey(a).localeCompare(orderKey(b)) || a.bytes - b.bytes;
}

const orderKey = ({ order, reads, writes }: StreamShape): string => `${order} ${reads > 0} ${writes > 0}`;

function shapeDifference(one: StreamShape, other: StreamShape, isTimed: boolean): string | null {
  if (one.order !== other.order) return `${one.order} and ${other.order}`;
  if (!isTimed && one.bytes !== other.bytes) return `${one.bytes} and ${other.bytes} bytes`;
  const readShare = ({ reads, writes }: StreamShape): number => reads / (reads + writes);
  if (Math.abs(readShare(one) - readShare(other)) > DRAWN_SHARE)
    return `${readShare(one).toFixed(2)} and ${readShare(other).toFixed(2)} of the operations read`;
  const sizes = new Set([...Object.keys(one.shares), ...Object.keys(other.shares)].map(Number));
  for (const size of sizes) {
    const [first = 0, second = 0] = [one.shares[size], other.shares[size]];
    if (Math.abs(first - second) > DRAWN_SHARE)
      return `${first.toFixed(2)} and ${second.toFixed(2)} of the operations move ${size} bytes`;
  }
  return null;
}
