/** URLs such as `s3://bucket/prefix`: where runs are kept in a bucket, or behind an S3 access point. */
import { FeedrateError } from '../base/errors.js';
import { quoted } from '../base/units.js';

const SCHEME = 's3://';
/** The ARN of an access point, alone or followed by `/prefix`. Its name follows a slash or a colon. */
const ACCESS_POINT = /^(arn:(aws[\w-]*):s3:([a-z0-9-]+):(\d{12}):accesspoint[/:]([a-z0-9-]+))(?:\/(.*))?$/s;
const BUCKET = /^([A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9])(?:\/(.*))?$/s;
/** The alias of an access point, which stands for a bucket. Amazon FSx gives out those with `-ext-`. */
const ALIAS = /-s3alias$/;
const FSX_ALIAS = /-ext-s3alias$/;

/** A bucket or access point, and the beginning of the keys below it. */
export interface BucketPlace {
  /** As requests name it: the name of a bucket, or the alias or ARN of an access point. */
  readonly bucket: string;
  /** Without slashes at its end. Empty for the bucket itself. */
  readonly prefix: string;
  /** The Region in the ARN of an access point. */
  readonly arnRegion: string | null;
}

/** Returns whether a text is meant as the URL of a bucket. */
export function isBucketUrl(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** Parses the URL of a bucket. Throws `FeedrateError('usage')` with the expected forms. */
export function bucketPlaceOf(url: string): BucketPlace {
  const rest = url.slice(SCHEME.length);
  const [, arn, , region = null, , , below = ''] = ACCESS_POINT.exec(rest) ?? [];
  if (arn !== undefined) return { bucket: arn, prefix: withoutEnd(below), arnRegion: region };
  const [, bucket, prefix = ''] = BUCKET.exec(rest) ?? [];
  if (bucket !== undefined) return { bucket, prefix: withoutEnd(prefix), arnRegion: null };
  const forms =
    's3://BUCKET/PREFIX, with the alias of an access point as BUCKET or s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/PREFIX';
  throw new FeedrateError('usage', `${quoted(url)}: expected ${forms}`);
}

function withoutEnd(key: string): string {
  return key.replace(/\/+$/, '');
}

/** Returns the place below another: of a run, or of a file of it. */
export function placeBelow(place: BucketPlace, name: string): BucketPlace {
  return { ...place, prefix: place.prefix === '' ? name : `${place.prefix}/${name}` };
}

/** Returns the URL of a place, as `bucketPlaceOf` takes it. */
export function urlOf({ bucket, prefix }: BucketPlace): string {
  return `${SCHEME}${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}

/** Returns the ARN of the bucket or access point, for policies. The ARN of an alias is not known: it stays a placeholder. */
export function bucketArn({ bucket }: BucketPlace, region: string): string {
  if (bucket.startsWith('arn:')) return bucket;
  if (ALIAS.test(bucket)) return 'ARN_OF_THE_ACCESS_POINT';
  const partition = /^(cn|us-gov)-/.exec(region)?.[1];
  return `arn:${partition === undefined ? 'aws' : `aws-${partition}`}:s3:::${bucket}`;
}

/** Returns the ARN of all objects below a place, for policies. */
export function objectsArn(place: BucketPlace, region: string): string {
  const arn = bucketArn(place, region);
  const objects = isAccessPoint(place) ? `${arn}/object` : arn;
  return `${objects}/${place.prefix === '' ? '' : `${place.prefix}/`}*`;
}

/** Returns whether requests go through an access point, of a bucket or of a volume of Amazon FSx. */
export function isAccessPoint({ bucket }: BucketPlace): boolean {
  return bucket.startsWith('arn:') || ALIAS.test(bucket);
}

/** Returns whether the name alone says that a volume of Amazon FSx is behind it. */
export function isFsxAlias({ bucket }: BucketPlace): boolean {
  return FSX_ALIAS.test(bucket);
}
