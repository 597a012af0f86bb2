/**
 * The key of AWS KMS that `--kms-key` names. Forms: "KeyId" in the reference of kms:DescribeKey (an id, an ARN, `alias/NAME`,
 * the ARN of an alias). S3 takes only keys of the bucket's Region ("Using server-side encryption with AWS KMS keys").
 */
import { shellWord } from '../base/shell-word.js';

const ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;
const ARN = /^arn:[\w-]+:kms:([\w-]+):\d*:(?:key\/(.+)|alias\/.+)$/;

/** Returns the id of the key that a text names. Null for an alias, whose key only KMS knows. */
function keyIdOf(text: string): string | null {
  return ID.test(text) ? text : (ARN.exec(text)?.[2] ?? null);
}

/** Returns whether an object is certainly encrypted with another key than the one that was asked for. */
export function isOtherKey(asked: string, keyArn: string | null): boolean {
  const id = keyIdOf(asked);
  return id !== null && keyArn !== null && (keyIdOf(keyArn) ?? keyArn).toLowerCase() !== id.toLowerCase();
}

/** Returns what is wrong with a key that S3 refused, as far as the text shows it, and what to do. */
export function keyRemedy(asked: string, region: string): string {
  const there = ARN.exec(asked)?.[1];
  if (there !== undefined && there !== region)
    return `check --kms-key: the key is in ${there} and the bucket in ${region}, but they must be in the same Region`;
  const isNamed = there !== undefined || ID.test(asked) || asked.startsWith('alias/');
  if (!isNamed) return `check --kms-key: it is no id, ARN or alias of a key; an alias begins with alias/`;
  const look = `aws kms describe-key --region ${region} --key-id ${shellWord(asked)}`;
  return `check --kms-key, and that the key is enabled in this Region: ${look}`;
}
