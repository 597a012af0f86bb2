/** Reads the lines of strace's output, in its usual forms. */

/** The parts of a line. */
export interface StraceLine {
  /** Null: the line has none, as without -f and in the files of -ff. */
  readonly pid: number | null;
  /** Its time, ns; null without -t, -tt, -ttt or -r. */
  readonly atNs: number | null;
  readonly body: string;
}

const PID = /^(?:\[pid\s+(\d{1,10})\] |(\d{1,10})\s+(?=\D|\d+[.:]))/;
const CLOCK = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?\s+/;
const EPOCH = /^(\d{8,11})(?:\.(\d{1,9}))?\s+/;
const SINCE = /^\s*\+?(\d{1,6}\.\d{1,9})\s+/;
const DAY_NS = 86_400e9;

/** Reads the beginnings of lines. Times of day go on after midnight, and those of -r are added up. */
export class StraceClock {
  #baseSeconds: number | null = null;
  #days = 0;
  #lastOfDayNs = 0;
  #sumNs = 0;

  /** Returns the parts of a line. */
  read(line: string): StraceLine {
    const [prefix = '', inBrackets, plain] = PID.exec(line) ?? [];
    const pid = prefix === '' ? null : Number(inBrackets ?? plain);
    const rest = line.slice(prefix.length);
    const epoch = EPOCH.exec(rest);
    if (epoch !== null) return { pid, atNs: this.#sinceBase(epoch), body: rest.slice(epoch[0].length) };
    const clock = CLOCK.exec(rest);
    if (clock !== null) return { pid, atNs: this.#ofDay(clock), body: rest.slice(clock[0].length) };
    const since = SINCE.exec(rest);
    if (since === null) return { pid, atNs: null, body: rest };
    this.#sumNs += Number(since[1]) * 1e9;
    return { pid, atNs: this.#sumNs, body: rest.slice(since[0].length) };
  }

  /** Nanoseconds since 1970 are not exact in a number, so the seconds of the first line are subtracted. */
  #sinceBase([, seconds = '', fraction = '']: RegExpExecArray): number {
    this.#baseSeconds ??= Number(seconds);
    return (Number(seconds) - this.#baseSeconds) * 1e9 + fractionNs(fraction);
  }

  #ofDay([, hours, minutes, seconds, fraction = '']: RegExpExecArray): number {
    const ofDay = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e9 + fractionNs(fraction);
    if (ofDay < this.#lastOfDayNs - DAY_NS / 2) this.#days++;
    this.#lastOfDayNs = ofDay;
    return this.#days * DAY_NS + ofDay;
  }
}

function fractionNs(digits: string): number {
  return Number(digits.padEnd(9, '0'));
}

/** A call with its arguments as strace wrote them. */
export interface StraceCall {
  readonly name: string;
  readonly args: readonly string[];
  /** What it returned; -1 for an error, NaN when strace did not see it. */
  readonly result: number;
  /** What follows the number: a path in `<>`, or the name of an error. */
  readonly note: string;
  /** Time in the call, ns; null without -T. */
  readonly tookNs: number | null;
}

const NAME = /^([a-z][a-z0-9_]*)\(/;
const RESULT = /^\s*=\s*(-?\d+|0x[0-9a-f]+|\?)\s*(.*?)(?:\s*<(\d+\.\d+)>)?\s*$/;

/** Returns the name of the call that a text begins with, or null. */
export function callName(text: string): string | null {
  return NAME.exec(text)?.[1] ?? null;
}

/** Returns a complete call, or null when the text is none or is cut off. */
export function readCall(text: string): StraceCall | null {
  const name = callName(text);
  if (name === null) return null;
  const args: string[] = [];
  const end = splitArguments(text, name.length + 1, args);
  if (end < 0) return null;
  const [, number, note = '', took] = RESULT.exec(text.slice(end + 1)) ?? [];
  if (number === undefined) return null;
  const result = number === '?' ? Number.NaN : Number(number);
  return { name, args, result, note, tookNs: took === undefined ? null : Math.round(Number(took) * 1e9) };
}

/** Splits arguments at the commas outside of brackets and strings. Returns the place of the closing one, or -1. */
function splitArguments(text: string, from: number, args: string[]): number {
  let depth = 0;
  let start = from;
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') {
      at = endOfString(text, at);
      if (at < 0) return -1;
    } else if (character === '<') {
      // strace writes `<` and `>` in a path as octal numbers.
      const end = text.indexOf('>', at);
      if (end < 0) return -1;
      // An anonymous inode and a socket have brackets of their own in it: anon_inode:[eventfd], UNIX:[1->2].
      at = text[end - 1] === '-' ? text.indexOf('>', end + 1) : end;
      if (at < 0) return -1;
    } else if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' && depth === 0) {
      const last = text.slice(start, at).trim();
      if (last !== '' || args.length > 0) args.push(last);
      return at;
    } else if (character === ')' || character === ']' || character === '}') depth--;
    else if (character === ',' && depth === 0) {
      args.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return -1;
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, '"': 34, '\\': 92 };

/** Returns the bytes of a text with C's escapes, as strace writes names. */
export function unescaped(text: string): Uint8Array {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\\', at);
    const plain = next < 0 ? text.slice(at) : text.slice(at, next);
    for (const byte of encoder.encode(plain)) bytes.push(byte);
    if (next < 0) break;
    const [octal] = /^[0-7]{1,3}/.exec(text.slice(next + 1)) ?? [];
    const [, hex] = /^x([0-9a-f]{2})/.exec(text.slice(next + 1)) ?? [];
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(ESCAPES[text[next + 1] ?? ''] ?? 63);
    at = next + 1 + (octal?.length ?? (hex === undefined ? 1 : 3));
  }
  return Uint8Array.from(bytes);
}
