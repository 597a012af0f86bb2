/** What the policies of each kind say about a request. */
import { type AccessRequest, type Match, matchStatement } from './match-statement.js';
import { documentsOf, type Hit, LAYER_TEXTS, type LayerName, type Policies } from './policies.js';
import type { Grade } from './requester.js';
import { anyOf, type Finding, plainly, refused, unknownFor } from './truth.js';

export interface MatchedStatement {
  readonly hit: Hit;
  readonly match: Match;
}

/** The statements of all policies that apply to a requester, matched with the request. */
export class Layers {
  readonly #policies: Policies;
  readonly #cautious: boolean;
  readonly #matched: ReadonlyMap<LayerName, readonly MatchedStatement[]>;

  /** `names`: the kinds of policies that apply. The others count as `none`. */
  constructor(policies: Policies, names: readonly LayerName[], request: AccessRequest, cautious: boolean) {
    this.#policies = policies;
    this.#cautious = cautious;
    this.#matched = new Map(
      names.map((layer) => [
        layer,
        documentsOf(policies[layer]).flatMap((document) =>
          document.statements.map((statement) => {
            const hit = { layer, document, statement };
            return { hit, match: matchStatement(hit, request) };
          }),
        ),
      ]),
    );
  }

  /** Whether the user said nothing about policies of a kind that applies. */
  isUnstated(layer: LayerName): boolean {
    return this.#matched.has(layer) && this.#policies[layer] === 'unstated';
  }

  /** Whether there are policies of this kind that apply. */
  isGiven(layer: LayerName): boolean {
    return this.#matched.has(layer) && typeof this.#policies[layer] !== 'string';
  }

  /** Whether a statement of any kind denies the request. */
  denied(): Finding<Hit> {
    const unstated = [...this.#matched.keys()].filter((layer) => this.#mayHide(layer));
    return anyOf([
      ...this.statements('Deny').map(({ match }) => match),
      ...unstated.map((layer) => unknownFor<Hit>(LAYER_TEXTS[layer])),
    ]);
  }

  /** Whether a statement of this kind allows the request. `grades`: only statements that name the requester so. */
  allowed(layer: LayerName, why: string, grades?: readonly Grade[]): Finding<Hit> {
    if (this.#mayHide(layer)) return unknownFor(LAYER_TEXTS[layer]);
    const found = anyOf(
      this.statements('Allow', layer)
        .filter(({ match }) => grades === undefined || grades.includes(match.grade))
        .map(({ match }) => match),
    );
    return found.truth === 'no' ? refused(why) : found;
  }

  /** The same for a kind that only limits: without policies of it, everything is allowed. */
  limit(layer: LayerName, why: string): Finding<Hit> {
    return this.isGiven(layer) || this.#mayHide(layer) ? this.allowed(layer, why) : plainly('yes');
  }

  /**
   * Control policies: every document with an Allow is one level of the organization and must allow the request; documents
   * that only deny belong to a level with another one. `needsAllow`: one of them must have an Allow.
   */
  controls(layer: 'scp' | 'rcp', needsAllow: boolean): Finding<Hit>[] {
    if (this.#mayHide(layer)) return [unknownFor(LAYER_TEXTS[layer])];
    if (!this.isGiven(layer)) return [];
    const allows = this.statements('Allow', layer);
    const text = LAYER_TEXTS[layer];
    if (allows.length === 0)
      return needsAllow
        ? [refused(`the ${text} allows nothing; if FullAWSAccess is attached too, give it as well`)]
        : [];
    return [...new Set(allows.map(({ hit }) => hit.document))].map((document) => {
      const found = anyOf(allows.filter(({ hit }) => hit.document === document).map(({ match }) => match));
      return found.truth === 'no' ? refused(`the ${text} ${document.source.name} does not allow it`) : found;
    });
  }

  /** The statements of one kind or of all. Default: with any effect. */
  statements(effect?: 'Allow' | 'Deny', layer?: LayerName): MatchedStatement[] {
    const all = layer === undefined ? [...this.#matched.values()].flat() : (this.#matched.get(layer) ?? []);
    return all.filter(({ hit }) => effect === undefined || hit.statement.effect?.text === effect);
  }

  #mayHide(layer: LayerName): boolean {
    return this.#cautious && this.isUnstated(layer);
  }
}
