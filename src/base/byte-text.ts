/**
 * Names of files as text. The system's names are bytes, mostly UTF-8. A byte that is no UTF-8 becomes a lone surrogate,
 * U+DC80 to U+DCFF, as in Python's `surrogateescape` (PEP 383), and that becomes the same byte again.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const ESCAPE = 0xdc00;
/** A surrogate that stands for a byte: with the flag `u`, pairs are other characters. */
const ESCAPED = /[\udc80-\udcff]/u;

/** Returns whether text contains bytes that are no UTF-8. */
export function hasBytes(text: string): boolean {
  return ESCAPED.test(text);
}

/** Returns bytes as text. `bytesOf` returns the same bytes. */
export function textOf(bytes: Uint8Array): string {
  // TextDecoder does not accept shared memory.
  const own = bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes;
  try {
    return strict.decode(own);
  } catch {
    return mixedText(own);
  }
}

/** Bytes of which each thread may have the text as well. */
const MOST_TEXT_BYTES = 16 * 2 ** 20;

/**
 * Returns what reads parts of these bytes, which must not change, as `textOf` does. Where all are ASCII, and not too many, it
 * takes a twentieth of the time.
 */
export function partsOf(bytes: Uint8Array): (start: number, end: number) => string {
  const text = bytes.length > MOST_TEXT_BYTES ? '' : textOf(bytes);
  // A character that has several bytes makes the text shorter.
  if (text.length === bytes.length) return (start, end) => text.slice(start, end);
  return (start, end) => textOf(bytes.subarray(start, end));
}

/** Returns text as bytes. */
export function bytesOf(text: string): Uint8Array {
  if (!hasBytes(text)) return encoder.encode(text);
  const parts = text.split(/([\udc80-\udcff])/u);
  const encoded = parts.map((part, i) =>
    i % 2 === 1 ? Uint8Array.of(part.charCodeAt(0) - ESCAPE) : encoder.encode(part),
  );
  const whole = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of encoded) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Decodes the longest parts that are UTF-8, and escapes the bytes between them. */
function mixedText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterBytes(bytes, at);
    text +=
      length === 0
        ? String.fromCharCode(ESCAPE + (bytes[at] as number))
        : strict.decode(bytes.subarray(at, at + length));
    at += Math.max(1, length);
  }
  return text;
}

/** Returns the bytes of the character at a place, or 0 when there is none. */
function characterBytes(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}
