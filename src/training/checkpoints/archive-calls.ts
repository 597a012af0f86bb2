/**
 * The write calls of the libraries that put tensors into a file, as their lengths in bytes from the start of the file to its
 * end. Measured with strace: torch 1.13 and safetensors 0.8 (`npm run bench:checkpoint-calls`).
 */
import type { TensorGroup } from './model-state.js';

/** Yields the length of each tensor. */
export function* tensorsOf(groups: readonly TensorGroup[]): Generator<number, void> {
  for (const { count, bytes } of groups) for (let place = 0; place < count; place++) yield bytes;
}

export function countTensors(groups: readonly TensorGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

const ALIGNMENT = 64;
const aligned = (bytes: number, to = ALIGNMENT): number => Math.ceil(bytes / to) * to;

/** The pickled description in front of the first tensor: about 124 bytes a tensor. */
const headBytes = (tensors: number): number => aligned(Math.max(384, 40 + 124 * tensors));
/** Up to so many bytes of it are in the same call as the first tensor: libstdc++ copies them into its buffer. */
const JOINED_HEAD_BYTES = 1023;

/**
 * `torch.save` to a path: libstdc++ writes what it has buffered and a tensor in one writev(2). The zip directory at the end
 * has 54 bytes a tensor.
 */
export function* archiveToPath(groups: readonly TensorGroup[]): Generator<number, void> {
  const count = countTensors(groups);
  let before = headBytes(count);
  if (before > JOINED_HEAD_BYTES) {
    yield before - ALIGNMENT;
    before = ALIGNMENT;
  }
  for (const bytes of tensorsOf(groups)) {
    yield before + bytes;
    before = ALIGNMENT;
  }
  yield 291 + 54 * count;
}

/** One `torch.save` to an open file for each tensor, as torch.distributed.checkpoint does. */
export function* archiveOfEach(groups: readonly TensorGroup[]): Generator<number, void> {
  for (const bytes of tensorsOf(groups)) {
    if (bytes < PYTHON_BUFFER_BYTES) {
      yield EACH_HEAD_BYTES + bytes + EACH_TAIL_BYTES;
      continue;
    }
    yield EACH_HEAD_BYTES;
    yield bytes;
    yield EACH_TAIL_BYTES;
  }
}

const EACH_HEAD_BYTES = 320;
const EACH_TAIL_BYTES = 427;
/** CPython's buffer on a file with blocks of 4 KiB. Longer writes bypass it. */
const PYTHON_BUFFER_BYTES = 4096;

/** A whole archive that was made in memory, in one call. */
export function* archiveAtOnce(groups: readonly TensorGroup[]): Generator<number, void> {
  const count = countTensors(groups);
  let bytes = headBytes(count) + 367 + 60 * count + (count - 1) * ALIGNMENT;
  for (const each of tensorsOf(groups)) bytes += each;
  yield bytes;
}

/** The buffer of the safetensors library's writer. Longer tensors bypass it. */
const SAFETENSORS_BUFFER_BYTES = 1024 ** 2;
/** The length field, and what JSON says of a tensor whose name has 40 characters. */
const safetensorsHeadBytes = (tensors: number): number => 8 + aligned(2 + 110 * tensors, 8);

/** `safetensors.save_file`: the header, then the tensors, with a buffer for those that are short. */
export function* safetensorsFile(groups: readonly TensorGroup[]): Generator<number, void> {
  let buffered = safetensorsHeadBytes(countTensors(groups));
  for (const bytes of tensorsOf(groups)) {
    if (buffered > 0 && buffered + bytes > SAFETENSORS_BUFFER_BYTES) {
      yield buffered;
      buffered = 0;
    }
    if (bytes >= SAFETENSORS_BUFFER_BYTES) yield bytes;
    else buffered += bytes;
  }
  if (buffered > 0) yield buffered;
}

/** The bytes alone, in one call. */
export function* plainFile(groups: readonly TensorGroup[]): Generator<number, void> {
  yield groups.reduce((sum, { count, bytes }) => sum + count * bytes, 0);
}

/** Splits calls that are longer than `mostBytes`. */
export function* splitCalls(calls: Iterable<number>, mostBytes: number): Generator<number, void> {
  for (const bytes of calls) {
    for (let left = bytes; left > 0; left -= mostBytes) yield Math.min(left, mostBytes);
  }
}
