/** A part of an answer that may be missing, or be of another type than documented. Reading it never throws. */
export class JsonPart {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  /** Returns the part below these keys. */
  at(...keys: readonly string[]): JsonPart {
    let value = this.value;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return new JsonPart(undefined);
      value = (value as Readonly<Record<string, unknown>>)[key];
    }
    return new JsonPart(value);
  }

  get isMissing(): boolean {
    return this.value === undefined || this.value === null;
  }

  text(): string | null {
    return typeof this.value === 'string' && this.value !== '' ? this.value : null;
  }

  /** Returns a number that is finite and at least 0, also when it is written as a text. */
  number(): number | null {
    const { value } = this;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
  }

  boolean(): boolean | null {
    return typeof this.value === 'boolean' ? this.value : null;
  }

  list(): JsonPart[] {
    return Array.isArray(this.value) ? this.value.map((item) => new JsonPart(item)) : [];
  }
}
