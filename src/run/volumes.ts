/** Asks AWS about the volumes behind the targets of a run, beside its start. */
import { likelyCandidates, nfsCandidates } from '../fsx/candidates.js';
import { nextMaintenanceMs } from '../fsx/maintenance.js';
import { expectedTime } from '../plan/expected-time.js';
import type { Plan } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { Environment } from '../record/run-record.js';
import type { NamedPath } from './request.js';

/** The parts of a preparation that determine how long the run takes. */
interface Planned {
  readonly plan: Plan;
  readonly dataset: PlannedDataset | null;
}

/** What is recorded of each target that may be a volume of FSx for ONTAP, by the name of the target. */
export type RecordedVolumes = ReadonlyMap<
  string,
  Pick<Environment['targets'][number], 'volume' | 'storage' | 'volumeUnknown'>
>;

/**
 * Asks AWS about the volumes behind targets that have responded, and does nothing for other file systems. Returns a function
 * that waits for the answers, at most 3 s. Neither throws: what could not be learnt is part of the result.
 */
export function askAboutVolumes(targets: readonly NamedPath[]): () => Promise<RecordedVolumes> {
  const candidates = likelyCandidates(candidatesAmong(targets));
  if (candidates.length === 0) return () => Promise.resolve(new Map());
  const begun = import('../fsx/target-volumes.js').then(({ askAboutTargets, BESIDE_A_RUN, recordedVolume }) => {
    return { wait: askAboutTargets(candidates, BESIDE_A_RUN), recordedVolume };
  });
  return async () => {
    const { wait, recordedVolume } = await begun;
    return new Map([...(await wait())].map(([name, volume]) => [name, recordedVolume(volume)]));
  };
}

function candidatesAmong(targets: readonly NamedPath[]): ReturnType<typeof nfsCandidates> {
  try {
    return nfsCandidates(targets);
  } catch {
    // A target that cannot be used is reported when the run is prepared.
    return [];
  }
}

/**
 * Returns a note for each file system whose weekly maintenance window the run may meet.
 * @param nowMs when the run starts, in ms since 1970
 */
export function maintenanceNotes(volumes: RecordedVolumes, { plan, dataset }: Planned, nowMs: number): string[] {
  const windows = new Map<string, number>();
  for (const { volume, storage } of volumes.values()) {
    const { fileSystem } = volume ?? storage ?? {};
    const startsMs = nextMaintenanceMs(fileSystem?.weeklyMaintenanceStart ?? null, nowMs);
    if (fileSystem !== undefined && startsMs !== null) windows.set(fileSystem.id, startsMs);
  }
  if (windows.size === 0) return [];
  const { knownNs, estimatedNs } = expectedTime(plan, dataset);
  const endMs = nowMs + (knownNs + estimatedNs) / 1e6;
  return [...windows].flatMap(([id, startsMs]) => {
    if (startsMs > endMs) return [];
    const when = `${new Date(startsMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    return [`the maintenance window of ${id} starts at ${when}, so this run may contain pauses of up to a minute`];
  });
}

/** Returns the environment with what was learnt about its targets. */
export function withVolumes(environment: Environment, volumes: RecordedVolumes): Environment {
  if (volumes.size === 0) return environment;
  const targets = environment.targets.map((target) => Object.assign({}, target, volumes.get(target.name)));
  return Object.assign({}, environment, { targets });
}
