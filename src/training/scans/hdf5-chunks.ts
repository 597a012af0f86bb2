/** Chunked datasets of HDF5: a tree of version 1 leads to their chunks. */
import type { FileSpan } from '../dataset-shape.js';
import { type ByteSource, bytesAt, damaged } from './byte-source.js';

/** A tree of chunks. */
export interface ChunkTree {
  readonly rootAt: number;
  /** Dimensions of the dataset, and one more for the bytes of a value. */
  readonly dimensions: number;
  /**
   * For each node: its place, the first row of its chunks, the first row behind them, its parent's place among the nodes
   * (-1: none), and its number of chunks (0 above the leaves). Then each chunk of it: its place, its bytes, its first row.
   */
  readonly numbers: readonly number[] | Float64Array;
}

/** Half the entries of a node: the default of HDF5, which the superblock of version 0 cannot change. */
const HALF = 32;
const [HEADER_BYTES, MOST_LEVEL, MOST_NODES] = [24, 8, 1_000_000];
const NODE_NUMBERS = 5;
const CHUNK_NUMBERS = 3;

function nodeBytesOf(dimensions: number): number {
  const keyBytes = 8 + 8 * dimensions;
  return HEADER_BYTES + (2 * HALF + 1) * keyBytes + 2 * HALF * 8;
}

/** Reads a tree of chunks. Throws `FeedrateError('target')` when it is damaged. */
export function chunkTreeAt(source: ByteSource, rootAt: number, dimensions: number): ChunkTree {
  const numbers: number[] = [];
  const keyBytes = 8 + 8 * dimensions;
  let nodes = 0;
  const visit = (at: number, parent: number, most: number): void => {
    if (nodes++ > MOST_NODES) throw damaged(source, 'the index of its chunks is damaged');
    const node = bytesAt(source, at, nodeBytesOf(dimensions), 'the index of the chunks');
    const [level, count] = [node.bytes[5] as number, node.u16(6)];
    if (node.text(0, 4) !== 'TREE' || node.bytes[4] !== 1 || level > most || count > 2 * HALF)
      throw damaged(source, 'the index of its chunks is damaged');
    const keyAt = (entry: number) => HEADER_BYTES + entry * (keyBytes + 8);
    const own = numbers.length;
    const [first, end] = [node.u64(keyAt(0) + 8), node.u64(keyAt(count) + 8)];
    numbers.push(at, first, end, parent, level === 0 ? count : 0);
    if (level > 0) {
      const children = Array.from({ length: count }, (_, entry) => node.u64(keyAt(entry) + keyBytes));
      for (const child of children) visit(child, own, level - 1);
      return;
    }
    for (let entry = 0; entry < count; entry++) {
      const [bytes, offset] = [node.u32(keyAt(entry)), node.u64(keyAt(entry) + keyBytes)];
      if (offset + bytes > source.bytes) throw damaged(source, 'a chunk is not in the file, as if it were truncated');
      numbers.push(offset, bytes, node.u64(keyAt(entry) + 8));
    }
  };
  visit(rootAt, -1, MOST_LEVEL);
  return { rootAt, dimensions, numbers };
}

/** Returns what HDF5 reads for a row: the nodes on the way, each once, and every chunk that has a part of the row. */
export function chunkReads({ numbers, dimensions }: ChunkTree, row: number): FileSpan[] {
  const chunks: FileSpan[] = [];
  const nodes: number[] = [];
  const firstRow = rowOfChunk(numbers, row);
  const take = (node: number): void => {
    if (node < 0 || nodes.includes(node)) return;
    take(numbers[node + 3] as number);
    nodes.push(node);
  };
  for (let node = 0; node < numbers.length; ) {
    const count = numbers[node + 4] as number;
    for (let i = 0; i < count; i++) {
      const at = node + NODE_NUMBERS + i * CHUNK_NUMBERS;
      if (numbers[at + 2] !== firstRow) continue;
      take(node);
      chunks.push({ offsetBytes: numbers[at] as number, bytes: numbers[at + 1] as number });
    }
    node += NODE_NUMBERS + count * CHUNK_NUMBERS;
  }
  const bytes = nodeBytesOf(dimensions);
  return [...nodes.map((node) => ({ offsetBytes: numbers[node] as number, bytes })), ...chunks];
}

/** Returns the first row of the chunks that have a row. */
function rowOfChunk(numbers: ChunkTree['numbers'], row: number): number {
  let best = 0;
  for (let node = 0; node < numbers.length; ) {
    const count = numbers[node + 4] as number;
    for (let i = 0; i < count; i++) {
      const first = numbers[node + NODE_NUMBERS + i * CHUNK_NUMBERS + 2] as number;
      if (first <= row && first > best) best = first;
    }
    node += NODE_NUMBERS + count * CHUNK_NUMBERS;
  }
  return best;
}
