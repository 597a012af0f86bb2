/** Parses a line of `trials.jsonl`, or the parts of it that a reader needs. */
import { JsonReader } from './json-reader.js';
import { packLatencies, unpackLatencies } from './packed-latency.js';

/** Long parts of a trial that many readers do not need. */
export type TrialPart = 'latency' | 'series';

/** The opening and closing text of each part. Neither part is nested in itself. */
const PARTS: Readonly<Record<TrialPart, readonly [string, string]>> = {
  latency: ['"latency":{', '}'],
  series: ['"series":[', ']'],
};

/** How the long parts of trials are read. */
export interface TrialReading {
  /** Parts that are skipped and returned empty. Without both, reading takes a third of the time. */
  readonly omitted?: readonly TrialPart[] | undefined;
  /**
   * Whether latencies are returned as `Uint32Array`s, in less than half of the time and memory. Only for records that are not
   * written again: `JSON.stringify` writes them as objects.
   */
  readonly isPacked?: boolean;
}

/** Returns the parsed line. Throws as `JsonReader.parse` does. */
export function readLine(line: string, where: string, { omitted = [], isPacked = false }: TrialReading): JsonReader {
  const kept = omitted.reduce(withoutPart, line);
  return (isPacked ? readPacked(kept, where) : null) ?? JsonReader.parse(kept, where);
}

/** Returns null if the latencies cannot be packed, and for a damaged line, whose message is about the whole line. */
function readPacked(line: string, where: string): JsonReader | null {
  const packed = packLatencies(line);
  if (packed === null) return null;
  try {
    const trial: unknown = JSON.parse(packed.text);
    return unpackLatencies(trial, packed.counts) ? new JsonReader(trial, where) : null;
  } catch {
    return null;
  }
}

/**
 * Returns the line without that part of the trial and of its ranks. Quotes are escaped inside texts, so the quoted name
 * is found only as a key.
 */
function withoutPart(line: string, part: TrialPart): string {
  const [opening, closing] = PARTS[part];
  let kept = '';
  let end = 0;
  for (;;) {
    const from = line.indexOf(opening, end);
    const to = from < 0 ? -1 : line.indexOf(closing, from);
    if (to < 0) return kept + line.slice(end);
    kept += line.slice(end, from + opening.length);
    end = to;
  }
}
