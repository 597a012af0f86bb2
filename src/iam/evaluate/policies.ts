/** The policies of a question, and the statements in them. */
import type { PolicyDocument, PolicyKind, PolicyStatement } from '../policy-document.js';
import type { Place } from '../source-text.js';

/** The policies of one kind. `none`: the user said that there are none. `unstated`: the user said nothing. */
export type PolicySet = readonly PolicyDocument[] | 'none' | 'unstated';

/** The policies that decide a question. A trust policy counts as a resource policy. */
export type Policies = Readonly<Record<Exclude<PolicyKind, 'trust'>, PolicySet>>;

export type LayerName = keyof Policies;

/** How messages call the policies of a kind. */
export const LAYER_TEXTS: Readonly<Record<LayerName, string>> = {
  identity: 'identity policy',
  resource: 'resource policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  scp: 'SCP',
  rcp: 'RCP',
};

/** A statement that decides, or nearly did. */
export interface Hit {
  readonly layer: LayerName;
  readonly document: PolicyDocument;
  readonly statement: PolicyStatement;
}

/** Returns where a statement begins. */
export function placeOfHit({ document, statement }: Hit): Place {
  return document.source.placeOf(statement.start);
}

/** Returns the documents of a kind that were given. */
export function documentsOf(set: PolicySet): readonly PolicyDocument[] {
  return typeof set === 'string' ? [] : set;
}
