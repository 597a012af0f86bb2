/** Apache Thrift's compact protocol, as far as the footer of Parquet files needs it. */

/** A struct: its fields by their numbers. */
export type ThriftFields = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Uint8Array | ThriftFields | readonly ThriftValue[];

/** Types in a header of a field or of a list. */
const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, , STRUCT] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const [LONG_LIST, MOST_SHIFT, DOUBLE_BYTES, MOST_DEPTH] = [15, 9, 8, 16];

/** Thrown for bytes that are not of the protocol. */
export class ThriftError extends Error {}

/** Reads values from bytes. Everything throws `ThriftError` at their end. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(depth = 0): ThriftFields {
    if (depth > MOST_DEPTH) throw new ThriftError('structs are nested too deeply');
    const fields = new Map<number, ThriftValue>();
    for (let id = 0; ; ) {
      const header = this.#byte();
      if (header === 0) return fields;
      const delta = header >> 4;
      id = delta === 0 ? this.#zigzag() : id + delta;
      fields.set(id, this.#value(header & 15, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    if (type === TRUE || type === FALSE) return type === TRUE;
    if (type === BYTE) return this.#byte();
    if (type === I16 || type === I32 || type === I64) return this.#zigzag();
    if (type === DOUBLE) return this.#binary(DOUBLE_BYTES);
    if (type === BINARY) return this.#binary(this.#varint());
    if (type === LIST || type === SET) return this.#list(depth);
    if (type === STRUCT) return this.struct(depth + 1);
    throw new ThriftError(`type ${type} is unknown`);
  }

  #list(depth: number): ThriftValue[] {
    const header = this.#byte();
    const size = header >> 4 === LONG_LIST ? this.#varint() : header >> 4;
    // Each element has at least a byte.
    if (size > this.#bytes.length - this.#at) throw new ThriftError('a list is longer than the bytes');
    const type = header & 15;
    // Elements have a byte even for what is in the header of a field.
    const isFlag = type === TRUE || type === FALSE;
    return Array.from({ length: size }, () => (isFlag ? this.#byte() === TRUE : this.#value(type, depth + 1)));
  }

  #binary(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new ThriftError('a value is longer than the bytes');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(): number {
    let value = 0;
    for (let place = 0; place <= MOST_SHIFT; place++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) return value;
    }
    throw new ThriftError('a number is too long');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new ThriftError('the bytes end');
    return byte;
  }
}
