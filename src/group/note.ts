/**
 * What a rank writes for the others, in a file of its own that it overwrites in place. A reader may see a file that is
 * half written, so a note has a checksum.
 */
import type { ProcessIdentity } from '../host/files/marker.js';

/**
 * What a rank does. `here`: it came to the meeting. `read`: it has the texts of all. `failed`: it gave up.
 * `closed`: it left the group. Of rank 0 alone: `gathered` (the texts of all are in the summary), `go` (the meeting is over)
 * and `ended` (so is the group).
 */
export type Step = 'here' | 'read' | 'failed' | 'closed' | 'gathered' | 'go' | 'ended';

export interface RankNote {
  /** Names the process: another one of the same rank has another. */
  readonly nonce: string;
  /** The nonce of rank 0, once it is known; empty before. */
  readonly group: string;
  readonly rank: number;
  readonly size: number;
  readonly process: ProcessIdentity;
  /** Grows as long as the process runs. */
  readonly beat: number;
  /** The number of the last meeting that it came to. */
  readonly meeting: number;
  readonly name: string;
  readonly step: Step;
  /** Its text of the meeting, or the reason why it failed. */
  readonly text: string;
}

/** The texts of all ranks, which rank 0 writes into a file of its own. */
export interface Summary {
  readonly group: string;
  readonly meeting: number;
  /** Of every rank, so that each can see that it was meant. */
  readonly nonces: readonly string[];
  readonly texts: readonly string[];
}

const HEADER = /^feedrate (\d+) ([0-9a-f]{16})\n$/;
/** A header has this many characters, padded by spaces before its end. */
export const HEADER_BYTES = 64;

/** Returns a value as text with a header, which `decodeNote` reads. ASCII, so that characters are bytes. */
export function encodeNote(value: RankNote | Summary): string {
  const body = JSON.stringify(value).replace(/[\u0080-\uffff]/g, escaped);
  return `${header(body)}${body}`;
}

function header(body: string): string {
  return `${`feedrate ${body.length} ${checksum(body)}`.padEnd(HEADER_BYTES - 1)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Returns how many bytes a text takes that begins like this; 0: it is none. */
export function noteBytes(start: string): number {
  const [, bytes] = HEADER.exec(start.slice(0, HEADER_BYTES).replace(/ +\n$/, '\n')) ?? [];
  return bytes === undefined ? 0 : HEADER_BYTES + Number(bytes);
}

/** Returns the value in a text, or null for one that is not complete. What follows the value is ignored. */
export function decodeNote<T extends RankNote | Summary>(text: string): T | null {
  const bytes = noteBytes(text);
  if (bytes === 0 || text.length < bytes) return null;
  const body = text.slice(HEADER_BYTES, bytes);
  if (header(body) !== text.slice(0, HEADER_BYTES)) return null;
  return JSON.parse(body) as T;
}

/** Two FNV-1a hashes of 32 bits with different starts: enough to notice a text that is half old and half new. */
function checksum(text: string): string {
  let first = 0x811c9dc5;
  let second = 0x01234567;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x01000197);
  }
  return [first, second].map((hash) => (hash >>> 0).toString(16).padStart(8, '0')).join('');
}
