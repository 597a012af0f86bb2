/** A small S3 in this process, for what moto cannot do: refuse, redirect, hang, and be an access point of Amazon FSx. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEST_CREDENTIALS } from './moto-server.js';

export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface S3Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Answers a request in place of the store; `hang` never does. Undefined: the store answers. */
export type Fault = (request: S3Request) => S3Reply | 'hang' | undefined;

export class S3Server {
  /** `bucket/key` → content. */
  readonly objects = new Map<string, Buffer>();
  /** Ids of uploads that are neither complete nor aborted. */
  readonly uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>();
  /** `METHOD bucket/key?query` of every request. */
  readonly log: string[] = [];
  fault: Fault = () => undefined;
  /** Whether it keeps no checksums and encrypts by itself. */
  isFsx = false;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** Runs `use` with an empty store, and the environment in which commands find it. */
  static async with(use: (store: S3Server, environment: Readonly<Record<string, string>>) => Promise<void>) {
    const store = new S3Server();
    store.#server.listen(0, '127.0.0.1');
    await once(store.#server, 'listening');
    const { port } = store.#server.address() as AddressInfo;
    try {
      await use(store, { ...TEST_CREDENTIALS, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` });
    } finally {
      store.#server.closeAllConnections();
      store.#server.close();
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://x');
    const [bucket = '', ...key] = decodeURIComponent(url.pathname).slice(1).split('/');
    const asked: S3Request = {
      method: request.method ?? '',
      bucket,
      key: key.join('/'),
      query: url.searchParams,
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks),
    };
    this.log.push(`${asked.method} ${bucket}/${asked.key}${url.search}`);
    const reply = this.fault(asked) ?? this.#answer(asked);
    if (reply === 'hang') return;
    response.writeHead(reply.status, { 'x-amz-request-id': '1', ...reply.headers });
    response.end(asked.method === 'HEAD' ? undefined : reply.body);
  }

  #answer(asked: S3Request): S3Reply {
    const { method, key, query } = asked;
    const name = `${asked.bucket}/${key}`;
    if (key === '') return query.has('uploads') ? this.#listUploads() : this.#list(asked);
    if (method === 'POST' && query.has('uploads')) {
      const id = `u${this.log.length}`;
      this.uploads.set(id, { key: name, parts: new Map() });
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    const id = query.get('uploadId');
    if (id !== null) return this.#part(asked, id, name);
    if (method === 'PUT') {
      this.objects.set(name, asked.body);
      return { status: 200, headers: { etag: '"1"', ...this.#factsOf(asked.body) } };
    }
    const content = this.objects.get(name);
    return content === undefined ? s3Error(404, 'NoSuchKey', 'no such key') : this.#read(asked, content);
  }

  #part({ method, query, body }: S3Request, id: string, name: string): S3Reply {
    const upload = this.uploads.get(id);
    if (upload === undefined) return s3Error(404, 'NoSuchUpload', 'no such upload');
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: '"1"', 'x-amz-checksum-sha256': sha256(body) } };
    }
    this.uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    this.objects.set(name, Buffer.concat([...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part)));
    return xml('<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>');
  }

  #read({ method, headers }: S3Request, content: Buffer): S3Reply {
    const common = { etag: `"${sha256(content)}"`, ...this.#factsOf(content) };
    if (method === 'HEAD') return { status: 200, headers: { ...common, 'content-length': String(content.length) } };
    const [, from = 0, to = content.length - 1] = (/^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? []).map(
      Number,
    );
    if (headers['if-match'] !== undefined && headers['if-match'] !== common.etag)
      return s3Error(412, 'PreconditionFailed', 'changed');
    if (from >= content.length) return s3Error(416, 'InvalidRange', 'no such range');
    const part = content.subarray(from, to + 1);
    const range = `bytes ${from}-${from + part.length - 1}/${content.length}`;
    return { status: 206, headers: { ...common, 'content-range': range }, body: part };
  }

  #factsOf(content: Buffer): Record<string, string> {
    if (this.isFsx) return { 'x-amz-server-side-encryption': 'aws:fsx', 'x-amz-storage-class': 'FSX_ONTAP' };
    return { 'x-amz-server-side-encryption': 'AES256', 'x-amz-checksum-sha256': sha256(content) };
  }

  #list({ bucket, query }: S3Request): S3Reply {
    const prefix = `${bucket}/${query.get('prefix') ?? ''}`;
    const keys = [...this.objects.keys()].filter((name) => name.startsWith(prefix)).sort();
    const found = new Set(
      keys.map((name) => {
        const cut = query.has('delimiter') ? name.indexOf('/', prefix.length) : -1;
        const key = name.slice(bucket.length + 1, cut < 0 ? undefined : cut + 1);
        return cut < 0
          ? `<Contents><Key>${key}</Key></Contents>`
          : `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`;
      }),
    );
    // One name a page, so that pages are read on.
    const token = Number(query.get('continuation-token') ?? 0);
    const next = token + 1 < found.size ? `<NextContinuationToken>${token + 1}</NextContinuationToken>` : '';
    return xml(`<ListBucketResult>${[...found][token] ?? ''}${next}</ListBucketResult>`);
  }

  #listUploads(): S3Reply {
    const uploads = [...this.uploads].map(([id, { key }]) => {
      const name = key.slice(key.indexOf('/') + 1);
      return `<Upload><Key>${name}</Key><UploadId>${id}</UploadId></Upload>`;
    });
    return xml(`<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`);
  }
}

/** The body of an error as S3 writes it. */
export function s3Error(status: number, code: string, message: string, more = ''): S3Reply {
  const body = `<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function xml(body: string): S3Reply {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
