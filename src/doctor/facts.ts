/**
 * Facts about a target. Sources state facts and checks need them, but neither knows the other. Each fact is declared
 * once, with the type of its value.
 */

/** The name of a fact, and the type of its value. */
export class Fact<Value> {
  readonly name: string;
  /** The text that a check reports if no source stated the fact. */
  readonly whenMissing: string;

  constructor(name: string, whenMissing = 'not available') {
    this.name = name;
    this.whenMissing = whenMissing;
  }

  /** States the fact with its value. `null`: neither the fact nor the checks that need it apply to the target. */
  state(value: Value | null): StatedFact {
    return { fact: this, value };
  }

  /** States that the source could not determine the value, and why. */
  missing(reason: string): StatedFact {
    return { fact: this, reason };
  }
}

/** A fact as its source states it. */
export type StatedFact = { readonly fact: Fact<never> } & ({ readonly value: unknown } | { readonly reason: string });

/** The facts that a check needs, by the names that it uses for their values. */
export type Needs = Readonly<Record<string, Fact<never>>>;

/** The values of the needed facts. */
export type ValuesOf<N extends Needs> = {
  readonly [Name in keyof N]: N[Name] extends Fact<infer Value> ? Value : never;
};

/**
 * Returns the values of the needed facts, `null` if one of them does not apply to the target, or a reason if one is
 * missing. If a fact is stated more than once, the last statement counts.
 */
export function valuesOf<N extends Needs>(facts: readonly StatedFact[], needs: N): ValuesOf<N> | string | null {
  const needed = Object.entries(needs).map(([name, fact]) => {
    return { name, fact, stated: facts.findLast((stated) => stated.fact === fact) };
  });
  if (needed.some(({ stated }) => stated !== undefined && 'value' in stated && stated.value === null)) return null;
  const values: Record<string, unknown> = {};
  for (const { name, fact, stated } of needed) {
    if (stated === undefined) return fact.whenMissing;
    if ('reason' in stated) return stated.reason;
    values[name] = stated.value;
  }
  return values as ValuesOf<N>;
}
