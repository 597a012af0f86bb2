/** Checks the settings of a start script. */
import { FeedrateError } from '../base/errors.js';
import { type Parsed, parseDuration, parseSize } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { FeedrateSource, StartHook, StartScriptSettings } from './start-script.js';

/** The settings as typed. */
export interface RawSettings {
  readonly for: StartHook;
  readonly user?: string;
  /** False with --no-write-test. */
  readonly writeTest: boolean;
  readonly readAhead: string;
  readonly tries: string;
  readonly mountTimeout: string;
  readonly feedrate?: string;
  readonly feedrateHash?: string;
}

/** The user of the images of SageMaker who runs the training. */
const USERS: Readonly<Record<StartHook, string>> = {
  notebook: 'ec2-user',
  'hyperpod-on-create': 'ubuntu',
  'hyperpod-on-init-complete': 'ubuntu',
};

/** Returns the settings. Throws `FeedrateError('usage')` that names the faulty option. */
export function settingsOf(raw: RawSettings, version: string): StartScriptSettings {
  const user = raw.user ?? USERS[raw.for];
  if (!/^[a-z_][a-z0-9_-]*\$?$/i.test(user)) throw usage(`--user ${user}: expected the name of a user`);
  const readAheadBytes = raw.readAhead === 'none' ? null : numberOf(parseSize(raw.readAhead));
  const timeoutNs = numberOf(parseDuration(raw.mountTimeout));
  const tries = /^\d+$/.test(raw.tries) ? Number(raw.tries) : Number.NaN;
  if (readAheadBytes !== null && !(readAheadBytes >= 4096 && readAheadBytes <= 2 ** 30))
    throw usage(`--read-ahead ${raw.readAhead}: expected a size from 4KiB to 1GiB, or none`);
  if (!(tries >= 1 && tries <= 10)) throw usage(`--tries ${raw.tries}: expected a number from 1 to 10`);
  if (!(timeoutNs >= 1e9 && timeoutNs <= 300e9))
    throw usage(`--mount-timeout ${raw.mountTimeout}: expected a duration from 1s to 300s`);
  return {
    start: raw.for,
    version,
    user: raw.writeTest ? user : null,
    readAheadKib: readAheadBytes === null ? null : Math.floor(readAheadBytes / 1024),
    tries,
    timeoutSeconds: Math.ceil(timeoutNs / 1e9),
    feedrate: feedrateOf(raw),
  };
}

const numberOf = (parsed: Parsed<number>): number => (parsed.ok ? parsed.value : Number.NaN);

function feedrateOf({ feedrate, feedrateHash: sha256 }: RawSettings): FeedrateSource | null {
  if (feedrate === undefined) {
    if (sha256 !== undefined) throw usage('--feedrate-hash: there is no --feedrate to check');
    return null;
  }
  requirePlace('--feedrate', feedrate);
  const isArchive = feedrate.startsWith('s3://') || feedrate.endsWith('.tar.gz');
  if (sha256 !== undefined && !(isArchive && /^[0-9a-f]{64}$/i.test(sha256)))
    throw usage(`--feedrate-hash ${sha256}: expected the 64 hexadecimal digits of an archive`);
  return { place: feedrate, sha256: sha256?.toLowerCase() ?? null };
}

/** Throws `FeedrateError('usage')` unless the text is s3://bucket/key or an absolute path. */
export function requirePlace(option: string, text: string): void {
  if (visibleText(text) !== text || !/^(?:s3:\/\/[A-Za-z0-9][A-Za-z0-9.:-]+\/.*[^/]|\/.*[^/])$/u.test(text))
    throw usage(`${option} ${visibleText(text)}: expected s3://bucket/key or an absolute path`);
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
