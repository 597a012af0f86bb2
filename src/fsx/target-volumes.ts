/** Asks AWS about the volumes behind targets. It never ends a command: what cannot be learnt is explained. */
import { type InstancePlace, readInstancePlace } from '../aws/instance-metadata.js';
import { configuredRegion } from '../aws/region.js';
import { PATIENT, type Patience } from '../aws/retry.js';
import type { TargetEnvironment } from '../record/run-record.js';
import type { VolumeAnswer } from '../record/volume-record.js';
import type { Candidate } from './candidates.js';
import { parseFsxHostName } from './export-place.js';
import { VolumeFinder } from './find-volume.js';

/** What AWS said about a target, or why it could not be asked. */
export type TargetVolume =
  | { readonly answer: VolumeAnswer }
  /** `elsewhere`: the server is not known to this account, or the machine knows no region. */
  | { readonly unknown: string; readonly elsewhere?: true };

/** By the name of the target. */
export type TargetVolumes = ReadonlyMap<string, TargetVolume>;

export interface Asking {
  readonly patience: Patience;
  /** How long the caller waits, ms. A target without an answer is unknown then. */
  readonly limitMs: number;
  /** Of targets whose name has none. null: as configured on this machine. */
  readonly region: string | null;
}

/** A run waits no longer for AWS than this. */
export const BESIDE_A_RUN: Asking = { patience: { attemptMs: 2500, callMs: 2500 }, limitMs: 2800, region: null };

/** For a command that only asks. */
export const DESCRIBING: Asking = { patience: PATIENT, limitMs: 180_000, region: null };

/** How long this machine may take to say where it is, ms. */
const PLACE_MS = 1000;

/**
 * Asks about the candidates. Returns a function that waits for the answers, no longer than `limitMs` from its call, and
 * returns what is known of each candidate by its name. Those that are not FSx, and do not look like it, are left out.
 */
export function askAboutTargets(candidates: readonly Candidate[], asking: Asking): () => Promise<TargetVolumes> {
  const questions = new Questions(asking);
  const asked = candidates.map((candidate) =>
    questions.ask(candidate).catch((thrown: unknown): TargetVolume => ({ unknown: (thrown as Error).message })),
  );
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<TargetVolume>((resolve) => {
      const unknown = `AWS has not answered within ${asking.limitMs / 1000} s`;
      timer = setTimeout(() => resolve({ unknown }), asking.limitMs);
    });
    const answers = await Promise.all(asked.map((answer) => Promise.race([answer, late])));
    clearTimeout(timer);
    const found = candidates.map(({ name }, index): [string, TargetVolume] => [name, answers[index] as TargetVolume]);
    return new Map(found.filter(([, answer], index) => isTold(candidates[index] as Candidate, answer)));
  };
}

/** An ONTAP server that AWS does not know is one of the user's own. Of a server that said nothing, only a find is told. */
function isTold({ likeness }: Candidate, found: TargetVolume): boolean {
  if (likeness === 'fsx') return true;
  return likeness === 'ontap' ? !('elsewhere' in found) : 'answer' in found && found.answer.svm !== null;
}

/** Asks each region through one finder. */
class Questions {
  readonly #asking: Asking;
  readonly #finders = new Map<string, VolumeFinder>();
  #configured: Promise<string | null> | undefined;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async ask({ place }: Candidate): Promise<TargetVolume> {
    const named = 'host' in place ? parseFsxHostName(place.host) : null;
    const region = named?.region ?? this.#asking.region ?? (await this.#configuredRegion());
    if (region === null) {
      const unknown = 'no AWS region is configured; set AWS_REGION to that of the file system';
      return { unknown, elsewhere: true };
    }
    if ('volumeId' in place) return { answer: await this.#finderOf(region).findById(place.volumeId) };
    const answer = await this.#finderOf(region).find(place);
    if (answer !== null) return { answer };
    const where = `${place.address ?? place.host} in ${region}, for the account of these credentials`;
    const unknown = `no storage virtual machine has the address ${where}; check AWS_REGION and AWS_PROFILE`;
    return { unknown, elsewhere: true };
  }

  #finderOf(region: string): VolumeFinder {
    const finder = this.#finders.get(region) ?? new VolumeFinder(region, this.#asking.patience);
    this.#finders.set(region, finder);
    return finder;
  }

  #configuredRegion(): Promise<string | null> {
    this.#configured ??= configuredRegion(placeOfThisMachine);
    return this.#configured;
  }
}

/** Returns where this machine is, as far as it says so in time. */
export function placeOfThisMachine(): Promise<InstancePlace> {
  return readInstancePlace(PLACE_MS);
}

/** What a target's record says of its volume. */
export type VolumeFields = Pick<TargetEnvironment, 'volume' | 'storage' | 'volumeUnknown'>;

/** Returns the fields of a target's record. Without the volume, its file system is kept if it is known. */
export function recordedVolume(found: TargetVolume): VolumeFields {
  if ('unknown' in found) return { volumeUnknown: found.unknown };
  const { askedAt, region, accountId, fileSystem, svm, volume, problems } = found.answer;
  const unknown = problems.length === 0 ? {} : { volumeUnknown: problems.join('; ') };
  if (fileSystem === null) return unknown;
  const place = { askedAt, region, accountId, fileSystem };
  const known =
    svm === null || volume === null ? { storage: { ...place, svm } } : { volume: { ...place, svm, volume } };
  return Object.assign(known, unknown);
}
