/** Checks the environment in `run.json`: every field that reports and comparisons use. */
import { checkCeilings } from './check-ceilings.js';
import type { JsonReader } from './json-reader.js';
import { checkOntapRecord } from './ontap-record.js';
import { checkResidency } from './residency-record.js';
import { checkUserData } from './user-data-record.js';

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkEnvironment(environment: JsonReader): void {
  const feedrate = environment.at('feedrate');
  feedrate.at('version').text();
  feedrate.at('commit').textOrNull();
  for (const key of ['node', 'kernel', 'architecture', 'cpuModel']) environment.at(key).text();
  if (environment.at('instanceType').value !== undefined) environment.at('instanceType').text();
  for (const key of ['cpuCount', 'memoryBytes']) environment.at(key).number();
  for (const key of ['memoryMaxBytes', 'cpuMax']) environment.at('cgroup').at(key).numberOrNull();
  const cgroup = environment.at('cgroup');
  for (const key of ['memoryHighBytes', 'cpusetCpus'])
    if (cgroup.at(key).value !== undefined) cgroup.at(key).numberOrNull();
  if (cgroup.at('unknown').value !== undefined)
    for (const limit of cgroup.at('unknown').list()) limit.oneOf(['memory', 'cpu']);
  if (environment.at('load').value !== undefined)
    for (const key of ['loadAverage', 'cpuStalledShare', 'ioStalledShare', 'memoryStalledShare'])
      environment.at('load').at(key).numberOrNull();
  const versions = environment.at('versions');
  for (const name of Object.keys(versions.object())) versions.at(name).textOrNull();
  for (const target of environment.at('targets').list()) {
    for (const key of ['name', 'path', 'fileSystem', 'source', 'mountPoint', 'options']) target.at(key).text();
    target.at('freeBytes').number();
    if (target.at('dataset').value !== undefined) target.at('dataset').at('id').text();
    if (target.at('userData').value !== undefined) checkUserData(target.at('userData'));
    if (target.at('residency').value !== undefined) checkResidency(target.at('residency'));
    if (target.at('nfs').value !== undefined) checkNfsMount(target.at('nfs'));
    if (target.at('ontap').value !== undefined) checkOntapRecord(target.at('ontap'));
    if (target.at('ceilings').value !== undefined) checkCeilings(target.at('ceilings'));
    if (target.at('volume').value !== undefined) checkVolume(target.at('volume'));
    if (target.at('storage').value !== undefined) checkStorage(target.at('storage'));
    if (target.at('volumeUnknown').value !== undefined) target.at('volumeUnknown').text();
  }
}

/** The file system and, unless it is null, the storage virtual machine. */
function checkStorage(record: JsonReader): void {
  for (const key of ['askedAt', 'region']) record.at(key).text();
  record.at('accountId').textOrNull();
  const fileSystem = record.at('fileSystem');
  fileSystem.at('id').text();
  for (const key of ['deploymentType', 'lifecycle', 'iopsMode', 'preferredSubnetId', 'vpcId', 'managementHost'])
    fileSystem.at(key).textOrNull();
  fileSystem.at('weeklyMaintenanceStart').textOrNull();
  for (const key of ['haPairs', 'throughputCapacityPerHaPairMBps', 'storageCapacityGiB', 'iops'])
    fileSystem.at(key).numberOrNull();
  fileSystem.at('automaticBackupRetentionDays').numberOrNull();
  for (const subnet of fileSystem.at('subnetIds').list()) subnet.text();
  for (const action of fileSystem.at('pendingActions').list()) {
    for (const key of ['type', 'status']) action.at(key).text();
    action.at('progressPercent').numberOrNull();
  }
  checkReason(fileSystem);
  const svm = record.at('svm');
  if (svm.value === null) return;
  checkReason(svm);
  svm.at('id').text();
  for (const key of ['name', 'lifecycle', 'nfsHost', 'managementHost']) svm.at(key).textOrNull();
  for (const address of svm.at('nfsAddresses').list()) address.text();
}

function checkReason(part: JsonReader): void {
  if (part.at('lifecycleReason').value !== undefined) part.at('lifecycleReason').text();
}

function checkVolume(record: JsonReader): void {
  checkStorage(record);
  record.at('svm').at('id').text();
  const volume = record.at('volume');
  checkReason(volume);
  volume.at('id').text();
  if (volume.at('style').value !== null) volume.at('style').oneOf(['FLEXVOL', 'FLEXGROUP']);
  for (const key of ['name', 'uuid', 'lifecycle', 'junctionPath', 'type', 'tieringPolicy', 'snapshotPolicy'])
    volume.at(key).textOrNull();
  for (const key of ['securityStyle', 'flexCache']) volume.at(key).textOrNull();
  for (const key of ['sizeBytes', 'coolingDays', 'constituents']) volume.at(key).numberOrNull();
  if (volume.at('storageEfficiency').value !== null) volume.at('storageEfficiency').boolean();
  for (const aggregate of volume.at('aggregates').list()) aggregate.text();
}

function checkNfsMount(mount: JsonReader): void {
  if (mount.at('client').value !== undefined) mount.at('client').text();
  mount.at('service').oneOf(['fsx-ontap', 'ontap', 'efs', 'fsx', 'other']);
  for (const key of ['ontapRelease', 'pnfs', 'serverImplementation']) mount.at(key).textOrNull();
  for (const key of ['openTransports', 'readAheadBytes']) mount.at(key).numberOrNull();
  for (const key of ['tcpSlots', 'tcpMaxSlots', 'sessionSlots']) mount.at('limits').at(key).numberOrNull();
  const options = mount.at('options');
  for (const key of ['version', 'transport', 'security', 'recovery', 'localLock']) options.at(key).textOrNull();
  for (const key of ['serverAddress', 'clientAddress']) options.at(key).textOrNull();
  for (const key of ['readBytes', 'writeBytes', 'port', 'timeoutNs', 'retransmissions']) options.at(key).numberOrNull();
  options.at('connections').number();
  for (const key of ['attributeCaching', 'closeToOpen', 'localDiskCache']) options.at(key).boolean();
  options.at('lookupCache').text();
  const attributes = options.at('attributeCache');
  for (const key of ['fileMinNs', 'fileMaxNs', 'directoryMinNs', 'directoryMaxNs']) attributes.at(key).number();
}
