import type { TrialRecord } from '../record/trial-record.js';
import type { CachePreparation } from './cache.js';
import type { Moved } from './cache-origin.js';
import { judgeCache } from './cache-verdict.js';

/**
 * Returns the verdict on the cache claim. That of a training is about the first time that its samples are read: readers read some
 * bytes twice, and later epochs read the same files again.
 */
export function judgeTrial(
  claim: TrialRecord['cache']['claim'],
  preparation: CachePreparation | null,
  window: TrialRecord['window'],
  moved: Moved | null,
  training: TrialRecord['training'],
  besideReadBytes: number,
): TrialRecord['cache'] {
  const whole = judgeCache(claim, preparation, window, moved, besideReadBytes);
  const firstBytes = training?.epochs[0]?.sampleBytes ?? window.totalReadBytes;
  if (firstBytes >= window.totalReadBytes) return whole;
  const first = { ...window, totalReadBytes: firstBytes };
  const { verdict, detail } = judgeCache(claim, preparation, first, moved, besideReadBytes);
  return { ...whole, verdict, detail };
}
