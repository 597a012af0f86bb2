/** Asks ONTAP about the volumes behind the targets of a run, and samples their counters while it is measured. */
import { FeedrateError } from '../base/errors.js';
import type { OntapConnection } from '../fsx/ontap-connection.js';
import type { OntapSampler } from '../fsx/ontap-sampler.js';
import type { RunRecord, TargetEnvironment } from '../record/run-record.js';
import { keepOntapSample } from '../store/ontap-samples.js';
import type { RunStore } from '../store/run-store.js';
import type { RunListener } from './listener.js';

/**
 * Returns the record of a run with what ONTAP says about each target. What could not be learnt is recorded, and a note names
 * it.
 */
export async function withOntap(
  run: Omit<RunRecord, 'id'>,
  connection: OntapConnection | undefined,
  listener: RunListener,
): Promise<Omit<RunRecord, 'id'>> {
  if (connection === undefined) return run;
  const [{ ontapVolume }, { volumeLocatorOf }] = await Promise.all([
    import('../fsx/ontap-volume.js'),
    import('../fsx/ontap-locator.js'),
  ]);
  const asked = run.environment.targets.map(async (target): Promise<TargetEnvironment> => {
    const locator = volumeLocatorOf(target);
    if (locator === null) return target;
    try {
      return Object.assign({}, target, { ontap: await ontapVolume(connection, locator) });
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      listener.note?.(`target ${target.name}: ONTAP was not asked: ${thrown.message}`);
      return Object.assign({}, target, { ontapUnknown: thrown.message });
    }
  });
  if (run.environment.targets.every((target) => volumeLocatorOf(target) === null))
    listener.note?.('no target is on NFS, so ONTAP was not asked');
  const environment = Object.assign({}, run.environment, { targets: await Promise.all(asked) });
  return Object.assign({}, run, { environment });
}

/** A listener that samples, and what ends the sampling. */
export interface OntapWatch {
  readonly listener: RunListener;
  /** Takes the last samples, unless the user wants to stop. */
  close(isStopping: boolean): Promise<void>;
}

/** Samples the counters of the recorded volumes from now on, and when a trial starts or ends. */
export async function watchOntap(
  connection: OntapConnection,
  { run, directory }: Pick<RunStore, 'run' | 'directory'>,
  listener: RunListener,
): Promise<OntapWatch> {
  const { OntapSampler } = await import('../fsx/ontap-sampler.js');
  const volumes = run.environment.targets.flatMap(({ name, ontap }) =>
    ontap === undefined ? [] : [{ target: name, uuid: ontap.uuid }],
  );
  if (volumes.length === 0) return { listener, close: async () => {} };
  const keep = (sample: Parameters<typeof keepOntapSample>[1]) => keepOntapSample(directory, sample);
  const sampler: OntapSampler = new OntapSampler(connection, volumes, keep, (text) => listener.note?.(text));
  let starting = '';
  const event: RunListener['event'] = (happened) => {
    if (happened.type === 'trial') sampler.look();
    // The event comes once for each thread.
    if (happened.type === 'starting' && happened.trialId !== starting) {
      starting = happened.trialId;
      sampler.look();
    }
    listener.event?.(happened);
  };
  const close = async (isStopping: boolean) => (isStopping ? sampler.abandon() : sampler.close());
  return { listener: Object.assign({}, listener, { event }), close };
}
