import { READ, WRITE } from '../../plan/batch.js';
import type { Content } from '../content/buffers.js';
import { FIXED_FILE, OPCODE, offsetAt, SQE, SQE_WORDS } from './entry.js';
import type { UringBackend } from './uring-backend.js';

/**
 * The operations in flight. Place p owns submission entry p and buffer p of the content. An operation writes only its
 * own values into a prepared entry, and the entry is also the memory of the operation. Parallel typed arrays, indexed
 * by place, contain everything that entries do not. Nothing is allocated for an operation.
 */
export class Operations {
  /** Slot of the operation's file. */
  readonly file: Int32Array;
  /** Bytes moved so far by calls that ended early. */
  readonly doneBytes: Int32Array;
  readonly createdNs: Float64Array;
  /** -1 = not submitted yet. */
  readonly submittedNs: Float64Array;
  /** Number of free places. */
  freeCount: number;

  readonly #backend: UringBackend;
  readonly #content: Content;
  readonly #sqes: Int32Array;
  readonly #opcodes: Int32Array;
  /** By slot: the file's number in an entry. */
  readonly #files: Int32Array;
  /** Position of the operation's data in the content's memory. */
  readonly #bufferAt: Float64Array;
  readonly #generation: Int32Array;
  /** Stack of free places. */
  readonly #free: Int32Array;

  /** Registers the open files of the slots 0 … files-1 and, if requested, the buffers. */
  constructor(backend: UringBackend, content: Content, files: number, registerBuffers: boolean) {
    const { ring, iodepth } = backend;
    this.#backend = backend;
    this.#content = content;
    this.#sqes = ring.sqes;
    this.file = new Int32Array(iodepth);
    this.doneBytes = new Int32Array(iodepth);
    this.createdNs = new Float64Array(iodepth);
    this.submittedNs = new Float64Array(iodepth);
    this.#bufferAt = new Float64Array(iodepth);
    this.#generation = new Int32Array(iodepth);
    this.#free = Int32Array.from({ length: iodepth }, (_, i) => iodepth - 1 - i);
    this.freeCount = iodepth;
    backend.register(content, files, registerBuffers);
    const fixed = ring.registeredFiles ? FIXED_FILE : 0;
    this.#opcodes = new Int32Array(2);
    this.#opcodes[READ] = (ring.registeredBuffers ? OPCODE.readFixed : OPCODE.read) | fixed;
    this.#opcodes[WRITE] = (ring.registeredBuffers ? OPCODE.writeFixed : OPCODE.write) | fixed;
    this.#files = Int32Array.from({ length: files }, (_, slot) => (fixed === 0 ? backend.fdOf(slot) : slot));
    for (let place = 0; place < iodepth; place++) this.prepare(place);
  }

  /** Initialises a place's entry. Also needed after another use of the entry. */
  prepare(place: number): void {
    const at = this.#content.placeAt(place);
    this.#backend.beginEntry(place, OPCODE.nop, 0);
    this.#backend.pointTo(place, at);
    if (this.#backend.ring.registeredBuffers) this.#sqes[place * SQE_WORDS + SQE.buffer] = place;
    this.#bufferAt[place] = at;
  }

  /** Takes a free place for an operation and returns it. The caller sets its times. */
  begin(kind: number, slot: number, offsetBytes: number, lengthBytes: number, generation: number): number {
    const place = this.#free[--this.freeCount] as number;
    const entry = place * SQE_WORDS;
    this.#sqes[entry] = this.#opcodes[kind] as number;
    this.#sqes[entry + SQE.file] = this.#files[slot] as number;
    this.#backend.aim(place, offsetBytes, lengthBytes);
    this.file[place] = slot;
    this.doneBytes[place] = 0;
    this.#generation[place] = generation;
    this.submittedNs[place] = -1;
    return place;
  }

  release(place: number): void {
    // The rest of an operation that ended early was asked for behind what had come.
    if (this.doneBytes[place] !== 0) this.#backend.pointTo(place, this.#bufferAt[place] as number);
    this.#free[this.freeCount++] = place;
  }

  isRead(place: number): boolean {
    return this.#sqes[place * SQE_WORDS] === this.#opcodes[READ];
  }

  /** Returns the bytes that the entry requests: all that have not been moved yet. */
  askedBytes(place: number): number {
    return this.#sqes[place * SQE_WORDS + SQE.length] as number;
  }

  /** Returns the file offset at which the requested bytes start. */
  askedFromBytes(place: number): number {
    return offsetAt(this.#sqes, place);
  }

  /** Writes the operation's content into its buffer. */
  fill(place: number): void {
    const [slot, generation] = [this.file[place] as number, this.#generation[place] as number];
    const at = this.#content.fill(slot, this.askedFromBytes(place), this.askedBytes(place), generation, place);
    this.#bufferAt[place] = at;
    this.#backend.pointTo(place, at);
  }

  /** Compares the bytes read with their expected content. Throws `IoFault` when they differ. */
  check(place: number): void {
    const done = this.doneBytes[place] as number;
    const [slot, generation] = [this.file[place] as number, this.#generation[place] as number];
    this.#content.check(slot, this.askedFromBytes(place) - done, this.askedBytes(place) + done, generation, place);
  }

  /** Makes the entry request the rest, after a call that moved only `movedBytes`. */
  askForRest(place: number, movedBytes: number): void {
    const done = (this.doneBytes[place] as number) + movedBytes;
    this.doneBytes[place] = done;
    this.#backend.aim(place, this.askedFromBytes(place) + movedBytes, this.askedBytes(place) - movedBytes);
    this.#backend.pointTo(place, (this.#bufferAt[place] as number) + done);
  }
}
