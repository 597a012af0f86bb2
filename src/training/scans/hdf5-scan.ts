/**
 * HDF5 files as h5py makes them by default (HDF5 File Format Specification: superblock version 0, groups with symbol tables,
 * object headers of version 1). The samples are the rows of the largest dataset in the root group.
 */
import type { FileSpan } from '../dataset-shape.js';
import type { Hdf5Geometry } from '../file-geometries.js';
import { hdf5Reads } from '../hdf5-reads.js';
import { type ByteSource, type BytesAt, bytesAt, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';
import { type ChunkTree, chunkReads, chunkTreeAt } from './hdf5-chunks.js';

const SUPERBLOCK_BYTES = 96;
const SIGNATURE = '\x89HDF\r\n\x1a\n';
const REWRITE = 'write it with h5py without libver';
const UNSUPPORTED = `only files with a superblock of version 0 are supported; ${REWRITE}`;
/** Places in the superblock. */
const SUPER = {
  version: 8,
  offsetBytes: 13,
  lengthBytes: 14,
  leafK: 16,
  treeK: 18,
  rootAt: 64,
  treeAt: 80,
  heapAt: 88,
};
const [SIZES_OF_8, TREE_HEADER_BYTES, ENTRY_BYTES, LEAF_HEADER_BYTES, OBJECT_HEADER_BYTES] = [8, 24, 40, 8, 16];
/** Types of messages in an object's header. */
const MESSAGE = { space: 1, type: 3, layout: 8, continuation: 16 } as const;
const [CONTIGUOUS, CHUNKED] = [1, 2];
const MOST_HEADER_BYTES = 2 ** 20;

/** A dataset whose rows are samples. */
interface RowsOf {
  readonly dataAt: number;
  /** Of a chunked dataset: the root of its tree, and the sizes of a chunk; null: contiguous. */
  readonly chunkSizes: readonly number[] | null;
  readonly sizes: readonly number[];
  readonly valueBytes: number;
}

/** Yields the messages of an object's header. */
function* messagesAt(source: ByteSource, at: number): Generator<readonly [type: number, content: BytesAt], void> {
  const header = bytesAt(source, at, OBJECT_HEADER_BYTES, 'the header of an object');
  if (header.bytes[0] !== 1) throw damaged(source, `an object has a header of another version; ${REWRITE}`);
  const blocks: FileSpan[] = [{ offsetBytes: at + OBJECT_HEADER_BYTES, bytes: header.u32(8) }];
  for (let taken = 0; taken < blocks.length && taken < 64; taken++) {
    const { offsetBytes, bytes } = blocks[taken] as FileSpan;
    if (bytes > MOST_HEADER_BYTES) throw damaged(source, 'the header of an object is too long');
    const block = bytesAt(source, offsetBytes, bytes, 'the header of an object');
    for (let place = 0; place + 8 <= bytes; ) {
      const [type, length] = [block.u16(place), block.u16(place + 2)];
      if (place + 8 + length > bytes) throw damaged(source, 'the header of an object is damaged');
      const content = block.part(place + 8, length);
      if (type === MESSAGE.continuation) blocks.push({ offsetBytes: content.u64(0), bytes: content.u64(8) });
      else yield [type, content];
      place += 8 + length;
    }
  }
}

/** Returns the dataset that a header describes; null for anything else. */
function datasetAt(source: ByteSource, at: number): RowsOf | null {
  let sizes: number[] | null = null;
  let valueBytes = 0;
  let layout: Pick<RowsOf, 'dataAt' | 'chunkSizes'> | null = null;
  for (const [type, content] of messagesAt(source, at)) {
    if (type === MESSAGE.space) {
      const start = content.bytes[0] === 1 ? 8 : 4;
      sizes = Array.from({ length: content.bytes[1] as number }, (_, i) => content.u64(start + 8 * i));
    } else if (type === MESSAGE.type) valueBytes = content.u32(4);
    else if (type === MESSAGE.layout && content.bytes[0] === 3 && content.bytes[1] === CONTIGUOUS)
      layout = { dataAt: content.u64(2), chunkSizes: null };
    else if (type === MESSAGE.layout && content.bytes[0] === 3 && content.bytes[1] === CHUNKED) {
      const chunkSizes = Array.from({ length: content.bytes[2] as number }, (_, i) => content.u32(11 + 4 * i));
      layout = { dataAt: content.u64(3), chunkSizes };
    }
  }
  const isPlain = sizes !== null && sizes.length > 0 && layout !== null;
  return isPlain ? { ...(layout as RowsOf), sizes: sizes as number[], valueBytes } : null;
}

const bytesOf = ({ sizes, valueBytes }: RowsOf): number => sizes.reduce((product, size) => product * size, valueBytes);

interface FoundRows {
  readonly dataset: RowsOf;
  readonly headerAt: number;
  readonly leaf: FileSpan;
}

/** Goes through the root group. Returns its largest dataset. Groups with so many names that their tree is deeper are refused. */
function largestDataset(source: ByteSource, superblock: BytesAt): FoundRows {
  const leafBytes = LEAF_HEADER_BYTES + 2 * superblock.u16(SUPER.leafK) * ENTRY_BYTES;
  const treeAt = superblock.u64(SUPER.treeAt);
  const tree = bytesAt(source, treeAt, treeBytesOf(superblock), 'the tree of the root group');
  if (tree.text(0, 4) !== 'TREE' || tree.bytes[5] !== 0) throw damaged(source, 'the root group has too many entries');
  let best: FoundRows | null = null;
  for (let child = 0; child < tree.u16(6); child++) {
    const leafAt = tree.u64(TREE_HEADER_BYTES + 8 + 16 * child);
    const leaf = bytesAt(source, leafAt, leafBytes, 'the names of the root group');
    for (let entry = 0; entry < Math.min(leaf.u16(6), (leafBytes - LEAF_HEADER_BYTES) / ENTRY_BYTES); entry++) {
      const headerAt = leaf.u64(LEAF_HEADER_BYTES + ENTRY_BYTES * entry + 8);
      const dataset = datasetAt(source, headerAt);
      if (dataset !== null && (best === null || bytesOf(dataset) > bytesOf(best.dataset)))
        best = { dataset, headerAt, leaf: { offsetBytes: leafAt, bytes: leafBytes } };
    }
  }
  if (best === null) throw damaged(source, 'the root group has no dataset with rows');
  return best;
}

function treeBytesOf(superblock: BytesAt): number {
  return TREE_HEADER_BYTES + 8 * (4 * superblock.u16(SUPER.treeK) + 1);
}

function superblockOf(source: ByteSource): BytesAt {
  const superblock = bytesAt(source, 0, Math.min(SUPERBLOCK_BYTES, source.bytes), 'the superblock');
  if (source.bytes < SUPERBLOCK_BYTES || superblock.text(0, 8) !== SIGNATURE)
    throw damaged(source, 'there is no HDF5 file; check the format');
  const isKnown =
    superblock.bytes[SUPER.version] === 0 &&
    superblock.bytes[SUPER.offsetBytes] === SIZES_OF_8 &&
    superblock.bytes[SUPER.lengthBytes] === SIZES_OF_8;
  if (!isKnown) throw damaged(source, UNSUPPORTED);
  return superblock;
}

/** Numbers before those of a tree of chunks. */
const FIXED = 12;

export const hdf5Scan: FormatScan<Hdf5Geometry> = {
  scan: (source) => {
    const superblock = superblockOf(source);
    const { dataset, headerAt, leaf } = largestDataset(source, superblock);
    const [rows = 0] = dataset.sizes;
    const rowBytes = bytesOf(dataset) / Math.max(1, rows);
    if (!(rows > 0 && rowBytes > 0)) throw damaged(source, 'its largest dataset is empty');
    const treeAt = superblock.u64(SUPER.treeAt);
    const places = [superblock.u64(SUPER.rootAt), superblock.u64(SUPER.heapAt), treeAt, treeBytesOf(superblock)];
    const tree = dataset.chunkSizes === null ? null : chunkTreeAt(source, dataset.dataAt, dataset.chunkSizes.length);
    if (tree === null && dataset.dataAt + rows * rowBytes > source.bytes)
      throw damaged(source, 'its largest dataset is not in the file, as if it were truncated');
    const fixed = [source.bytes, ...places, leaf.offsetBytes, leaf.bytes, headerAt, dataset.dataAt, rows, rowBytes];
    return [...fixed, tree?.dimensions ?? 0, ...(tree === null ? [] : tree.numbers)];
  },
  geometry: (numbers) => {
    const [bytes = 0, rootAt = 0, heapAt = 0, treeAt = 0, treeBytes = 0, leafAt = 0] = numbers;
    const [leafBytes = 0, headerAt = 0, dataAt = 0, samples = 0, rowBytes = 0, dimensions = 0] = numbers.subarray(6);
    const reads = hdf5Reads(bytes, {
      rootAt,
      heapAt,
      trees: [{ offsetBytes: treeAt, bytes: treeBytes }],
      leaf: { offsetBytes: leafAt, bytes: leafBytes },
      datasetAt: headerAt,
    });
    const tree: ChunkTree = { rootAt: dataAt, dimensions, numbers: numbers.subarray(FIXED) };
    return {
      bytes,
      samples,
      sampleAt: (sample) => ({ offsetBytes: dimensions === 0 ? dataAt + sample * rowBytes : dataAt, bytes: rowBytes }),
      rootReads: reads.rootReads,
      datasetReads: reads.datasetReads,
      ...(dimensions > 0 && { partsOf: (sample: number) => chunkReads(tree, sample) }),
    };
  },
};
