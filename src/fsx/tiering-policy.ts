/** Tiering policies with their cooling periods, as a user writes them and as AWS takes them. */
import { FeedrateError } from '../base/errors.js';
import type { TieringSetting } from '../record/tiering-journal.js';
import { formatSetting } from '../record/tiering-words.js';
import { TIERING_POLICIES, type TieringPolicyName } from '../record/volume-record.js';

/** The range of CoolingPeriod and the defaults, from the service model of FSx (botocore 1.43.11). */
export const COOLING_DAYS_MIN = 2;
export const COOLING_DAYS_MAX = 183;
const DEFAULT_COOLING_DAYS: Readonly<Record<TieringPolicyName, number | null>> = {
  SNAPSHOT_ONLY: 2,
  AUTO: 31,
  ALL: null,
  NONE: null,
};

/**
 * Parses `NONE,AUTO:31,ALL`. A missing cooling period is AWS's default. Throws `FeedrateError('usage')` for an unknown
 * policy, a cooling period that it cannot have, and a setting that comes directly after itself.
 */
export function parseTieringSettings(text: string): TieringSetting[] {
  const settings = text.split(',').map((word) => parseSetting(word.trim()));
  settings.forEach((setting, index) => {
    const before = settings[index - 1];
    if (before !== undefined && isSameSetting(before, setting))
      throw usage(text, `${formatSetting(setting)} comes twice in a row; name each policy once`);
  });
  return settings;
}

function parseSetting(word: string): TieringSetting {
  const [policy = '', days, ...rest] = word.split(':');
  const name = TIERING_POLICIES.find((each) => each === policy.toUpperCase().replaceAll('-', '_'));
  if (name === undefined || rest.length > 0)
    throw usage(word, `expected policies such as NONE,AUTO:31,ALL; known: ${TIERING_POLICIES.join(', ')}`);
  const fallback = DEFAULT_COOLING_DAYS[name];
  if (days === undefined) return { name, coolingDays: fallback };
  if (fallback === null) throw usage(word, `${name} has no cooling period; write ${name}`);
  const coolingDays = /^\d+$/.test(days) ? Number(days) : Number.NaN;
  if (!(coolingDays >= COOLING_DAYS_MIN && coolingDays <= COOLING_DAYS_MAX)) {
    const range = `${COOLING_DAYS_MIN} to ${COOLING_DAYS_MAX}`;
    throw usage(word, `the cooling period is a whole number of days from ${range}, such as ${name}:${fallback}`);
  }
  return { name, coolingDays };
}

function usage(text: string, message: string): FeedrateError {
  return new FeedrateError('usage', `--policies ${text}: ${message}`);
}

export function isSameSetting(one: TieringSetting, other: TieringSetting): boolean {
  return one.name === other.name && one.coolingDays === other.coolingDays;
}
