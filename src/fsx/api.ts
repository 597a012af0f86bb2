/** The FSx API of one region: calls that end in time, are repeated when throttled, and read every page. */
import type {
  FileSystem,
  FSxClient,
  StorageVirtualMachine,
  StorageVirtualMachineFilterName,
  Volume,
  VolumeFilterName,
} from '@aws-sdk/client-fsx';
import { callPatiently, type Patience } from '../aws/retry.js';
import { loadSdk, type SdkModule } from '../aws/sdk.js';
import { FeedrateError } from '../base/errors.js';

/** One page of a list, as the API asks for it and continues it. */
interface ListPage {
  readonly NextToken?: string | undefined;
}

interface Filter<Name> {
  readonly name: Name;
  readonly value: string;
}

interface CallOptions {
  readonly abortSignal: AbortSignal;
}

export class FsxApi {
  readonly region: string;
  /** Creates the commands that `call` sends. */
  readonly sdk: SdkModule<'fsx'>;
  readonly #client: FSxClient;
  readonly #patience: Patience;

  constructor(sdk: SdkModule<'fsx'>, region: string, patience: Patience) {
    this.sdk = sdk;
    this.region = region;
    this.#patience = patience;
    // `callPatiently` repeats the calls and ends them, so that one limit covers everything.
    this.#client = new sdk.FSxClient({ region, maxAttempts: 1, requestHandler: { connectionTimeout: 3000 } });
  }

  /**
   * Sends one call, such as `DescribeVolumes`, and returns its answer. Throws `FeedrateError('cloud')`.
   * @param resource what a policy that allows the call must name. Default: `*`
   */
  call<Answer>(
    action: string,
    send: (client: FSxClient, options: CallOptions) => Promise<Answer>,
    resource = '*',
  ): Promise<Answer> {
    const name = { action: `fsx:${action}`, region: this.region, resource };
    return callPatiently(name, this.#patience, (abortSignal) => send(this.#client, { abortSignal }));
  }

  /** Returns the file systems with these ids, or all of the account. Throws `FeedrateError('cloud')`. */
  fileSystems(ids: readonly string[] | null): Promise<FileSystem[]> {
    const wanted = ids === null ? {} : { FileSystemIds: [...ids] };
    return this.#pages('DescribeFileSystems', async (client, page, options) => {
      const answer = await client.send(new this.sdk.DescribeFileSystemsCommand({ ...wanted, ...page }), options);
      return [answer.FileSystems, answer];
    });
  }

  /** Returns the storage virtual machines that match, or all of the account. Throws `FeedrateError('cloud')`. */
  virtualMachines(filter: Filter<StorageVirtualMachineFilterName> | null): Promise<StorageVirtualMachine[]> {
    const wanted = filter === null ? {} : { Filters: [{ Name: filter.name, Values: [filter.value] }] };
    return this.#pages('DescribeStorageVirtualMachines', async (client, page, options) => {
      const command = new this.sdk.DescribeStorageVirtualMachinesCommand({ ...wanted, ...page });
      const answer = await client.send(command, options);
      return [answer.StorageVirtualMachines, answer];
    });
  }

  /** Returns the volume with this id, or the volumes that match. Throws `FeedrateError('cloud')`. */
  volumes(wanted: { readonly id: string } | Filter<VolumeFilterName>): Promise<Volume[]> {
    const input =
      'id' in wanted ? { VolumeIds: [wanted.id] } : { Filters: [{ Name: wanted.name, Values: [wanted.value] }] };
    return this.#pages('DescribeVolumes', async (client, page, options) => {
      const answer = await client.send(new this.sdk.DescribeVolumesCommand({ ...input, ...page }), options);
      return [answer.Volumes, answer];
    });
  }

  async #pages<Item>(
    action: string,
    send: (client: FSxClient, page: ListPage, options: CallOptions) => Promise<[Item[] | undefined, ListPage]>,
  ): Promise<Item[]> {
    const all: Item[] = [];
    const seen = new Set<string>();
    for (let page: ListPage = {}; ; ) {
      const [items, { NextToken }] = await this.call(action, (client, options) => send(client, page, options));
      if (items !== undefined) all.push(...items);
      if (!NextToken) return all;
      if (seen.has(NextToken)) throw new FeedrateError('cloud', `fsx:${action} in ${this.region}: its pages never end`);
      seen.add(NextToken);
      page = { NextToken };
    }
  }
}

/** Returns the API of a region. Throws `FeedrateError('cloud')` when the SDK is not installed. */
export async function openFsx(region: string, patience: Patience): Promise<FsxApi> {
  return new FsxApi(await loadSdk('fsx'), region, patience);
}
