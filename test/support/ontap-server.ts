/**
 * An HTTPS server that answers like the ONTAP REST API, in a thread of its own, because commands of the tests block theirs.
 * The rules are those of NetApp's documentation: fields are returned only when they are named, a field that does not exist
 * makes the request fail, and passwords are compared.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { needTool } from './skip.js';

/** How the server behaves. Plain data, because it crosses threads. */
export interface OntapScene {
  readonly username: string;
  readonly password: string;
  /** `9.17.1P7D1` */
  readonly version: string;
  /** Records of `/api/storage/volumes`, nested as ONTAP nests them. */
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  /** Fields that this version does not have: `cloud_write_enabled`. */
  readonly lacks?: readonly string[];
  /** `/api/network/ip/interfaces`: addresses and their SVM. */
  readonly interfaces?: readonly { readonly address: string; readonly svm: string }[];
  readonly tcpMaxXferBytes?: number;
  readonly caches?: number;
  /** Answers instead of the right ones, by the beginning of the path. */
  readonly instead?: readonly Instead[];
  /** Operations that each look at the statistics adds: reads and their latency in microseconds, of each volume. */
  readonly readsPerLook?: number;
  readonly readMicroseconds?: number;
  /** The statistics are refreshed only with every n-th look. */
  readonly refreshEvery?: number;
}

export interface Instead {
  readonly path: string;
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly location?: string;
  /** Repeats the body until the answer is as long. */
  readonly bytes?: number;
  readonly delayMs?: number;
}

export interface OntapServer {
  readonly url: string;
  /** SHA-256 of the certificate, as openssl(1) prints it. */
  readonly fingerprint: string;
  /** The file of the certificate, which is its own issuer. */
  readonly certificateFile: string;
  /** The requests so far: their path with query, and whether they had credentials. */
  requests(): Promise<readonly { readonly path: string; readonly authorized: boolean }[]>;
  close(): Promise<void>;
}

/** Starts the server. The certificate, for `localhost` and 127.0.0.1, is made in `directory`. */
export async function startOntapServer(directory: string, scene: OntapScene): Promise<OntapServer> {
  const { keyFile, certificateFile, fingerprint } = makeCertificate(directory);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { scene, keyFile, certificateFile },
    execArgv: [],
  });
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  const port = await answer<number>();
  return {
    url: `https://localhost:${port}`,
    fingerprint,
    certificateFile,
    requests: () => {
      worker.postMessage('requests');
      return answer();
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

function makeCertificate(directory: string): { keyFile: string; certificateFile: string; fingerprint: string } {
  needTool('openssl');
  const keyFile = join(directory, 'ontap.key');
  const certificateFile = join(directory, 'ontap.pem');
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', keyFile, '-out', certificateFile],
  );
  const fingerprint = openssl('x509', '-noout', '-fingerprint', '-sha256', '-in', certificateFile).trim();
  return { keyFile, certificateFile, fingerprint };
}

interface ThreadData {
  readonly scene: OntapScene;
  readonly keyFile: string;
  readonly certificateFile: string;
}

function serve({ scene, keyFile, certificateFile }: ThreadData): void {
  const seen: { path: string; authorized: boolean }[] = [];
  const expected = `Basic ${Buffer.from(`${scene.username}:${scene.password}`).toString('base64')}`;
  const looks = { count: 0 };
  const server = createServer(
    { key: readFileSync(keyFile), cert: readFileSync(certificateFile) },
    (asked, response) => {
      const url = new URL(asked.url ?? '/', 'https://localhost');
      seen.push({ path: url.pathname + url.search, authorized: asked.headers.authorization !== undefined });
      const send = (status: number, value: unknown) => {
        response.writeHead(status, { 'content-type': 'application/hal+json' });
        response.end(JSON.stringify(value));
      };
      const other = scene.instead?.find(({ path }) => url.pathname.startsWith(path));
      if (other !== undefined) {
        const { status, type = 'application/json', body = '', location, bytes = body.length, delayMs = 0 } = other;
        setTimeout(() => {
          response.writeHead(status, { 'content-type': type, ...(location === undefined ? {} : { location }) });
          response.end(body.repeat(Math.ceil(bytes / Math.max(1, body.length))));
        }, delayMs);
      } else if (asked.headers.authorization !== expected) {
        send(401, { error: { message: 'User is not authorized.', code: '6691623' } });
      } else {
        const { status, value } = answerTo(url, scene, looks);
        send(status, value);
      }
    },
  );
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
  parentPort?.on('message', () => parentPort?.postMessage(seen));
}

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

function answerTo({ pathname, searchParams: query }: URL, scene: OntapScene, looks: { count: number }): Answer {
  const ok = (records: readonly unknown[]): Answer => ({
    status: 200,
    value: { records, num_records: records.length },
  });
  switch (pathname) {
    case '/api/cluster':
      return {
        status: 200,
        value: { version: { full: `NetApp Release ${scene.version}: Wed Jul 01 00:00:00 UTC 2026` } },
      };
    case '/api/storage/volumes':
      return volumesAnswer(query, scene, looks);
    case '/api/network/ip/interfaces':
      return ok(
        (scene.interfaces ?? [])
          .filter(({ address }) => address === query.get('ip.address'))
          .map(({ address, svm }) => ({ uuid: address, svm: { name: svm } })),
      );
    case '/api/protocols/nfs/services': {
      if (scene.lacks?.includes('transport.tcp_max_transfer_size'))
        return { status: 400, value: { error: { message: 'The value "transport" is invalid', code: '262197' } } };
      const transport = { tcp_max_transfer_size: scene.tcpMaxXferBytes ?? 65_536 };
      return ok([{ svm: { name: query.get('svm.name') ?? 'svm' }, transport }]);
    }
    case '/api/private/cli/vserver/nfs':
      return ok([{ vserver: query.get('vserver') ?? 'svm', tcp_max_xfer_size: scene.tcpMaxXferBytes ?? 65_536 }]);
    case '/api/private/cli/system/node/external-cache':
      return ok(Array.from({ length: scene.caches ?? 0 }, (_, index) => ({ node: `node-${index}` })));
    default:
      return { status: 404, value: { error: { message: 'API not found', code: '3' } } };
  }
}

function volumesAnswer(query: URLSearchParams, scene: OntapScene, looks: { count: number }): Answer {
  const fields = query.get('fields')?.split(',') ?? [];
  const unknown = fields.find((field) =>
    scene.lacks?.some((lacked) => field === lacked || field.startsWith(`${lacked}.`)),
  );
  if (unknown !== undefined) {
    const message = `The value "${unknown}" is invalid for field "fields" (<field,...>)`;
    return { status: 400, value: { error: { message, code: '262197' } } };
  }
  if (fields.some((field) => field.startsWith('statistics'))) looks.count++;
  const filters = [...query].filter(([name]) => !['fields', 'max_records'].includes(name));
  // Without this filter, ONTAP leaves constituents out.
  if (!query.has('is_constituent')) filters.push(['is_constituent', 'false']);
  const records = scene.volumes
    .map((volume) => ({
      ...volume,
      ...(volume['statistics'] === undefined ? { statistics: statisticsOf(scene, looks) } : {}),
    }))
    .filter((volume) =>
      filters.every(([name, value]) =>
        fits(valueAt(volume, name) ?? (name === 'is_constituent' ? false : undefined), value),
      ),
    )
    .map((volume) =>
      ['uuid', 'name', ...fields].reduce<unknown>((record, field) => copied(record, volume, field.split('.')), {}),
    );
  return { status: 200, value: { records, num_records: records.length } };
}

/** A `*` in a query is a wildcard. */
function fits(value: unknown, wanted: string): boolean {
  return wanted.endsWith('*') ? String(value).startsWith(wanted.slice(0, -1)) : String(value) === wanted;
}

function statisticsOf(scene: OntapScene, looks: { count: number }): unknown {
  const refreshed = Math.floor(looks.count / (scene.refreshEvery ?? 1));
  const reads = 1000 + refreshed * (scene.readsPerLook ?? 100);
  const each = scene.readMicroseconds ?? 600;
  const counts = (read: number) => ({ read, write: 0, other: 0, total: read });
  return {
    timestamp: new Date(1_780_000_000_000 + refreshed * 15_000).toISOString().replace('.000', ''),
    status: 'ok',
    iops_raw: counts(reads),
    latency_raw: counts(reads * each),
    throughput_raw: counts(reads * 65_536),
  };
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
}

/** Copies a field of the source into the record, through lists too. */
function copied(record: unknown, source: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return source;
  if (Array.isArray(source))
    return source.map((item, index) => copied((record as unknown[] | undefined)?.[index], item, path));
  const value = (source as Record<string, unknown> | undefined)?.[key];
  if (value === undefined) return record ?? {};
  const known = (record ?? {}) as Record<string, unknown>;
  return { ...known, [key]: copied(known[key], value, rest) };
}

if (!isMainThread && workerData !== null && 'certificateFile' in workerData) serve(workerData as ThreadData);
