/** Reads lists of features. */
import { FeedrateError } from '../../base/errors.js';
import { type CloudPlace, FEATURES, type Feature, missingFor, OWN_FEATURES } from '../../iam/features.js';

/** The options that give the fields of a place. */
const OPTIONS: Readonly<Partial<Record<keyof CloudPlace, string>>> = {
  region: '--region',
  account: '--account',
  volumes: '--volume',
  bucket: '--bucket',
  accessPoint: '--access-point',
  role: '--role',
  secret: '--secret',
};

export interface ChosenFeatures {
  readonly features: readonly Feature[];
  /** Features of `feedrate` that were left out, with what they need. */
  readonly leftOut: readonly string[];
}

/**
 * Reads `describe,metrics` or `feedrate`, which stands for all features whose options are given. `--secret` adds the feature
 * that uses it. Throws `FeedrateError('usage')` for an unknown feature, and for a named one that lacks an option.
 */
export function chosenFeatures(option: string, lists: readonly string[], place: CloudPlace): ChosenFeatures {
  const names = lists.flatMap((list) => list.split(',')).map((name) => name.trim());
  const all = names.includes('feedrate');
  const known = (name: string): name is Feature => (FEATURES as readonly string[]).includes(name);
  const wrong = names.find((name) => name !== 'feedrate' && !known(name));
  if (wrong !== undefined)
    throw new FeedrateError('usage', `${option} ${wrong}: expected a list of ${FEATURES.join(', ')}, or feedrate`);
  const lacking = (feature: Feature): string =>
    missingFor(feature, place)
      .map((fields) => fields.map((field) => OPTIONS[field]).join(' or '))
      .join(' and ');
  const named = names.filter(known);
  const incomplete = named.find((feature) => lacking(feature) !== '');
  if (incomplete !== undefined)
    throw new FeedrateError('usage', `${option} ${incomplete}: also needs ${lacking(incomplete)}`);
  const implied: readonly Feature[] = place.secret === null ? [] : ['ontap'];
  const own = all ? OWN_FEATURES.filter((feature) => feature !== 'ontap') : [];
  return {
    features: [...new Set([...own.filter((feature) => lacking(feature) === ''), ...named, ...implied])],
    leftOut: own.filter((feature) => lacking(feature) !== '').map((name) => `${name} (needs ${lacking(name)})`),
  };
}
