/** The stop flag and the progress of a layout. The coordinating thread and the threads that write share them. */
const STOP = 0;
const FILES = 0;
const BYTES = 1;
const FLAG_BYTES = 8;

export class LayoutCounters {
  readonly memory: SharedArrayBuffer;
  readonly #flags: Int32Array;
  readonly #counts: BigInt64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(FLAG_BYTES + 16)) {
    this.memory = memory;
    this.#flags = new Int32Array(memory, 0, 1);
    this.#counts = new BigInt64Array(memory, FLAG_BYTES, 2);
  }

  requestStop(): void {
    Atomics.store(this.#flags, STOP, 1);
  }

  get isStopped(): boolean {
    return Atomics.load(this.#flags, STOP) !== 0;
  }

  add(files: number, bytes: number): void {
    if (files > 0) Atomics.add(this.#counts, FILES, BigInt(files));
    if (bytes > 0) Atomics.add(this.#counts, BYTES, BigInt(bytes));
  }

  get files(): number {
    return Number(Atomics.load(this.#counts, FILES));
  }

  get bytes(): number {
    return Number(Atomics.load(this.#counts, BYTES));
  }
}
