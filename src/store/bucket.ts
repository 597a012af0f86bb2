/** A bucket of Amazon S3, or what an S3 access point leads to: the calls that feedrate makes, each ended in time. */
import { callAws, cloudError } from '../aws/call.js';
import { loadSdk, type SdkModule } from '../aws/sdk.js';
import { FeedrateError } from '../base/errors.js';
import { type BucketCall, bucketFault, httpStatusOf, isRefused, regionIn } from './bucket-faults.js';
import { type BucketPlace, bucketArn, objectsArn } from './bucket-place.js';

/** A call without data. It includes looking for credentials, and the retries. */
const CALL_MS = 20_000;
/** A call that moves at most `PIECE_BYTES`: 28 KB/s are enough for it. */
const DATA_CALL_MS = 300_000;
/** Objects are read in pieces of this size, so that a broken connection costs one of them. */
const PIECE_BYTES = 8 * 2 ** 20;
const READ_ATTEMPTS = 3;
/** S3 answers a bucket's Region from here to anybody. */
const ANY_REGION = 'us-east-1';
/** The texts of a run fit into memory several times. */
const MOST_TEXT_BYTES = 128 * 2 ** 20;

export type S3Sdk = SdkModule<'s3'>;
export type S3Connection = InstanceType<S3Sdk['S3Client']>;

/** What a store says about an object. */
export interface ObjectFacts {
  readonly sizeBytes: number;
  /** As S3 writes it: base64, and `-N` for the checksum of N parts' checksums. Null: the store keeps none. */
  readonly sha256: string | null;
  /** `aws:kms`, `AES256` or, behind an access point of Amazon FSx, `aws:fsx`. Null: not told. */
  readonly encryption: string | null;
  readonly keyArn: string | null;
}

interface Piece {
  readonly bytes: Buffer;
  readonly totalBytes: number;
  readonly etag: string | undefined;
}

/** Not `Bucket`: TypeScript 7.0 renames that field of a request too, where a class of this name has static methods. */
export class S3Bucket {
  readonly place: BucketPlace;
  readonly region: string;
  readonly sdk: S3Sdk;
  readonly client: S3Connection;

  private constructor(sdk: S3Sdk, place: BucketPlace, region: string) {
    this.sdk = sdk;
    this.place = place;
    this.region = region;
    // Stores of others answer at an endpoint of their own and rarely have a host name for each bucket. ARNs need one.
    const isElsewhere = Boolean(process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']);
    this.client = new sdk.S3Client({
      region,
      maxAttempts: 3,
      useArnRegion: true,
      forcePathStyle: isElsewhere && !place.bucket.startsWith('arn:'),
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: 5000, socketTimeout: CALL_MS },
    });
  }

  /**
   * Connects, in the Region that the bucket is in. Throws `FeedrateError('cloud')` when the bucket does not exist or the
   * credentials are not accepted. Whether anything in it may be read or written is not known yet.
   */
  static async open(place: BucketPlace): Promise<S3Bucket> {
    const sdk = await loadSdk('s3');
    const bucket = new S3Bucket(sdk, place, place.arnRegion ?? (await configuredRegion(sdk)));
    const actual = await bucket.#otherRegion();
    if (actual === null) return bucket;
    const there = new S3Bucket(sdk, place, actual);
    await there.#otherRegion();
    return there;
  }

  close(): void {
    this.client.destroy();
  }

  /** Returns the Region that the bucket is in if it is another one. Whoever may not list it is told by later calls. */
  async #otherRegion(): Promise<string | null> {
    try {
      await this.#list(this.place, undefined, 1);
      return null;
    } catch (thrown) {
      const actual = regionIn(thrown);
      const isElsewhere = actual !== null && actual !== this.region;
      if (isRefused(thrown) && !isElsewhere) return null;
      this.close();
      if (isElsewhere) return actual;
      throw thrown;
    }
  }

  /** Returns what the store says about an object, or null when there is none. */
  async facts(place: BucketPlace): Promise<ObjectFacts | null> {
    const input = { Bucket: place.bucket, Key: place.prefix, ChecksumMode: 'ENABLED' } as const;
    try {
      const found = await this.#call('s3:GetObject', place, CALL_MS, (abortSignal) =>
        this.client.send(new this.sdk.HeadObjectCommand(input), { abortSignal }),
      );
      return {
        sizeBytes: found.ContentLength ?? 0,
        sha256: found.ChecksumSHA256 ?? null,
        encryption: found.ServerSideEncryption ?? null,
        keyArn: found.SSEKMSKeyId ?? null,
      };
    } catch (thrown) {
      if (httpStatusOf(thrown) === 404 || (await this.#isMissing(place, thrown))) return null;
      throw thrown;
    }
  }

  /**
   * Returns whether a refused object does not exist. S3 refuses a missing object (403) to whoever may list the bucket only
   * below a prefix, because a request for an object names no prefix. A list of that one key does.
   */
  async #isMissing(place: BucketPlace, thrown: unknown): Promise<boolean> {
    if (!isRefused(thrown)) return false;
    const input = { Bucket: place.bucket, Prefix: place.prefix, MaxKeys: 1 };
    try {
      const { Contents = [] } = await this.#call('s3:ListBucket', this.place, CALL_MS, (abortSignal) =>
        this.client.send(new this.sdk.ListObjectsV2Command(input), { abortSignal }),
      );
      return Contents[0]?.Key !== place.prefix;
    } catch {
      return false;
    }
  }

  /**
   * Hands the bytes of an object to `take`, in pieces. Returns false when there is no object. Throws
   * `FeedrateError('store')` when it was replaced meanwhile.
   */
  async read(place: BucketPlace, take: (bytes: Buffer) => void): Promise<boolean> {
    let doneBytes = 0;
    let etag: string | undefined;
    for (;;) {
      const piece = await this.#piece(place, doneBytes, etag);
      if (piece === null) return false;
      take(piece.bytes);
      doneBytes += piece.bytes.length;
      etag = piece.etag;
      if (doneBytes >= piece.totalBytes || piece.bytes.length === 0) return true;
    }
  }

  /** Returns a small object's text, or null when there is none. */
  async text(place: BucketPlace): Promise<string | null> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const isThere = await this.read(place, (piece) => {
      bytes += piece.length;
      if (bytes > MOST_TEXT_BYTES) throw new FeedrateError('store', `${place.prefix}: too large for a file of a run`);
      pieces.push(piece);
    });
    return isThere ? Buffer.concat(pieces).toString('utf8') : null;
  }

  /** Returns the names of what lies directly below a place and holds something itself. */
  async namesBelow(place: BucketPlace): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.#list(place, token);
      const begin = place.prefix === '' ? 0 : place.prefix.length + 1;
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) names.push(Prefix.slice(begin, -1));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return names;
  }

  /**
   * Aborts unfinished uploads of these objects, which a killed export left and which are charged for. Returns their number:
   * 0 also where the caller may not list them, or the store cannot.
   */
  async abortUploads(places: readonly BucketPlace[]): Promise<number> {
    const below = { Bucket: this.place.bucket, Prefix: places[0]?.prefix.replace(/[^/]*$/, '') };
    const keys = new Set(places.map(({ prefix }) => prefix));
    try {
      const { Uploads = [] } = await this.#call('s3:ListBucketMultipartUploads', this.place, CALL_MS, (abortSignal) =>
        this.client.send(new this.sdk.ListMultipartUploadsCommand(below), { abortSignal }),
      );
      const left = Uploads.filter(({ Key }) => Key !== undefined && keys.has(Key));
      for (const { Key, UploadId } of left)
        await this.#call('s3:AbortMultipartUpload', this.place, CALL_MS, (abortSignal) =>
          this.client.send(new this.sdk.AbortMultipartUploadCommand({ Bucket: this.place.bucket, Key, UploadId }), {
            abortSignal,
          }),
        );
      return left.length;
    } catch (thrown) {
      if (isRefused(thrown) || httpStatusOf(thrown) === 501) return 0;
      throw thrown;
    }
  }

  /**
   * Writes an object with `send`, which may take any time while data moves, and gives its errors their remedy.
   * @param kmsKey the key that `send` asks for
   */
  async writing(place: BucketPlace, kmsKey: string | undefined, send: () => Promise<unknown>): Promise<void> {
    const action = 's3:PutObject';
    try {
      await send();
    } catch (thrown) {
      const error = cloudError({ action, region: this.region }, thrown);
      throw bucketFault({ action, place, granted: this.place, region: this.region, kmsKey }, error);
    }
  }

  #list({ prefix }: BucketPlace, token: string | undefined, most?: number) {
    const input = {
      Bucket: this.place.bucket,
      Prefix: prefix === '' ? undefined : `${prefix}/`,
      Delimiter: '/',
      ContinuationToken: token,
      MaxKeys: most,
    };
    return this.#call('s3:ListBucket', this.place, CALL_MS, (abortSignal) =>
      this.client.send(new this.sdk.ListObjectsV2Command(input), { abortSignal }),
    );
  }

  /** Returns the bytes of an object from a position on, or null when there is no object. */
  async #piece(place: BucketPlace, from: number, etag: string | undefined): Promise<Piece | null> {
    const Range = `bytes=${from}-${from + PIECE_BYTES - 1}`;
    const input = { Bucket: place.bucket, Key: place.prefix, Range, IfMatch: etag };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#call('s3:GetObject', place, DATA_CALL_MS, async (abortSignal) => {
          const answer = await this.client.send(new this.sdk.GetObjectCommand(input), { abortSignal });
          const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
          const total = Number(answer.ContentRange?.split('/')[1] ?? bytes.length);
          return { bytes, totalBytes: total, etag: answer.ETag };
        });
      } catch (thrown) {
        const status = httpStatusOf(thrown);
        // An empty object has no byte 0.
        if (status === 416 && from === 0) return { bytes: Buffer.alloc(0), totalBytes: 0, etag };
        if (from === 0 && (status === 404 || (await this.#isMissing(place, thrown)))) return null;
        if (status === 412 || status === 416 || status === 404)
          throw new FeedrateError('store', `${place.prefix}: was replaced while it was read; try again`);
        if (status !== null || attempt === READ_ATTEMPTS) throw thrown;
      }
    }
  }

  async #call<Answer>(
    action: string,
    place: BucketPlace,
    timeoutMs: number,
    send: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const call: BucketCall = { action, place, granted: this.place, region: this.region };
    const resource = action.startsWith('s3:List') ? bucketArn(place, this.region) : objectsArn(place, this.region);
    try {
      return await callAws({ action, resource, region: this.region }, timeoutMs, send);
    } catch (thrown) {
      throw thrown instanceof FeedrateError ? bucketFault(call, thrown) : thrown;
    }
  }
}

/** Returns the Region of the environment or the profile. */
async function configuredRegion({ S3Client }: S3Sdk): Promise<string> {
  const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  if (region) return region;
  const client = new S3Client({});
  try {
    return await client.config.region();
  } catch {
    return ANY_REGION;
  } finally {
    client.destroy();
  }
}
