/** Finds the volume of Amazon FSx for NetApp ONTAP behind a directory on an NFS server. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { FileSystem, StorageVirtualMachine, Volume } from '@aws-sdk/client-fsx';
import { isDenied } from '../aws/call.js';
import type { Patience } from '../aws/retry.js';
import { FeedrateError } from '../base/errors.js';
import type { VolumeAnswer } from '../record/volume-record.js';
import { type FsxApi, openFsx } from './api.js';
import { type ExportPlace, parseFsxHostName, volumeAt, volumesBelow } from './export-place.js';
import { accountOf, fileSystemRecordOf, ontapVolumeRecordOf, svmRecordOf } from './records.js';

/** Where to look for a volume. */
interface Whereabouts {
  readonly fileSystemId: string;
  readonly svmId: string;
}

/** Asks one region. Each list is fetched once, also for several targets. */
export class VolumeFinder {
  readonly region: string;
  readonly #patience: Patience;
  #api: Promise<FsxApi> | undefined;
  readonly #lists = new Map<string, Promise<readonly unknown[]>>();

  constructor(region: string, patience: Patience) {
    this.region = region;
    this.#patience = patience;
  }

  /**
   * Returns what AWS says of the directory, with the reasons for missing parts. null: the account has no storage virtual
   * machine with the server's address in this region.
   */
  async find(place: ExportPlace): Promise<VolumeAnswer | null> {
    const named = parseFsxHostName(place.host);
    const attempt = new Attempt();
    if (named?.svmId != null) {
      const { fileSystemId, svmId } = named;
      return this.#describe({ fileSystemId, svmId }, (volumes) => volumeAt(volumes, place.path), attempt, place.path);
    }
    const addresses = await addressesOf(place);
    if (addresses.size === 0) {
      attempt.problem(`${place.host} has no address; check the name, and the DNS of this machine`);
      return this.#answer(attempt, {});
    }
    const svms = await attempt.of(this.#svms(named?.fileSystemId ?? null));
    if (svms === null) return this.#answer(attempt, {});
    const svm = svms.find((each) => addressesOfSvm(each).some((address) => addresses.has(address)));
    if (svm === undefined) return null;
    const known = { fileSystemId: svm.FileSystemId ?? '', svmId: svm.StorageVirtualMachineId ?? '' };
    return this.#describe(known, (volumes) => volumeAt(volumes, place.path), attempt, place.path);
  }

  /** Returns what AWS says of the volume `fsvol-…`, as `find` does. */
  async findById(volumeId: string): Promise<VolumeAnswer> {
    const attempt = new Attempt();
    const found = await attempt.of(this.#list(volumeId, (api) => api.volumes({ id: volumeId })));
    const volume = found?.[0];
    const { FileSystemId: fileSystemId, OntapConfiguration: ontap } = volume ?? {};
    const svmId = ontap?.StorageVirtualMachineId;
    if (fileSystemId === undefined || svmId === undefined) {
      if (found !== null) attempt.problem(`${volumeId} is not a volume of FSx for ONTAP in ${this.region}`);
      return this.#answer(attempt, {});
    }
    const choose = (volumes: readonly JoinedVolume[]) =>
      volumes.find(({ volume: each }) => each.VolumeId === volumeId) ?? null;
    return this.#describe({ fileSystemId, svmId }, choose, attempt, ontap?.JunctionPath ?? null);
  }

  /** @param path the directory; null: the volume is not part of the namespace */
  async #describe(
    { fileSystemId, svmId }: Whereabouts,
    choose: (volumes: readonly JoinedVolume[]) => JoinedVolume | null,
    attempt: Attempt,
    path: string | null,
  ): Promise<VolumeAnswer> {
    const ofSvm = { name: 'storage-virtual-machine-id', value: svmId } as const;
    const [fileSystems, svms, volumes] = await Promise.all([
      attempt.of(this.#list(fileSystemId, (api) => api.fileSystems([fileSystemId]))),
      attempt.of(this.#svms(fileSystemId)),
      attempt.of(this.#list(svmId, (api) => api.volumes(ofSvm))),
    ]);
    const [fileSystem] = fileSystems ?? [];
    const type = fileSystem?.FileSystemType ?? 'ONTAP';
    if (type !== 'ONTAP') attempt.problem(`${fileSystemId} is of the type ${type}, not ONTAP`);
    const svm = svms?.find((each) => each.StorageVirtualMachineId === svmId);
    const where = `in ${this.region}, for the account of these credentials`;
    if (svms !== null && svm === undefined) attempt.problem(`there is no ${svmId} on ${fileSystemId} ${where}`);
    const joined = (volumes ?? []).map(joinedOf);
    const chosen = choose(joined);
    if (volumes !== null && svm !== undefined && chosen === null)
      attempt.problem(`no volume of ${svmId} has a junction path that contains ${path}`);
    return this.#answer(attempt, {
      fileSystem: fileSystem ?? { FileSystemId: fileSystemId },
      svm: svm ?? { StorageVirtualMachineId: svmId },
      volume: chosen?.volume,
      below: path === null ? [] : volumesBelow(joined, path).map(({ junctionPath }) => junctionPath ?? ''),
    });
  }

  #answer(attempt: Attempt, { fileSystem, svm, volume, below = [] }: Parts): VolumeAnswer {
    const arns = [fileSystem, svm, volume].map((part) => accountOf(part?.ResourceARN));
    return {
      askedAt: new Date().toISOString(),
      region: this.region,
      accountId: arns.find((account) => account !== null) ?? null,
      fileSystem: fileSystem === undefined ? null : fileSystemRecordOf(fileSystem),
      svm: svm === undefined ? null : svmRecordOf(svm),
      volume: volume === undefined ? null : ontapVolumeRecordOf(volume),
      below: [...below].sort(),
      problems: attempt.problems(),
    };
  }

  #svms(fileSystemId: string | null): Promise<readonly StorageVirtualMachine[]> {
    const filter = fileSystemId === null ? null : ({ name: 'file-system-id', value: fileSystemId } as const);
    return this.#list(`svms ${fileSystemId}`, (api) => api.virtualMachines(filter));
  }

  #list<Item>(key: string, ask: (api: FsxApi) => Promise<readonly Item[]>): Promise<readonly Item[]> {
    const known = this.#lists.get(key) as Promise<readonly Item[]> | undefined;
    if (known !== undefined) return known;
    this.#api ??= openFsx(this.region, this.#patience);
    const list = this.#api.then(ask);
    this.#lists.set(key, list);
    return list;
  }
}

/** The parts of an answer, as the API has them. */
interface Parts {
  readonly fileSystem?: FileSystem | undefined;
  readonly svm?: StorageVirtualMachine | undefined;
  readonly volume?: Volume | undefined;
  readonly below?: readonly string[];
}

/** Collects the reasons why parts of an answer are missing. */
class Attempt {
  readonly #errors: FeedrateError[] = [];
  readonly #others: string[] = [];

  /** Returns the result, or null when a call failed. */
  async of<Value>(asked: Promise<Value>): Promise<Value | null> {
    try {
      return await asked;
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      this.#errors.push(thrown);
      return null;
    }
  }

  problem(text: string): void {
    this.#others.push(text);
  }

  /** Names every missing permission. Other faults, such as a network that is down, fail every call: one is enough. */
  problems(): string[] {
    const messages = (errors: readonly FeedrateError[]) => [...new Set(errors.map(({ message }) => message))].sort();
    const denied = messages(this.#errors.filter(isDenied));
    const failed = messages(this.#errors.filter((error) => !isDenied(error))).slice(0, 1);
    return [...denied, ...failed, ...this.#others];
  }
}

interface JoinedVolume {
  readonly junctionPath: string | null;
  readonly lifecycle: string | null;
  readonly volume: Volume;
}

function joinedOf(volume: Volume): JoinedVolume {
  const { Lifecycle, OntapConfiguration } = volume;
  return { junctionPath: OntapConfiguration?.JunctionPath ?? null, lifecycle: Lifecycle ?? null, volume };
}

/** Returns the addresses of the server in one form, from the mount or from its name. Empty if the name has none. */
async function addressesOf({ host, address }: ExportPlace): Promise<ReadonlySet<string>> {
  if (address !== null) return new Set([plainAddress(address)]);
  if (isIP(host) !== 0) return new Set([plainAddress(host)]);
  const found = await lookup(host, { all: true }).catch(() => []);
  return new Set(found.map((each) => plainAddress(each.address)));
}

/** NFS is also answered at the addresses of the other endpoints of a storage virtual machine. */
function addressesOfSvm({ Endpoints: endpoints = {} }: StorageVirtualMachine): string[] {
  return [endpoints.Nfs, endpoints.Management, endpoints.Smb]
    .flatMap((endpoint) => [...(endpoint?.IpAddresses ?? []), ...(endpoint?.Ipv6Addresses ?? [])])
    .map(plainAddress);
}

/** Returns an address as it can be compared: IPv6 without its zone, shortened. */
function plainAddress(address: string): string {
  const [plain = ''] = address.split('%');
  return isIP(plain) === 6 ? new URL(`http://[${plain}]`).hostname : plain;
}
