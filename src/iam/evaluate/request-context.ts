/** The context of a request: condition keys and their values. */

/** What is known of a condition key. */
export type Known =
  | { readonly state: 'present'; readonly values: readonly string[] }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown' };

/** Keys in any spelling, with their values. */
export type ContextValues = ReadonlyMap<string, readonly string[]>;

/** Looks up condition keys without regard to case, and remembers the ones that were asked for in vain. */
export class RequestContext {
  readonly #values: ContextValues;
  readonly #absent: ReadonlySet<string>;
  readonly #cautious: boolean;
  readonly #missing = new Map<string, string>();

  /**
   * `given` comes from the user and outranks `derived`, which comes from the rest of the request. A key that is in neither
   * is absent. With `cautious` it is unknown, unless `absent` names it.
   */
  constructor(given: ContextValues, derived: ContextValues, absent: readonly string[], cautious: boolean) {
    this.#values = new Map([...lowerKeys(derived), ...lowerKeys(given)]);
    this.#absent = new Set(absent.map((key) => key.toLowerCase()));
    this.#cautious = cautious;
  }

  lookup(key: string): Known {
    const name = key.toLowerCase();
    if (this.#absent.has(name)) return { state: 'absent' };
    const values = this.#values.get(name);
    if (values !== undefined) return { state: 'present', values };
    this.#missing.set(name, key);
    return { state: this.#cautious ? 'unknown' : 'absent' };
  }

  /** The keys that a condition or variable asked for and that were not given, as the policy spells them. */
  missing(): string[] {
    return [...this.#missing.values()];
  }
}

function lowerKeys(values: ContextValues): ContextValues {
  const lower = new Map<string, readonly string[]>();
  for (const [key, list] of values) lower.set(key.toLowerCase(), [...(lower.get(key.toLowerCase()) ?? []), ...list]);
  return lower;
}
