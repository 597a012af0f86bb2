/** Uploads one file, in parts if it is large. Nothing incomplete stays when it fails or is stopped. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { loadSdk } from '../aws/sdk.js';
import { FeedrateError } from '../base/errors.js';
import type { S3Bucket, S3Connection } from './bucket.js';
import type { BucketPlace } from './bucket-place.js';

const LEAST_PART_BYTES = 8 * 2 ** 20;
/** S3 takes at most this many parts. */
const MOST_PARTS = 10_000;
/** Parts under way at once. With the one that is read next, they are all that is in memory: 40 MiB. */
const PARTS_AT_ONCE = 4;

/** What is uploaded: a file, of which only the bytes that it had at first, or a text. */
export interface UploadSource {
  readonly name: string;
  readonly content: { readonly path: string } | { readonly text: string };
  readonly sizeBytes: number;
}

/** The SHA-256 of a file: as hex, and as S3 keeps it. */
export interface FileSums {
  readonly sha256: string;
  /** Of the file as one object, and as one of parts: HeadObject writes their number after it, others do not. */
  readonly kept: readonly string[];
}

/** Returns the checksums of a source. Throws Node's error when it cannot be read. */
export async function sumsOf(source: UploadSource): Promise<FileSums> {
  const whole = createHash('sha256');
  const partBytes = partBytesOf(source.sizeBytes);
  const parts: Buffer[] = [];
  let part: { hash: Hash; bytes: number } = { hash: createHash('sha256'), bytes: 0 };
  for await (const chunk of streamOf(source)) {
    const bytes = chunk as Buffer;
    whole.update(bytes);
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + partBytes - part.bytes);
      part.hash.update(piece);
      part.bytes += piece.length;
      from += piece.length;
      if (part.bytes < partBytes) continue;
      parts.push(part.hash.digest());
      part = { hash: createHash('sha256'), bytes: 0 };
    }
  }
  if (part.bytes > 0) parts.push(part.hash.digest());
  const digest = whole.digest();
  const ofParts = createHash('sha256').update(Buffer.concat(parts)).digest('base64');
  return {
    sha256: digest.toString('hex'),
    kept: [digest.toString('base64'), `${ofParts}-${parts.length}`, ofParts],
  };
}

/**
 * Uploads a source. S3 checks the SHA-256 of each part when it takes it. Throws `FeedrateError('cloud')` after the upload
 * was aborted, and `FeedrateError('interrupted')` when the signal stopped it.
 * @param kmsKey id, alias or ARN of the key that encrypts it. Default: the encryption of the bucket
 */
export async function upload(
  bucket: S3Bucket,
  place: BucketPlace,
  source: UploadSource,
  { kmsKey, signal }: { readonly kmsKey: string | undefined; readonly signal: AbortSignal },
): Promise<void> {
  const { Upload } = await loadSdk('s3-upload');
  const stop = new AbortController();
  const follow = (): void => stop.abort();
  signal.addEventListener('abort', follow);
  try {
    if (signal.aborted) follow();
    await bucket.writing(place, kmsKey, () =>
      new Upload({
        client: stoppable(bucket, stop),
        queueSize: PARTS_AT_ONCE,
        partSize: partBytesOf(source.sizeBytes),
        params: {
          Bucket: place.bucket,
          Key: place.prefix,
          Body: streamOf(source),
          ContentLength: source.sizeBytes,
          ChecksumAlgorithm: 'SHA256',
          ...(kmsKey === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey }),
        },
      }).done(),
    );
  } catch (thrown) {
    requireGoingOn(signal);
    throw thrown;
  } finally {
    signal.removeEventListener('abort', follow);
  }
}

/** Throws `FeedrateError('interrupted')` after the signal. */
export function requireGoingOn(signal: AbortSignal): void {
  if (signal.aborted)
    throw new FeedrateError('interrupted', 'the export was interrupted; export the run again to finish it');
}

/**
 * Returns the client as an upload shall use it: the first part that fails stops the others, which would go on otherwise.
 * Whatever begins or ends an upload is never cut off, because an upload is aborted by the id that its beginning returns.
 */
function stoppable({ client, sdk }: S3Bucket, stop: AbortController): S3Connection {
  const sendPlain = client.send.bind(client) as (command: unknown, options?: object) => Promise<unknown>;
  const send = async (command: unknown): Promise<unknown> => {
    const isData = command instanceof sdk.UploadPartCommand || command instanceof sdk.PutObjectCommand;
    if (!isData) return sendPlain(command);
    try {
      return await sendPlain(command, { abortSignal: stop.signal });
    } catch (thrown) {
      stop.abort();
      throw thrown;
    }
  };
  return Object.create(client, { send: { value: send } }) as S3Connection;
}

function partBytesOf(sizeBytes: number): number {
  const mebibyte = 2 ** 20;
  return Math.max(LEAST_PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS / mebibyte) * mebibyte);
}

function streamOf({ content, sizeBytes }: UploadSource): Readable {
  if ('text' in content) return Readable.from([Buffer.from(content.text)]);
  if (sizeBytes === 0) return Readable.from([Buffer.alloc(0)]);
  return createReadStream(content.path, { start: 0, end: sizeBytes - 1, highWaterMark: 2 ** 20 });
}
