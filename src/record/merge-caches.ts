/** Merges the cache evidence of several machines in one trial. */
import { ranksText } from './ranks-text.js';
import type { CacheEvidence, RankPart } from './trial-record.js';

/** Verdicts on a cache claim, worst first. The worst one applies to all machines together. */
export const VERDICTS_FROM_WORST: readonly CacheEvidence['verdict'][] = ['contradicted', 'unproven', 'none', 'proven'];

/**
 * Returns the worst verdict, with the detail of the lowest rank that has it. Bytes are summed, or null if one rank does
 * not know them. `parts` must be sorted by rank and not empty.
 */
export function mergeCaches(parts: readonly Pick<RankPart, 'rank' | 'cache'>[]): CacheEvidence {
  const caches = parts.map(({ cache }) => cache);
  const first = caches[0] as CacheEvidence;
  const verdict = VERDICTS_FROM_WORST.find((each) => caches.some((cache) => cache.verdict === each)) ?? first.verdict;
  const { rank, cache } = parts.find((part) => part.cache.verdict === verdict) as (typeof parts)[number];
  const devices = new Set(caches.map(({ blockDevice }) => blockDevice));
  const evictions = new Set(caches.map(({ evictedBy }) => evictedBy).filter((way) => way !== null));
  const sources = new Set(caches.map(({ residencySource }) => residencySource));
  const observed = observedTogether(caches);
  const servers = caches.map(({ serverCache }) => serverCache);
  const server = servers.find((state) => state === 'unknown') ?? servers.find((state) => state !== undefined);
  return {
    claim: first.claim,
    verdict,
    detail: verdict === 'none' ? cache.detail : `${cache.detail} (${ranksText([rank])})`,
    ...(observed !== undefined && { observed }),
    ...(server !== undefined && { serverCache: server }),
    ...(caches.every(({ othersReadBytes }) => othersReadBytes !== undefined) && {
      othersReadBytes: sumOrNull(caches, ({ othersReadBytes }) => othersReadBytes ?? null),
    }),
    residentBytesBefore: sumOrNull(caches, ({ residentBytesBefore }) => residentBytesBefore),
    fileBytes: caches.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
    residencySource: sources.size === 1 ? first.residencySource : null,
    evictedBy: evictions.size === 0 ? null : [...evictions].join('+'),
    applicationReadBytes: caches.reduce((sum, { applicationReadBytes }) => sum + applicationReadBytes, 0),
    applicationWriteBytes: caches.reduce((sum, { applicationWriteBytes }) => sum + applicationWriteBytes, 0),
    processDeviceReadBytes: sumOrNull(caches, ({ processDeviceReadBytes }) => processDeviceReadBytes),
    processDeviceWriteBytes: sumOrNull(caches, ({ processDeviceWriteBytes }) => processDeviceWriteBytes),
    blockDevice: devices.size === 1 ? first.blockDevice : null,
    blockReadBytes: sumOrNull(caches, ({ blockReadBytes }) => blockReadBytes),
    blockWriteBytes: sumOrNull(caches, ({ blockWriteBytes }) => blockWriteBytes),
    ...(caches.every(({ wireReceivedBytes }) => wireReceivedBytes !== undefined) && {
      wireReceivedBytes: sumOrNull(caches, ({ wireReceivedBytes }) => wireReceivedBytes ?? null),
      wireSentBytes: sumOrNull(caches, ({ wireSentBytes }) => wireSentBytes ?? null),
    }),
  };
}

/** `mixed` if the ranks differ; null if one of them is unknown; undefined if one did not record it. */
function observedTogether(caches: readonly CacheEvidence[]): CacheEvidence['observed'] {
  const seen = new Set(caches.map(({ observed }) => observed));
  if (seen.has(undefined)) return undefined;
  if (seen.has(null)) return null;
  return seen.size === 1 ? caches[0]?.observed : 'mixed';
}

function sumOrNull(caches: readonly CacheEvidence[], pick: (cache: CacheEvidence) => number | null): number | null {
  return caches.reduce<number | null>((sum, cache) => {
    const value = pick(cache);
    return sum === null || value === null ? null : sum + value;
  }, 0);
}

/**
 * Returns whether a trial was cold or direct for this client, and the server may have served it from its own memory. Runs
 * before 2026-11-29 did not record that: their size says nothing about the server, so it is unknown.
 */
export function isServerUnknown({ cache, nfs }: Pick<RankPart, 'cache' | 'nfs'>): boolean {
  const { claim, verdict, serverCache, wireReceivedBytes } = cache;
  if (verdict !== 'proven' || (claim !== 'cold' && claim !== 'direct')) return false;
  const isServed = nfs !== undefined || wireReceivedBytes !== undefined;
  return serverCache === undefined ? isServed : serverCache === 'unknown';
}
