/** The rules and conditions that several kinds of job share. */
import { capabilitiesOf } from '../engines.js';
import { rulesFor } from '../rules.js';
import type { BlockShare, Dataset } from '../values.js';
import type { CommonJob, TimedJob } from './job-kind.js';

/** O_DIRECT transfers whole sectors, which are at least 512 bytes on every device. */
const SECTOR_BYTES = 512;

export const largest = (bs: readonly BlockShare[]): number => Math.max(...bs.map(({ blockBytes }) => blockBytes));

export const DIRECT_BLOCKS = 'direct I/O requires block sizes that are multiples of 512 bytes';

/** Returns whether all lengths are multiples of a sector. Those of a range are if its ends are. */
export function isWholeSectors(bs: readonly BlockShare[]): boolean {
  const isWhole = (bytes: number): boolean => bytes % SECTOR_BYTES === 0;
  return bs.every(({ blockBytes, leastBytes }) => isWhole(blockBytes) && isWhole(leastBytes ?? blockBytes));
}

const all = rulesFor<CommonJob>();

/** Returns why a field of the simulated storage means nothing; null if it does. */
export function withoutModel(ioengine: CommonJob['ioengine']): string | null {
  return capabilitiesOf(ioengine).followsModel ? null : `with ioengine: ${ioengine}`;
}

export const commonConditions = [
  all.condition('simulatedLatencyNs', ['ioengine'], ({ ioengine }) => withoutModel(ioengine)),
  all.condition('simulatedBytesPerSecond', ['ioengine'], ({ ioengine }) => withoutModel(ioengine)),
];

export const commonRules = [
  all.rule(['direct', 'cache'], ({ direct, cache }, { given }) => {
    if (cache === 'direct') {
      return direct || !given('direct')
        ? null
        : { at: ['direct'], message: 'false contradicts cache: direct; leave it out' };
    }
    if (!direct || cache === 'as-is') return null;
    return {
      at: ['direct'],
      message: `true bypasses the page cache and contradicts cache: ${cache}; use cache: direct`,
    };
  }),
  all.rule(['direct', 'cache', 'ioengine'], ({ direct, cache, ioengine }) =>
    capabilitiesOf(ioengine).mapsFiles && (direct || cache === 'direct')
      ? { at: ['ioengine'], message: `${ioengine} always uses the page cache, which contradicts direct` }
      : null,
  ),
  all.rule(['direct', 'cache', 'bs'], ({ direct, cache, bs }) =>
    (direct || cache === 'direct') && !isWholeSectors(bs)
      ? { at: ['bs', 'direct', 'cache'], message: DIRECT_BLOCKS }
      : null,
  ),
];

export const timedRule = rulesFor<TimedJob>().rule(['timeBased', 'runtimeNs'], ({ timeBased, runtimeNs }) =>
  timeBased && runtimeNs === null ? { at: ['timeBased'], message: 'requires runtime' } : null,
);

/** Returns why the content cannot be checked with `ioengine`, or null when it can. */
export function uncheckable({ ioengine }: Pick<CommonJob, 'ioengine'>): string | null {
  return capabilitiesOf(ioengine).movesContent
    ? null
    : `is not supported with ioengine: ${ioengine}, which transfers no data`;
}

/** Returns the length of a generated dataset's smallest file. Of files that exist, those that are too short are left out. */
export function smallestBytes(dataset: Dataset | null): number | undefined {
  return dataset?.kind === 'generated' ? dataset.filesizeMinBytes : undefined;
}

/** Reports `verify` on files whose content is not feedrate's. */
export function unverifiable(verify: boolean, dataset: Dataset | null): { at: ['verify']; message: string } | null {
  if (!verify || dataset === null || dataset.kind === 'generated') return null;
  return { at: ['verify'], message: 'is not possible on files that exist, whose content feedrate does not know' };
}

/**
 * Reports a choice by size among files whose sizes the workload sets.
 * @param dataset null: the job has files of its own
 */
export function unchoosable<P extends string>(
  property: P,
  bytes: number | null,
  dataset: Dataset | null,
): { at: [P]; message: string } | null {
  if (bytes === null || dataset?.kind === 'existing') return null;
  return {
    at: [property],
    message: 'requires a dataset of files that exist (path) and a job without files of its own',
  };
}

export const verifyRule = rulesFor<CommonJob & { readonly verify: boolean }>().rule(
  ['verify', 'ioengine'],
  ({ verify, ioengine }) => {
    const message = verify ? uncheckable({ ioengine }) : null;
    return message === null ? null : { at: ['verify'], message };
  },
);
