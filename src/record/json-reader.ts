import { FeedrateError } from '../base/errors.js';

/**
 * A value of parsed JSON and its place in a file. Each method returns the value in the requested type, or throws a
 * `FeedrateError('store')` of the form
 * `trials.jsonl:3: window.startNs: expected a number, found "x"`.
 */
export class JsonReader {
  readonly value: unknown;
  private readonly where: string;
  private readonly path: string;

  constructor(value: unknown, where: string, path = '') {
    this.value = value;
    this.where = where;
    this.path = path;
  }

  /** Parses `text`; `where` names the file (and line) that it was read from. */
  static parse(text: string, where: string): JsonReader {
    try {
      return new JsonReader(JSON.parse(text), where);
    } catch (error) {
      const reason = text.trim() === '' ? 'empty' : `cut off or damaged: ${(error as Error).message.split('\n')[0]}`;
      throw new FeedrateError('store', `${where}: ${reason}`);
    }
  }

  at(key: string): JsonReader {
    const path = this.path === '' ? key : `${this.path}.${key}`;
    return new JsonReader(this.object()[key], this.where, path);
  }

  object(): Record<string, unknown> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail('an object');
    return value as Record<string, unknown>;
  }

  /** Returns a list whose items the caller checks: readers of thousands of numbers would take longer than parsing them. */
  items(): readonly unknown[] {
    return Array.isArray(this.value) ? this.value : this.fail('a list');
  }

  list(): JsonReader[] {
    return this.items().map((item, index) => new JsonReader(item, this.where, `${this.path}[${index}]`));
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.fail('a text');
  }

  textOrNull(): string | null {
    return this.value === null ? null : this.text();
  }

  number(): number {
    return typeof this.value === 'number' ? this.value : this.fail('a number');
  }

  numberOrNull(): number | null {
    return this.value === null ? null : this.number();
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('true or false');
  }

  oneOf<T extends string>(words: readonly T[]): T {
    return words.includes(this.value as T) ? (this.value as T) : this.fail(words.join(', '));
  }

  /** Throws if a different version of feedrate wrote the value in a format that this one cannot read. */
  version(known: number): number {
    const found = this.number();
    if (found !== known) this.fail(`version ${known}: use the feedrate that wrote it`);
    return found;
  }

  fail(expected: string): never {
    const found = this.value === undefined ? 'nothing' : JSON.stringify(this.value).slice(0, 40);
    const place = this.path === '' ? '' : `${this.path}: `;
    throw new FeedrateError('store', `${this.where}: ${place}expected ${expected}, found ${found}`);
  }
}
