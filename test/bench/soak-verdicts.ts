/** What a soak is judged by: pure, so that a test can show each verdict fail. */

/** Each second of the run. */
export interface Sample {
  /** Since the start of the run. */
  readonly atSeconds: number;
  readonly rssBytes: number;
  /** Completed so far. */
  readonly ops: number;
}

export interface Verdict {
  readonly text: string;
  /** Null: this machine cannot tell. */
  readonly met: boolean | null;
}

/** Until then memory is still taken into use: at most a minute, in short runs a fifth of them. */
const WARM_UP_SECONDS = 60;
const WARM_UP_SHARE = 0.2;
/** Growth over the rest of the run, by the fitted line, as a share of what the line begins with. */
const GROWTH_ALLOWED = 0.05;

/** Slope and value at the first point of the least-squares line. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): { slope: number; start: number } {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = covariance / variance;
  return { slope, start: meanY + slope * ((points[0]?.[0] ?? Number.NaN) - meanX) };
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Growth that is meant. */
export interface Meant {
  /**
   * Set aside and taken into use only by and by: the new space of the workers' heaps. A short run sees it fill, a long
   * one does not grow beyond it.
   */
  readonly roomBytes: number;
  /** What the engine keeps of each second until the trial ends; of the whole run. */
  readonly keptBytes: number;
}

/** The memory of the process does not grow once it is warm, but for what is meant. */
export function rssVerdict(samples: readonly Sample[], { roomBytes, keptBytes }: Meant): Verdict {
  const seconds = samples.at(-1)?.atSeconds ?? 0;
  const warmUpSeconds = Math.min(WARM_UP_SECONDS, seconds * WARM_UP_SHARE);
  const warm = samples.filter(({ atSeconds }) => atSeconds >= warmUpSeconds);
  if (warm.length < 3) return { text: `RSS: ${warm.length} samples after the warm-up are too few`, met: null };
  const { slope, start } = fitLine(warm.map(({ atSeconds, rssBytes }) => [atSeconds, rssBytes] as const));
  const rest = seconds - warmUpSeconds;
  const kept = (keptBytes / seconds) * rest;
  const growth = slope * rest - kept;
  const percent = (growth / start) * 100;
  return {
    text:
      `RSS ${mib(start)} after ${warmUpSeconds.toFixed(0)} s, ${mib(slope * rest)} more over the rest of the run by least ` +
      `squares, ${mib(kept)} of it the series of seconds: ${percent.toFixed(1)} %, at most ${GROWTH_ALLOWED * 100} % allowed` +
      (roomBytes === 0 ? '' : `, or the ${mib(roomBytes)} of the heaps' new spaces`),
    met: growth <= Math.max(GROWTH_ALLOWED * start, roomBytes),
  };
}

/** Never do so many seconds in a row pass without the end of an operation. */
export function stallVerdict(samples: readonly Sample[], patienceSeconds = 1): Verdict {
  let still = 0;
  let inRow = 0;
  let mostInRow = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < samples.length; i++) {
    const [earlier, later] = [samples[i - 1] as Sample, samples[i] as Sample];
    fewest = Math.min(fewest, (later.ops - earlier.ops) / (later.atSeconds - earlier.atSeconds));
    inRow = later.ops === earlier.ops ? inRow + 1 : 0;
    mostInRow = Math.max(mostInRow, inRow);
    if (inRow > 0) still++;
  }
  const text = `${still} seconds without a completion; the slowest had ${fewest.toFixed(0)}/s`;
  return { text, met: mostInRow < patienceSeconds };
}

/** What one page fault reads at most: the kernel's default read-around. */
const FAULT_BYTES = 128 * 1024;

/**
 * Every byte that the kernel was asked for is counted here. A process reads its own program, too, when memory got short:
 * with page faults that needed I/O, as much more as they can have read is no request that was lost.
 */
export function issuedVerdict(countedBytes: number, issuedBytes: number | null, majorFaults: number): Verdict {
  const other = 'read_bytes of the process';
  if (issuedBytes === null || majorFaults === 0) return equalVerdict('bytes', countedBytes, issuedBytes, other);
  const more = issuedBytes - countedBytes;
  return {
    text:
      `bytes: ${countedBytes} counted here, ${issuedBytes} by ${other}: ${more} more, ` +
      `with ${majorFaults} page faults that read the program's own files`,
    met: more >= 0 && more <= majorFaults * FAULT_BYTES,
  };
}

/** Two counts of the same thing. */
export function equalVerdict(what: string, own: number, other: number | null, otherName: string): Verdict {
  if (other === null) return { text: `${what}: ${own}; ${otherName} cannot be read here`, met: null };
  return { text: `${what}: ${own} counted here, ${other} by ${otherName}`, met: own === other };
}
