/** What the ranks of a group must have in common before they measure. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { FeedrateError } from '../base/errors.js';
import { rankText } from '../base/rank-text.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { bootId } from '../host/system/boot-id.js';
import { packageVersion } from '../host/system/installation.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import type { Target } from '../plan/plan.js';
import { commonArms } from '../plan/rank-files.js';
import { overrideText } from '../workload/override-text.js';
import type { Preparation } from './preparation.js';
import type { RankMeetings } from './rank-meetings.js';
import { needsOf, type RankNeed, refuseBeyondShared } from './rank-space.js';
import type { PlanRequest, RunRequest } from './request.js';

/** The facts that must be equal, in the order in which differences are told, with their names in messages. */
const EQUAL = {
  version: 'feedrate',
  workload: 'a workload with the digest',
  overrides: 'the overrides',
  seed: 'seed',
  targets: 'targets',
  files: '--rank-files',
  cold: 'cold trials by',
  plan: 'a plan with the digest',
} as const;

export type RankFacts = Readonly<Record<keyof typeof EQUAL, string>> & {
  readonly host: string;
  readonly cores: number;
  /** Identifies the storage of each target, in the order of the targets. */
  readonly storage: readonly string[];
  /** The space that this rank needs on each target. */
  readonly needs: readonly RankNeed[];
};

/** A request whose ranks do the same. */
type SharedRequest = PlanRequest & Pick<RunRequest, 'dropCaches'>;

/**
 * Makes sure that all ranks do the same and that their files fit on the storage that they share. Returns the facts of each.
 * @param note called with what is to be said of the machines
 * @throws FeedrateError as `RankMeetings.exchange` does, `usage` for a difference, `target` when the files do not fit
 */
export async function agreeOnFacts(
  preparation: Preparation,
  request: SharedRequest,
  meetings: RankMeetings,
  note: (text: string) => void,
): Promise<readonly RankFacts[]> {
  const own = factsOf(preparation, request, meetings.group.host);
  const facts = (await meetings.exchange('plan', JSON.stringify(own))).map((text) => JSON.parse(text) as RankFacts);
  meetings.know(facts.map(({ host }) => host));
  refuseDifferences(facts);
  refuseBeyondShared(facts, preparation.plan.targets);
  if (meetings.group.rank === 0) for (const text of machineNotes(facts)) note(text);
  return facts;
}

/** Texts that are longer are replaced by their digests. */
const LONGEST_TEXT = 120;

/** Returns the facts of this rank. */
function factsOf(preparation: Preparation, request: SharedRequest, host: string): RankFacts {
  const { plan, workloadSource } = preparation;
  const { overrides = [], dropCaches = false, remount = false, group } = request;
  // Ranks read different sets of files, and each user may have another data directory.
  const trials = plan.trials.map(({ fileset: _, ...trial }) => trial);
  const targets = plan.targets.map(({ name }) => name);
  const named =
    request.targets.length === 0
      ? 'temporary directories'
      : plan.targets.map(({ name, path }) => `${name}=${path}`).join(' ');
  const cold = [remount ? ['remount'] : [], dropCaches ? ['drop_caches'] : []].flat().join('+');
  return {
    version: packageVersion(),
    workload: digest(workloadSource),
    overrides: short(overrides.map(overrideText).join(' ') || 'none'),
    seed: String(plan.seed),
    targets: short(named),
    files: group?.files ?? 'default',
    cold: cold || 'eviction',
    plan: digest(JSON.stringify(Object.assign({}, plan, { targets, trials, arms: commonArms(plan) }))),
    host,
    cores: availableParallelism(),
    storage: plan.targets.map(storageOf),
    needs: needsOf(preparation, group?.files ?? null),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function short(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 15)}… ${digest(text)}`;
}

/** File systems whose data other machines see as well. */
const REACHED_BY_ALL = /^(nfs|fuse\.|ceph|lustre|cifs|smb|gpfs|9p|beegfs|wekafs)/;

/**
 * Returns a text that two machines have in common if, as far as their mounts say, their targets are the same storage. Other
 * file systems belong to one machine, or one container.
 */
export function storageOf({ path }: Target): string {
  if (isNfsUrl(path)) return digest(path);
  const mount = findMount(readMounts(), path);
  if (mount !== null && REACHED_BY_ALL.test(mount.fileSystem)) return digest(`${mount.fileSystem} ${mount.source}`);
  return digest(`${bootId() ?? 'unknown'} ${statSync(path).dev}`);
}

/** Throws `FeedrateError('usage')` when a rank has other facts than rank 0. */
function refuseDifferences(facts: readonly RankFacts[]): void {
  const first = facts[0] as RankFacts;
  for (const [rank, own] of facts.entries()) {
    for (const key of Object.keys(EQUAL) as (keyof typeof EQUAL)[]) {
      if (own[key] === first[key]) continue;
      const what = `${rankText(rank, own.host)} has ${EQUAL[key]} ${own[key]}, ${rankText(0, first.host)} has ${first[key]}`;
      throw new FeedrateError(
        'usage',
        `the ranks do not measure the same: ${what}; start them all with the same command`,
      );
    }
  }
}

/** Returns the names of the targets whose storage all ranks share. */
export function sharedTargets(facts: readonly RankFacts[], targets: readonly Target[]): string[] {
  return targets.flatMap(({ name }, place) =>
    new Set(facts.map(({ storage }) => storage[place])).size === 1 ? [name] : [],
  );
}

/** Returns what to say of the machines before the run, one line each. */
function machineNotes(facts: readonly RankFacts[]): string[] {
  const cores = facts.map((each) => each.cores);
  const [least, most] = [Math.min(...cores), Math.max(...cores)];
  if (least === most) return [];
  const [few, many] = [least, most].map((count) => facts.findIndex((each) => each.cores === count)) as [number, number];
  const of = (rank: number) => `${rankText(rank, facts[rank]?.host)} has ${facts[rank]?.cores} cores`;
  return [`the machines differ: ${of(few)}, ${of(many)}; the slowest one limits the group`];
}
