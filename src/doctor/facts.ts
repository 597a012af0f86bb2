/**
 * Facts about a target. A source states them, a check asks for them, and neither knows the other: a fact is declared
 * once, beside the type of its value, by whoever knows it.
 */

/** The name of a fact, and the type of its value. */
export class Fact<Value> {
  readonly name: string;
  /** What a check that needs the fact reports when no source has stated it. */
  readonly whenMissing: string;

  constructor(name: string, whenMissing = 'not available') {
    this.name = name;
    this.whenMissing = whenMissing;
  }

  /** The fact with its value. `null`: it does not apply to the target, and neither do the checks that need it. */
  state(value: Value | null): StatedFact {
    return { fact: this, value };
  }

  /** The fact without its value: the source could not find it out, and says why. */
  missing(reason: string): StatedFact {
    return { fact: this, reason };
  }
}

/** A fact as its source states it. */
export type StatedFact = { readonly fact: Fact<never> } & ({ readonly value: unknown } | { readonly reason: string });

/** The facts that a check needs, by the names under which it reads their values. */
export type Needs = Readonly<Record<string, Fact<never>>>;

/** The values of the facts that are needed. */
export type ValuesOf<N extends Needs> = {
  readonly [Name in keyof N]: N[Name] extends Fact<infer Value> ? Value : never;
};

/**
 * The values of the facts that are needed. `null` when one of them does not apply to the target; otherwise a sentence
 * when one is missing. When a fact is stated more than once, the last statement counts.
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
