/** The text of a policy file, for every command that reads one. */
import { readFileSync } from 'node:fs';
import { FeedrateError } from '../../base/errors.js';

/** How places call a file: `-` is standard input. */
export function policyFileName(name: string): string {
  return name === '-' ? 'stdin' : name;
}

/** Returns the text of a file, or of stdin for `-`. Throws `FeedrateError('usage')` if it cannot be read or is not text. */
export function policyText(name: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(name === '-' ? 0 : name);
  } catch (cause) {
    const isDirectory = (cause as NodeJS.ErrnoException).code === 'EISDIR';
    const why = isDirectory
      ? `it is a directory; name the files in it, such as ${name.replace(/\/+$/, '')}/*.json`
      : (cause as Error).message;
    throw new FeedrateError('usage', `cannot read ${policyFileName(name)}: ${why}`, { cause });
  }
  // The redirection of Windows PowerShell writes UTF-16.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FeedrateError('usage', `${policyFileName(name)}: the file is not text in UTF-8`, { cause });
  }
}
