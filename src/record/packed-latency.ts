/** Takes the latencies out of a line of `trials.jsonl` before it is parsed. They are most of a line. */
import { CountsScanner } from '../histogram/packed-counts.js';

const OPENING = '"latency":{';
/** The name of an operation and what comes before its list. */
const NAME = /"[a-z]+":/y;

export interface PackedLine {
  /** The line with the place in `counts` instead of each list. */
  readonly text: string;
  readonly counts: readonly Uint32Array[];
}

/**
 * Packs all latencies of a line: of the trial, of its ranks, and of the jobs beside them. Null if any of them is not written as
 * `encodeTrial` writes it. Quotes are escaped inside texts, so the quoted name is found only as a key.
 */
export function packLatencies(line: string): PackedLine | null {
  const scanner = new CountsScanner(line);
  const counts: Uint32Array[] = [];
  let text = '';
  let kept = 0;
  for (let at = line.indexOf(OPENING); at >= 0; at = line.indexOf(OPENING, at)) {
    at += OPENING.length;
    while (line[at] !== '}') {
      NAME.lastIndex = at;
      if (!NAME.test(line)) return null;
      const packed = scanner.packedAt(NAME.lastIndex);
      if (packed === null) return null;
      text += `${line.slice(kept, NAME.lastIndex)}${counts.length}`;
      counts.push(packed);
      kept = scanner.end;
      at = line[kept] === ',' ? kept + 1 : kept;
    }
  }
  return { text: text + line.slice(kept), counts };
}

/** Puts the counts into a parsed line, in place of their numbers. Returns false if not all of them have a place. */
export function unpackLatencies(trial: unknown, counts: readonly Uint32Array[]): boolean {
  if (!isObject(trial)) return counts.length === 0;
  const { ranks } = trial;
  let placed = unpackPart(trial, counts);
  if (Array.isArray(ranks)) for (const part of ranks) placed += unpackPart(part, counts);
  return placed === counts.length;
}

/** Returns how many lists a machine's part has, that of the job beside it included. */
function unpackPart(part: unknown, counts: readonly Uint32Array[]): number {
  if (!isObject(part)) return 0;
  const { latency, beside } = part;
  let placed = beside === undefined ? 0 : unpackPart(beside, counts);
  if (!isObject(latency)) return placed;
  for (const kind of Object.keys(latency)) {
    const place = latency[kind];
    if (typeof place !== 'number') continue;
    latency[kind] = counts[place];
    placed++;
  }
  return placed;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
