/** Reads a volume's settings and footprints through the ONTAP REST API. */
import { FeedrateError } from '../base/errors.js';
import { type OntapRecord, tieringPolicyOf } from '../record/ontap-record.js';
import { JsonPart } from './json-part.js';
import { type OntapConnection, OntapRefusal } from './ontap-connection.js';
import { findVolume, type VolumeLocator } from './ontap-locator.js';

/** Many of these are computed only when they are asked for by name. */
const VOLUME_FIELDS = [
  'name',
  'svm.name',
  'style',
  'nas.path',
  'tiering.policy',
  'tiering.min_cooling_days',
  'cloud_retrieval_policy',
  'cloud_write_enabled',
  'aggressive_readahead_mode',
  'space.performance_tier_footprint',
  'space.capacity_tier_footprint',
  'constituents.name',
  'constituents.space.performance_tier_footprint',
  'constituents.space.capacity_tier_footprint',
  'efficiency',
  'qos.policy',
  'files',
  'flexcache_endpoint_type',
] as const;

/**
 * Returns what ONTAP says about a volume. Parts that this version of ONTAP does not have, or that the user may not read, are
 * null and listed in `unknown`.
 * @throws FeedrateError `cloud` when ONTAP cannot be asked, or does not show such a volume
 */
export async function ontapVolume(connection: OntapConnection, locator: VolumeLocator): Promise<OntapRecord> {
  const askedAt = new Date().toISOString();
  const unknown: string[] = [];
  const uuid = await findVolume(connection, locator);
  const volume = await readFields(connection, uuid, VOLUME_FIELDS, unknown);
  const svm = volume.at('svm', 'name').text();
  const [ontapVersion, tcpMaxXferBytes, nvmeCaches] = await Promise.all([
    optional(unknown, 'the ONTAP version', () => readVersion(connection)),
    optional(unknown, 'tcp-max-xfer-size', () => readTransferSize(connection, svm)),
    optional(unknown, 'the NVMe caches', () => readCaches(connection)),
  ]);
  return {
    askedAt,
    host: connection.host,
    verifiedBy: connection.verifiedBy,
    ontapVersion,
    uuid,
    svm,
    name: volume.at('name').text(),
    junctionPath: volume.at('nas', 'path').text(),
    ...footprintOf(volume, unknown),
    ...settingsOf(volume),
    tcpMaxXferBytes,
    nvmeCaches,
    unknown,
  };
}

/**
 * Returns the fields of a volume. A field that this version of ONTAP does not know makes it refuse the whole request, so the
 * request is repeated without it.
 */
export async function readFields(
  connection: OntapConnection,
  uuid: string,
  wanted: readonly string[],
  unknown: string[],
): Promise<JsonPart> {
  let fields = wanted;
  for (;;) {
    try {
      const answer = new JsonPart(await connection.get('/api/storage/volumes', { uuid, fields: fields.join(',') }));
      const [volume] = answer.at('records').list();
      if (volume === undefined) throw new FeedrateError('cloud', `${connection.host}: no volume with the UUID ${uuid}`);
      return volume;
    } catch (thrown) {
      const refused = thrown instanceof OntapRefusal && thrown.httpStatus === 400 ? thrown.reason : null;
      const bad = refused === null ? undefined : fields.find((field) => refused.includes(`"${field}"`));
      if (bad === undefined) throw thrown;
      fields = fields.filter((field) => field !== bad);
      unknown.push(`${bad}: this version of ONTAP does not have it`);
    }
  }
}

type Footprint = Pick<OntapRecord, 'style' | 'performanceTierBytes' | 'capacityTierBytes' | 'constituents'>;

/** ONTAP has no footprint for a FlexGroup as a whole: its constituents have one each. */
function footprintOf(volume: JsonPart, unknown: string[]): Footprint {
  const style = volume.at('style').text();
  const constituents = style === 'flexgroup' ? volume.at('constituents').list() : [volume];
  const sumOf = (tier: 'performance' | 'capacity'): number | null => {
    const values = constituents.map((each) => each.at('space', `${tier}_tier_footprint`).number());
    const missing = values.filter((value) => value === null).length;
    if (missing === 0 && values.length > 0) return values.reduce<number>((sum, value) => sum + (value as number), 0);
    const which = style === 'flexgroup' ? ` for ${missing} of ${values.length} constituents` : '';
    unknown.push(`the footprint in the ${tier} tier: ONTAP does not report it${which}`);
    return null;
  };
  return {
    style,
    performanceTierBytes: sumOf('performance'),
    capacityTierBytes: sumOf('capacity'),
    constituents: style === 'flexgroup' ? constituents.length : null,
  };
}

type Settings = Pick<
  OntapRecord,
  | 'tieringPolicy'
  | 'coolingDays'
  | 'cloudRetrieval'
  | 'cloudWrite'
  | 'readAhead'
  | 'qosPolicy'
  | 'qosMaxIops'
  | 'qosMaxMBps'
  | 'efficiency'
  | 'filesUsed'
  | 'filesMaximum'
  | 'flexCache'
>;

function settingsOf(volume: JsonPart): Settings {
  const qos = volume.at('qos', 'policy');
  return {
    tieringPolicy: tieringPolicyOf(volume.at('tiering', 'policy').text()),
    coolingDays: volume.at('tiering', 'min_cooling_days').number(),
    cloudRetrieval: volume.at('cloud_retrieval_policy').text(),
    cloudWrite: volume.at('cloud_write_enabled').boolean(),
    readAhead: volume.at('aggressive_readahead_mode').text(),
    qosPolicy: qos.at('name').text(),
    qosMaxIops: qos.at('max_throughput_iops').number(),
    qosMaxMBps: qos.at('max_throughput_mbps').number(),
    efficiency: efficiencyText(volume.at('efficiency')),
    filesUsed: volume.at('files', 'used').number(),
    filesMaximum: volume.at('files', 'maximum').number(),
    flexCache: volume.at('flexcache_endpoint_type').text()?.toUpperCase() ?? null,
  };
}

function efficiencyText(efficiency: JsonPart): string | null {
  const parts = (['compression', 'dedupe', 'compaction'] as const).flatMap((name) => {
    const value = efficiency.at(name).text();
    return value === null || value === 'none' ? [] : [`${name} ${value}`];
  });
  if (parts.length > 0) return parts.join(', ');
  const state = efficiency.at('state').text();
  return state === 'enabled' ? 'enabled' : efficiency.isMissing ? null : 'disabled';
}

/** Returns the value, or null and a line in `unknown` when ONTAP refuses the request or cannot be asked. */
async function optional<T>(unknown: string[], what: string, read: () => Promise<T | null>): Promise<T | null> {
  try {
    const value = await read();
    if (value === null) unknown.push(`${what}: ONTAP does not report it`);
    return value;
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    unknown.push(`${what}: ${thrown.message}`);
    return null;
  }
}

/** `NetApp Release 9.17.1P7D1: Wed Jul …` → `9.17.1P7D1` */
async function readVersion(connection: OntapConnection): Promise<string | null> {
  const version = new JsonPart(await connection.get('/api/cluster', { fields: 'version' })).at('version');
  const full = version.at('full').text();
  return full === null ? null : (/Release (\S+?)(?::|$)/.exec(full)?.[1] ?? full);
}

/** Before ONTAP 9.11.1, only the private API has it, which passes commands of ONTAP's CLI on and needs more rights. */
async function readTransferSize(connection: OntapConnection, svm: string | null): Promise<number | null> {
  const only = (name: string) => (svm === null ? {} : { [name]: svm });
  try {
    const query = Object.assign({ fields: 'svm.name,transport.tcp_max_transfer_size' }, only('svm.name'));
    const [service] = new JsonPart(await connection.get('/api/protocols/nfs/services', query)).at('records').list();
    const bytes = service?.at('transport', 'tcp_max_transfer_size').number() ?? null;
    if (bytes !== null) return bytes;
  } catch (thrown) {
    if (!(thrown instanceof OntapRefusal)) throw thrown;
  }
  const query = Object.assign({ fields: 'vserver,tcp-max-xfer-size' }, only('vserver'));
  const [record] = new JsonPart(await connection.get('/api/private/cli/vserver/nfs', query)).at('records').list();
  return record?.at('tcp_max_xfer_size').number() ?? record?.at('tcp-max-xfer-size').number() ?? null;
}

async function readCaches(connection: OntapConnection): Promise<number | null> {
  const answer = new JsonPart(await connection.get('/api/private/cli/system/node/external-cache', {}));
  return answer.at('records').isMissing ? answer.at('num_records').number() : answer.at('records').list().length;
}
