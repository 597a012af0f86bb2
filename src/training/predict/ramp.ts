import { FeedrateError } from '../../base/errors.js';
import { type Histogram, totalCount } from '../../histogram/histogram.js';
import type { CacheClaim } from '../../workload/workload.js';

/** One pass over the ramp at one number of readers. Each reader reads whole samples, one after another, without a pause. */
export interface RampRound {
  /** Samples that all readers together read, and the time in which all of them were busy. */
  readonly samples: number;
  readonly durationNs: number;
  /** Content of these samples. */
  readonly bytes: number;
  /**
   * Time of each read of one sample, ns: per reader in their order, or as a histogram. Give the order where you can:
   * stalls come in groups, and a histogram cannot tell.
   */
  readonly latencies: readonly ArrayLike<number>[] | Histogram;
  /** CPU time of the client in that time, ns; null if not known. */
  readonly cpuNs: number | null;
  /** Mean time that the server took for one request, ns; null if not known. */
  readonly serverNs: number | null;
}

/** What was measured at one number of readers. Round i of every point belongs to the same pass over the ramp. */
export interface RampPoint {
  readonly readers: number;
  readonly rounds: readonly RampRound[];
}

/** What the client itself takes, on top of reading. All are assumptions of a prediction and are reported with it. */
export interface ClientCost {
  /** A worker's CPU time for one sample after it was read (decoding, checksum, copies), ns. */
  readonly perSampleNs: number;
  /** A worker's CPU time for one batch (collating, sending), ns. */
  readonly perBatchNs: number;
  /** The training process's own time to take over one batch, ns. Every step waits for it. */
  readonly perHandOverNs: number;
  /**
   * A worker's CPU time for reading one sample, ns. The measured times of samples have it in them, so a replay does not add it.
   * Absent: not known.
   */
  readonly perReadNs?: number;
  /** Processors of the client that workers share. */
  readonly cores: number;
  /** How the costs were measured, for the report: `feedrate on the null engine`. */
  readonly source: string;
}

/** The network between client and storage; null for what is not known. */
export interface RampNetwork {
  readonly linkBytesPerSecond: number | null;
  /** Most bytes per second of one connection, and how many connections the mount has. */
  readonly connectionBytesPerSecond: number | null;
  readonly connections: number | null;
}

/**
 * A mount, measured at several numbers of readers with samples of one kind. If the ranks of a group measured it together, this
 * is what each of them has while all others do the same.
 */
export interface Ramp {
  /** The format of the files and the reader that read them, such as `npz` and `format`. */
  readonly format: string;
  readonly reader: string;
  /** Bytes of a sample: mean and standard deviation. */
  readonly recordBytes: number;
  readonly recordStdevBytes: number;
  readonly cache: CacheClaim;
  /** In ascending order of readers, the first with one reader. */
  readonly points: readonly RampPoint[];
  readonly client: ClientCost;
  readonly network: RampNetwork | null;
  /** Ranks that measured at the same time. Texts count what all of them have. Default: 1. */
  readonly ranks?: number;
}

/** Returns the samples per second of a point. */
export function sampleRate(point: RampPoint): number {
  const samples = total(point, (round) => round.samples);
  return (samples * 1e9) / total(point, (round) => round.durationNs);
}

/** Returns the bytes per second of a point. */
export function byteRate(point: RampPoint): number {
  return (total(point, (round) => round.bytes) * 1e9) / total(point, (round) => round.durationNs);
}

/** Returns the most readers that the ramp measured. */
export function mostReaders(ramp: Ramp): number {
  return (ramp.points.at(-1) as RampPoint).readers;
}

/** Throws FeedrateError `measurement` unless every point of the ramp can be used. */
export function checkRamp(ramp: Ramp): void {
  const refuse = (what: string) => {
    throw new FeedrateError('measurement', `nothing can be predicted from this ramp: ${what}`);
  };
  if (ramp.points[0]?.readers !== 1) refuse('its first point does not have one reader');
  ramp.points.forEach(({ readers, rounds }, at) => {
    const before = ramp.points[at - 1]?.readers ?? 0;
    if (!(readers > before)) refuse(`${readers} readers come after ${before}`);
    if (rounds.length === 0) refuse(`there is no round with ${readers} readers`);
    for (const round of rounds) {
      if (!(round.samples > 0 && round.durationNs > 0)) refuse(`a round with ${readers} readers read no sample`);
      if (!hasLatency(round.latencies)) refuse(`a round with ${readers} readers has no latency`);
    }
  });
}

function hasLatency(latencies: RampRound['latencies']): boolean {
  return 'counts' in latencies ? totalCount(latencies) > 0 : latencies.some(({ length }) => length > 0);
}

function total(point: RampPoint, value: (round: RampRound) => number): number {
  return point.rounds.reduce((sum, round) => sum + value(round), 0);
}
