/**
 * What the entries in the ring do not tell about the operations in flight, a place each: parallel typed arrays, indexed
 * by place. Nothing is allocated for an operation.
 */
export class Operations {
  /** Slot of the file. */
  readonly file: Int32Array;
  /** Moved so far, by calls that ended early. */
  readonly doneBytes: Int32Array;
  /** Where its data is in the content's memory. */
  readonly bufferAt: Float64Array;
  readonly generation: Int32Array;
  readonly createdNs: Float64Array;
  /** -1 = not yet. */
  readonly submittedNs: Float64Array;
  /** A stack of the places that are free. */
  readonly free: Int32Array;
  freeCount: number;

  constructor(places: number) {
    this.file = new Int32Array(places);
    this.doneBytes = new Int32Array(places);
    this.bufferAt = new Float64Array(places);
    this.generation = new Int32Array(places);
    this.createdNs = new Float64Array(places);
    this.submittedNs = new Float64Array(places);
    this.free = Int32Array.from({ length: places }, (_, i) => places - 1 - i);
    this.freeCount = places;
  }

  release(place: number): void {
    this.free[this.freeCount++] = place;
  }
}
