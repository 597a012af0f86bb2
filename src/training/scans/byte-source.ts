import { FeedrateError } from '../../base/errors.js';

/** A file of the user's whose structure is looked at. */
export interface ByteSource {
  /** For messages. */
  readonly path: string;
  readonly bytes: number;
  /** Returns bytes of the file: fewer at its end. The array is valid until the next call. */
  read(offsetBytes: number, lengthBytes: number): Uint8Array;
  /** Returns the file beside it whose name ends differently, such as an index. Throws when it is missing. */
  beside(extension: string): ByteSource;
}

/** Little-endian numbers at a place in a file. Every method throws when the file ends before it. */
export class BytesAt {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Returns a part of it, with places that count from its start. */
  part(at: number, lengthBytes: number): BytesAt {
    return new BytesAt(this.bytes.subarray(at, at + lengthBytes));
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** Infinity for what is no safe integer, which no file is long enough for. */
  u64(at: number): number {
    const value = this.#view.getBigUint64(at, true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }

  text(at: number, lengthBytes: number): string {
    let text = '';
    for (const byte of this.bytes.subarray(at, at + lengthBytes)) text += String.fromCharCode(byte);
    return text;
  }
}

/** Returns all `lengthBytes` at a place. Throws when the file ends before. */
export function bytesAt(source: ByteSource, offsetBytes: number, lengthBytes: number, what: string): BytesAt {
  if (!(offsetBytes >= 0 && lengthBytes >= 0 && offsetBytes + lengthBytes <= source.bytes))
    throw damaged(source, `${what} would be at byte ${offsetBytes}, but the file ends at ${source.bytes}`);
  const bytes = source.read(offsetBytes, lengthBytes);
  if (bytes.length < lengthBytes) throw damaged(source, `the file ended while ${what} was read`);
  return new BytesAt(bytes);
}

/** The advice on a file that no other choice of the format makes whole. */
const AGAIN = 'copy the file again, or leave it out with dataset.exclude';

/** Returns the error for a file that is not what its format says. A reason without an advice gets that on damaged files. */
export function damaged({ path }: ByteSource, why: string): FeedrateError {
  return new FeedrateError('target', `${path}: ${why}${why.includes('; ') ? '' : `; ${AGAIN}`}`);
}
