/** Ramps of storage whose behaviour is known. */
import type { Ramp } from '../../../src/training/predict/ramp.js';

export const FREE_CLIENT = { perSampleNs: 0, perBatchNs: 0, perHandOverNs: 0, cores: Infinity, source: 'test' };

/** What a made ramp is of; latencies default to those that are all the same. */
export interface MadeRamp {
  readonly readers: readonly number[];
  /** Samples per second with k readers. */
  readonly rate: (readers: number) => number;
  /** Work of a sample, 1 on average. */
  readonly work?: (readers: number) => number;
  readonly recordBytes?: number;
  readonly rounds?: number;
  /** Factor on the rate of each round. */
  readonly roundFactor?: (round: number) => number;
  readonly samplesPerReader?: number;
  readonly client?: Partial<Ramp['client']>;
}

export function madeRamp(made: MadeRamp): Ramp {
  const { recordBytes = 1e6, rounds = 1, roundFactor = () => 1, samplesPerReader = 8, work = () => 1 } = made;
  return {
    format: 'npz',
    reader: 'format',
    recordBytes,
    recordStdevBytes: 0,
    cache: 'cold',
    points: made.readers.map((readers) => ({
      readers,
      rounds: Array.from({ length: rounds }, (_, round) => {
        const rate = made.rate(readers) * roundFactor(round);
        const samples = readers * samplesPerReader;
        const meanNs = (readers * 1e9) / rate;
        return {
          samples,
          durationNs: (samples / rate) * 1e9,
          bytes: samples * recordBytes,
          latencies: Array.from({ length: readers }, () =>
            Array.from({ length: samplesPerReader }, () => meanNs * work(readers)),
          ),
          cpuNs: null,
          serverNs: null,
        };
      }),
    })),
    client: { ...FREE_CLIENT, ...made.client },
    network: null,
  };
}
