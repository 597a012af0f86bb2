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
  let placed = 0;
  for (const part of partsIn(trial)) {
    const { latency } = part;
    if (!isObject(latency)) continue;
    for (const [kind, place] of Object.entries(latency)) {
      if (typeof place !== 'number') continue;
      latency[kind] = counts[place];
      placed++;
    }
  }
  return placed === counts.length;
}

/** Returns everything in a parsed line that has latencies. */
function partsIn(trial: unknown): Readonly<Record<string, unknown>>[] {
  if (!isObject(trial)) return [];
  const ranks = Array.isArray(trial['ranks']) ? trial['ranks'] : [];
  return [trial, ...ranks]
    .filter(isObject)
    .flatMap((part) => (isObject(part['beside']) ? [part, part['beside']] : [part]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
