/** The thread of `fsx-server.ts`: an HTTP server that speaks the FSx API. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { bodyFaults } from './fsx-schema.js';
import type { FsxFault, FsxRequest } from './fsx-server.js';
import type { FsxWorld, Json, RegionWorld } from './fsx-world.js';

const TARGET = 'AWSSimbaAPIService_v20180301.';
const NOTHING: RegionWorld = { fileSystems: [], virtualMachines: [], volumes: [] };

/** An error as the service sends it. */
class Refusal extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

const FAULTS: Readonly<
  Record<Exclude<FsxFault, 'hang' | 'reset' | 'html' | 'malformed'>, (action: string) => Refusal>
> = {
  denied: (action) =>
    new Refusal(
      'AccessDeniedException',
      `User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: fsx:${action} because no identity-based policy allows the fsx:${action} action`,
    ),
  expired: () => new Refusal('ExpiredTokenException', 'The security token included in the request is expired'),
  throttled: () => new Refusal('ThrottlingException', 'Rate exceeded'),
  unknownToken: () =>
    new Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.'),
};

/** A change of a volume that was accepted and is not visible yet. */
interface PendingUpdate {
  describesLeft: number;
  readonly ontap: Json;
}

class FsxService {
  #world: FsxWorld;
  readonly #pending = new Map<string, PendingUpdate>();
  readonly requests: FsxRequest[] = [];
  readonly faults: { action: string; fault: FsxFault; left: number }[] = [];

  constructor(world: FsxWorld) {
    this.#world = world;
  }

  set world(world: FsxWorld) {
    this.#world = world;
  }

  answer(action: string, body: Json, region: string): Json {
    const there = this.#world.regions[region] ?? NOTHING;
    switch (action) {
      case 'DescribeFileSystems': {
        const ids = body['FileSystemIds'] as string[] | undefined;
        const found = named(there.fileSystems, 'FileSystemId', ids, 'FileSystemNotFound');
        return this.#page('FileSystems', found, body);
      }
      case 'DescribeStorageVirtualMachines': {
        const ids = body['StorageVirtualMachineIds'] as string[] | undefined;
        const all = named(there.virtualMachines, 'StorageVirtualMachineId', ids, 'StorageVirtualMachineNotFound');
        const found = filtered(all, body, { 'file-system-id': (svm) => svm['FileSystemId'] });
        return this.#page('StorageVirtualMachines', found, body);
      }
      case 'DescribeVolumes': {
        const all = named(there.volumes, 'VolumeId', body['VolumeIds'] as string[] | undefined, 'VolumeNotFound');
        const found = filtered(all, body, {
          'file-system-id': (volume) => volume['FileSystemId'],
          'storage-virtual-machine-id': (volume) => (volume['OntapConfiguration'] as Json)['StorageVirtualMachineId'],
        });
        return this.#page(
          'Volumes',
          found.map((volume) => this.#seen(volume)),
          body,
        );
      }
      case 'UpdateVolume':
        return { Volume: this.#update(there, body) };
      default:
        throw new Refusal('UnknownOperationException', action);
    }
  }

  #page(name: string, items: readonly Json[], body: Json): Json {
    const most = (body['MaxResults'] as number | undefined) ?? this.#world.pageItems ?? 100;
    const token = body['NextToken'] as string | undefined;
    const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
    const next = from + most < items.length ? { NextToken: Buffer.from(String(from + most)).toString('base64') } : {};
    return { [name]: items.slice(from, from + most), ...next };
  }

  /** The volume as it is described now: an accepted change shows only after some more descriptions. */
  #seen(volume: Json): Json {
    const id = volume['VolumeId'] as string;
    const update = this.#pending.get(id);
    if (update === undefined) return volume;
    if (update.describesLeft > 0) {
      update.describesLeft--;
      return volume;
    }
    this.#pending.delete(id);
    return this.#replace(volume, update.ontap);
  }

  #replace(volume: Json, ontap: Json): Json {
    const changed = { ...volume, OntapConfiguration: { ...(volume['OntapConfiguration'] as Json), ...ontap } };
    const regions = Object.entries(this.#world.regions).map(([name, region]) => [
      name,
      { ...region, volumes: region.volumes.map((each) => (each === volume ? changed : each)) },
    ]);
    this.#world = { ...this.#world, regions: Object.fromEntries(regions) };
    return changed;
  }

  #update(there: RegionWorld, body: Json): Json {
    const [volume] = named(there.volumes, 'VolumeId', [body['VolumeId'] as string], 'VolumeNotFound');
    const id = body['VolumeId'] as string;
    if (volume === undefined) throw new Refusal('VolumeNotFound', id);
    if (this.#pending.has(id)) throw new Refusal('BadRequest', 'There is an update already in progress');
    const ontap = { ...(body['OntapConfiguration'] as Json | undefined) };
    if (ontap['TieringPolicy'] !== undefined) ontap['TieringPolicy'] = tieringOf(ontap['TieringPolicy'] as Json);
    this.#pending.set(id, { describesLeft: this.#world.describesUntilVisible ?? 0, ontap });
    return volume;
  }
}

const DEFAULT_COOLING: Readonly<Record<string, number>> = { AUTO: 31, SNAPSHOT_ONLY: 2 };

/** A policy that is set without its cooling period gets the default one, not the one that it had. */
function tieringOf(wanted: Json): Json {
  const { Name: name, CoolingPeriod: cooling } = wanted as { Name?: string; CoolingPeriod?: number };
  const byDefault = DEFAULT_COOLING[name ?? ''];
  if (cooling !== undefined && byDefault === undefined)
    throw new Refusal('BadRequest', `CoolingPeriod is not valid for the tiering policy ${name}`);
  if (cooling !== undefined && (cooling < 2 || cooling > 183))
    throw new Refusal('BadRequest', 'CoolingPeriod must be between 2 and 183');
  return byDefault === undefined ? { Name: name } : { Name: name, CoolingPeriod: cooling ?? byDefault };
}

function named(
  all: readonly Json[],
  key: string,
  ids: readonly string[] | undefined,
  notFound: string,
): readonly Json[] {
  if (ids === undefined || ids.length === 0) return all;
  const missing = ids.find((id) => !all.some((item) => item[key] === id));
  if (missing !== undefined) throw new Refusal(notFound, `${key} ${missing} does not exist`);
  return all.filter((item) => ids.includes(item[key] as string));
}

function filtered(
  all: readonly Json[],
  body: Json,
  readers: Readonly<Record<string, (item: Json) => unknown>>,
): readonly Json[] {
  const filters = (body['Filters'] ?? []) as { readonly Name: string; readonly Values: readonly unknown[] }[];
  return filters.reduce((items, { Name, Values }) => {
    const read = readers[Name];
    if (read === undefined) throw new Refusal('BadRequest', `no filter ${Name}`);
    return items.filter((item) => Values.includes(read(item)));
  }, all);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'test' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function serve(service: FsxService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await bodyOf(request);
  const action = String(request.headers['x-amz-target']).replace(TARGET, '');
  // …Credential=KEY/20261129/us-east-1/fsx/aws4_request, …
  const region = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/fsx\//.exec(
    request.headers.authorization ?? '',
  )?.[1];
  try {
    if (!String(request.headers['x-amz-target']).startsWith(TARGET)) throw new Refusal('UnknownOperationException', '');
    if (request.headers['content-type'] !== 'application/x-amz-json-1.1')
      throw new Refusal('SerializationException', `content-type ${request.headers['content-type']}`);
    if (region === undefined) throw new Refusal('MissingAuthenticationTokenException', 'not signed for fsx');
    const body = JSON.parse(text) as Json;
    const wrong = bodyFaults(`${action}Request`, body);
    if (wrong.length > 0) throw new Refusal('SerializationException', wrong.join('; '));
    const seen: { -readonly [Key in keyof FsxRequest]: FsxRequest[Key] } = { action, region, body, answer: null };
    service.requests.push(seen);
    const planned = service.faults.find((fault) => (fault.action === action || fault.action === '*') && fault.left > 0);
    if (planned !== undefined) {
      planned.left--;
      if (planned.fault === 'hang') return;
      if (planned.fault === 'reset') return void request.socket.destroy();
      if (planned.fault === 'html') {
        response.writeHead(500, { 'content-type': 'text/html' });
        return void response.end('<!doctype html><title>500</title><h1>Internal Server Error</h1>');
      }
      if (planned.fault === 'malformed') return send(response, 200, '{"Volumes": [');
      throw FAULTS[planned.fault](action);
    }
    const answer = service.answer(action, body, region);
    const faults = bodyFaults(`${action}Response`, answer);
    if (faults.length > 0) throw new Error(`the test's own answer is wrong: ${faults.join('; ')}`);
    seen.answer = answer;
    send(response, 200, answer);
  } catch (thrown) {
    const isRefusal = thrown instanceof Refusal;
    const type = isRefusal ? thrown.type : 'InternalServerError';
    send(response, isRefusal ? 400 : 500, { __type: type, Message: (thrown as Error).message });
  }
}

const { world } = workerData as { readonly world: FsxWorld };
const service = new FsxService(world);
const server = createServer((request, response) => void serve(service, request, response));
const port = parentPort as MessagePort;
port.on('message', (message: { id: number; kind: string; value?: unknown }) => {
  const { id, kind, value } = message;
  if (kind === 'requests') port.postMessage({ id, value: service.requests });
  else {
    if (kind === 'world') service.world = value as FsxWorld;
    if (kind === 'fault') service.faults.push(value as (typeof service.faults)[number]);
    if (kind === 'calm') service.faults.length = 0;
    if (kind === 'forget') service.requests.length = 0;
    port.postMessage({ id });
  }
});
server.listen(0, '127.0.0.1', () => port.postMessage({ id: 0, value: (server.address() as AddressInfo).port }));
