import type { LoaderSettings } from '../loader-rule.js';
import type { FeedModel } from './feed-model.js';
import type { FeedDemand, Limiter, LimiterEvidence } from './prediction.js';
import { byteRate, type Ramp, type RampPoint, sampleRate } from './ramp.js';

/** An AU from which accelerators count as fully fed. */
const FED = 0.99;
/** A change of AU or of a rate that counts, as a share. */
const GAIN = 0.05;
const BUSY_PROCESSORS = 0.85;
const FULL_LINK = 0.9;

interface FoundLimiter {
  readonly kind: Limiter;
  readonly evidence: readonly LimiterEvidence[];
}

/**
 * Names what keeps `accelerators` accelerators from being fed better. The replay is asked what AU would be with each
 * suspect removed, and the measurement what was busy.
 */
export function findLimiter(
  model: FeedModel,
  demand: FeedDemand,
  accelerators: number,
  loader: LoaderSettings,
): FoundLimiter | null {
  const au = model.au(demand, accelerators, loader);
  if (au === null) return null;
  const evidence: LimiterEvidence[] = [share(`AU of ${accelerators * (model.ramp.ranks ?? 1)}`, au)];
  if (au >= FED) return { kind: 'accelerator', evidence };
  const without = model.auWithout(demand, accelerators, loader);
  evidence.push(
    share('AU if the storage took no time', without.storage),
    share('AU if the client took no time', without.client),
  );
  const byClient = without.client - au;
  const isClient = byClient > GAIN * au && byClient > without.storage - au;
  if (isClient && without.handOver - au > byClient / 2) return { kind: 'harness', evidence };
  const busy = processorShare(model.ramp);
  if (busy !== null) {
    evidence.push(share("client's processors busy at the best rate", busy));
    if (busy > BUSY_PROCESSORS) return { kind: 'client-cpu', evidence };
  }
  const more = model.au(demand, accelerators, { ...loader, workers: loader.workers * 2 });
  if (more !== null) {
    evidence.push(share(`AU with ${loader.workers * 2} workers`, more));
    if (more > au * (1 + GAIN)) return { kind: 'one-stream', evidence };
  }
  if (isClient) return { kind: 'client-cpu', evidence };
  evidence.push(...flatness(model.ramp));
  const link = linkUse(model.ramp);
  evidence.push(...link.evidence);
  return { kind: link.isFull ? 'network' : 'storage', evidence };
}

function share(what: string, value: number): LimiterEvidence {
  return { what, value, unit: 'share' };
}

function bestPoint(ramp: Ramp): RampPoint {
  return ramp.points.reduce((best, point) => (sampleRate(point) > sampleRate(best) ? point : best));
}

/** Share of the client's processors that was busy while the ramp read at its best rate; null if not known. */
function processorShare(ramp: Ramp): number | null {
  let cpuNs = 0;
  let durationNs = 0;
  for (const round of bestPoint(ramp).rounds) {
    if (round.cpuNs === null) return null;
    cpuNs += round.cpuNs;
    durationNs += round.durationNs;
  }
  return cpuNs / durationNs / ramp.client.cores;
}

/** Storage that is saturated serves no more with more readers, and each request takes the longer. */
function flatness({ points, ranks = 1 }: Ramp): LimiterEvidence[] {
  const [first, before, last] = [points[0], points.at(-2), points.at(-1)];
  if (first === undefined || before === undefined || last === undefined) return [];
  const gain = sampleRate(last) / sampleRate(before) - 1;
  const evidence = [share(`samples/s gained from ${before.readers * ranks} to ${last.readers * ranks} readers`, gain)];
  for (const point of [first, last]) {
    const times = point.rounds.flatMap(({ serverNs }) => (serverNs === null ? [] : [serverNs]));
    if (times.length === 0) continue;
    const value = times.reduce((sum, time) => sum + time, 0) / times.length;
    evidence.push({ what: `server's time for a request with ${point.readers * ranks} readers`, value, unit: 'ns' });
  }
  return evidence;
}

/** Compares the best rate with the link and with what all connections carry together. */
function linkUse(ramp: Ramp): { readonly isFull: boolean; readonly evidence: readonly LimiterEvidence[] } {
  if (ramp.network === null) return { isFull: false, evidence: [] };
  const { linkBytesPerSecond, connectionBytesPerSecond, connections } = ramp.network;
  const together = (connectionBytesPerSecond ?? Infinity) * (connections ?? 1);
  const most = Math.min(linkBytesPerSecond ?? Infinity, together);
  if (most === Infinity) return { isFull: false, evidence: [] };
  const use = byteRate(bestPoint(ramp)) / most;
  return { isFull: use >= FULL_LINK, evidence: [share("network's limit used at the best rate", use)] };
}
