/** Finds a volume in ONTAP: by its UUID or its name, which AWS knows, or by what is mounted. */
import { FeedrateError } from '../base/errors.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { exportPlaceOf, volumeAt } from './export-place.js';
import { JsonPart } from './json-part.js';
import type { OntapConnection } from './ontap-connection.js';

export type VolumeLocator =
  | { readonly by: 'uuid'; readonly uuid: string }
  | { readonly by: 'name'; readonly svm: string; readonly name: string }
  /** The address of the server, null when it is not known, and the exported path. */
  | { readonly by: 'mount'; readonly address: string | null; readonly path: string };

/** More than a file system may have. */
const MOST_VOLUMES = 10_000;

/** Returns how to find the volume behind a target in ONTAP, or null when the target is not an NFS mount. */
export function volumeLocatorOf(target: TargetEnvironment): VolumeLocator | null {
  const { volume, svm } = target.volume ?? {};
  if (volume?.uuid != null) return { by: 'uuid', uuid: volume.uuid };
  if (volume?.name != null && svm?.name != null) return { by: 'name', svm: svm.name, name: volume.name };
  const place = target.nfs === undefined ? null : exportPlaceOf(target, target.nfs.options.serverAddress);
  return place === null ? null : { by: 'mount', address: place.address, path: place.path };
}

/** Returns the UUID of the volume. Throws `FeedrateError('cloud')` unless there is exactly one. */
export async function findVolume(connection: OntapConnection, locator: VolumeLocator): Promise<string> {
  if (locator.by === 'uuid') return locator.uuid;
  const { host } = connection;
  if (locator.by === 'name') {
    const { svm, name } = locator;
    const found = await listVolumes(connection, { name, 'svm.name': svm });
    return theOnly(found, host, `${name} in the SVM ${svm}`);
  }
  const { address, path } = locator;
  const svm = address === null ? null : await svmAt(connection, address);
  const query = { fields: 'nas.path,svm.name', ...(svm === null ? {} : { 'svm.name': svm }) };
  const volumes = await listVolumes(connection, query);
  const joined = volumes.map((volume) => ({ volume, junctionPath: volume.at('nas', 'path').text(), lifecycle: null }));
  const deepest = volumeAt(joined, path);
  const found = joined.filter(({ junctionPath }) => deepest !== null && junctionPath === deepest.junctionPath);
  const where = svm === null ? '' : ` in the SVM ${svm}`;
  return theOnly(
    found.map(({ volume }) => volume),
    host,
    `at a junction path above ${path}${where}`,
  );
}

async function listVolumes(connection: OntapConnection, query: Readonly<Record<string, string>>): Promise<JsonPart[]> {
  const limited = { ...query, max_records: String(MOST_VOLUMES) };
  return new JsonPart(await connection.get('/api/storage/volumes', limited)).at('records').list();
}

/** @param what the volume that was looked for, for messages */
function theOnly(found: readonly JsonPart[], host: string, what: string): string {
  const uuid = found[0]?.at('uuid').text() ?? null;
  if (found.length === 1 && uuid !== null) return uuid;
  if (found.length === 0 || uuid === null)
    throw new FeedrateError('cloud', `${host}: no volume ${what}; check that --ontap is the file system of the target`);
  const svms = found.map((volume) => volume.at('svm', 'name').text() ?? '?').join(', ');
  const remedy = 'use the management endpoint of the SVM, or let feedrate ask AWS for the volume';
  throw new FeedrateError('cloud', `${host}: ${found.length} volumes ${what} (SVMs ${svms}); ${remedy}`);
}

/** Returns the name of the SVM with this data address, or null when it is not shown. */
async function svmAt(connection: OntapConnection, address: string): Promise<string | null> {
  const answer = await connection.get('/api/network/ip/interfaces', { 'ip.address': address, fields: 'svm.name' });
  return new JsonPart(answer).at('records').list()[0]?.at('svm', 'name').text() ?? null;
}
