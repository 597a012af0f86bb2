import { ByteWriter } from './byte-writer.js';

const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
const LIST_SIZE_BITS = 15;

/** Numbers of either sign alternate, so that small ones take few bytes. Those here are not negative. */
const zigzag = (value: number): number => value * 2;

/** A structure in Thrift's compact protocol. Fields are added in the order of their numbers. */
export class ThriftStruct {
  readonly #out = new ByteWriter();
  #last = 0;

  /** Returns the structure with its end. */
  get bytes(): Uint8Array {
    return new ByteWriter().add(this.#out.bytes).u8(0).bytes;
  }

  i32(field: number, value: number): this {
    this.#begin(field, I32).varint(zigzag(value));
    return this;
  }

  i64(field: number, value: number): this {
    this.#begin(field, I64).varint(zigzag(value));
    return this;
  }

  text(field: number, text: string): this {
    this.#begin(field, BINARY).varint(text.length).text(text);
    return this;
  }

  struct(field: number, struct: ThriftStruct): this {
    this.#begin(field, STRUCT).add(struct.bytes);
    return this;
  }

  structs(field: number, structs: readonly ThriftStruct[]): this {
    const out = this.#list(field, STRUCT, structs.length);
    for (const { bytes } of structs) out.add(bytes);
    return this;
  }

  numbers(field: number, values: readonly number[]): this {
    const out = this.#list(field, I32, values.length);
    for (const value of values) out.varint(zigzag(value));
    return this;
  }

  texts(field: number, texts: readonly string[]): this {
    const out = this.#list(field, BINARY, texts.length);
    for (const text of texts) out.varint(text.length).text(text);
    return this;
  }

  #begin(field: number, type: number): ByteWriter {
    this.#out.u8((field - this.#last) * 16 + type);
    this.#last = field;
    return this.#out;
  }

  #list(field: number, type: number, count: number): ByteWriter {
    const out = this.#begin(field, LIST);
    return count < LIST_SIZE_BITS ? out.u8(count * 16 + type) : out.u8(LIST_SIZE_BITS * 16 + type).varint(count);
  }
}
