import { FeedrateError } from '../base/errors.js';

/**
 * A value of parsed JSON and its place in a file. Each method returns the value in the requested type, or throws a
 * `FeedrateError('store')` of the form
 * `trials.jsonl:3: window.startNs: expected a number, found "x"`.
 */
export class JsonReader {
  readonly value: unknown;
  private readonly where: string;
  private readonly parent: JsonReader | null;
  private readonly key: string | number;

  /** `key` is its place in the parent. */
  constructor(value: unknown, where: string, parent: JsonReader | null = null, key: string | number = '') {
    this.value = value;
    this.where = where;
    this.parent = parent;
    this.key = key;
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
    return new JsonReader(this.object()[key], this.where, this, key);
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
    return this.items().map((item, index) => new JsonReader(item, this.where, this, index));
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
    const path = this.#path();
    const place = path === '' ? '' : `${path}: `;
    throw new FeedrateError('store', `${this.where}: ${place}expected ${expected}, found ${found}`);
  }

  /** Only messages need it. To make it for each of the hundred values of a trial would take as long as parsing them. */
  #path(): string {
    const path = this.parent === null ? '' : this.parent.#path();
    if (typeof this.key === 'number') return `${path}[${this.key}]`;
    return path === '' ? this.key : `${path}.${this.key}`;
  }
}
