/** The answer of `feedrate feed` for all ranks of a group, made from what each of them has. */
import { mean } from 'simple-statistics';
import { grouped } from '../base/grouped.js';
import { rankText } from '../base/rank-text.js';
import { emulationJobName } from '../plan/feed-workload.js';
import type { FeedInterval, FeedRecord } from '../record/feed-record.js';
import { recordsOf } from '../record/merge-ranks.js';
import type { TrialRecord } from '../record/trial-record.js';
import { emulatedTrialsOf } from '../stats/feed-trials.js';

/** A rank whose accelerators are fed this much worse than those of all ranks is named. */
const APART = 0.05;

/** Returns the answer with the readers and accelerators of all ranks, each of which has as many as in `record`. */
export function feedOfRanks(record: FeedRecord, ranks: number, hosts: number): FeedRecord {
  if (ranks === 1) return record;
  const { accelerators, whole, ramp, predicted, emulated, whatIf } = record;
  return {
    ...record,
    group: { ranks, hosts },
    accelerators: times(accelerators, ranks),
    whole: whole * ranks,
    ramp: ramp.map((step) => ({
      ...step,
      readers: step.readers * ranks,
      samplesPerSecond: step.samplesPerSecond * ranks,
      bytesPerSecond: step.bytesPerSecond * ranks,
    })),
    predicted: predicted.map((each) => ({
      ...each,
      accelerators: each.accelerators * ranks,
      samplesPerSecond: each.samplesPerSecond * ranks,
    })),
    emulated: emulated.map((each) => ({ ...each, accelerators: each.accelerators * ranks })),
    whatIf: whatIf.map((other) => ({
      ...other,
      accelerators: other.accelerators && times(other.accelerators, ranks),
      whole: other.whole === null ? null : other.whole * ranks,
    })),
  };
}

function times({ low, estimate, high }: FeedInterval, ranks: number): FeedInterval {
  return {
    low: low === null ? null : low * ranks,
    estimate: estimate * ranks,
    high: high === null ? null : high * ranks,
  };
}

/**
 * Returns a note that names the rank whose accelerators were fed worst, if that is much worse than the mean of all ranks: all
 * wait for it.
 * @param accelerators of each rank, in the emulation that is looked at
 */
export function unevenNotes(trials: readonly TrialRecord[], accelerators: number): string[] {
  const job = emulationJobName(accelerators);
  const auOf = (each: readonly TrialRecord[]): number => {
    const { au } = emulatedTrialsOf(each, job);
    return au.length === 0 ? Number.NaN : mean(au);
  };
  const records = trials.filter((trial) => trial.job === job).flatMap(recordsOf);
  const ranks = [...grouped(records, ({ rank }) => rank)].map(([rank, own]) => ({
    rank,
    host: own[0]?.host,
    au: auOf(own),
  }));
  const [worst] = ranks.toSorted((a, b) => a.au - b.au);
  if (worst === undefined) return [];
  const all = mean(ranks.map(({ au }) => au));
  if (!(worst.au < all * (1 - APART))) return [];
  const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
  const who = rankText(worst.rank, worst.host);
  return [
    `the ranks are not fed alike: the AU of ${who} is ${percent(worst.au)}, and the mean of all ranks is ${percent(all)}`,
  ];
}
