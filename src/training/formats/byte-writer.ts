/** Collects the bytes of a header. Numbers are little-endian. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param roomBytes for what is expected. It grows when there is more. */
  constructor(roomBytes = 64) {
    this.#bytes = new Uint8Array(roomBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** Returns what was written so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value & 255).u8(value >>> 8);
  }

  u32(value: number): this {
    const at = this.#grow(4);
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = value >>> (8 * i);
    return this;
  }

  /** @param value below 2^53 */
  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  /** Seven bits a byte, the lowest first, as in Protocol Buffers and Thrift. @param value below 2^53 */
  varint(value: number): this {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.u8((rest % 128) + 128);
    return this.u8(rest);
  }

  /** @param text ASCII */
  text(text: string): this {
    const at = this.#grow(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
    return this;
  }

  add(bytes: ArrayLike<number>): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  fill(count: number, value = 0): this {
    const at = this.#grow(count);
    this.#bytes.fill(value, at, at + count);
    return this;
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(this.#length)));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}
