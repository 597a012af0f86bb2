/** The values of one configuration as they are taken, and what of them was lost. */
import { quoted } from '../../base/units.js';
import { describeValue, type Located } from '../document.js';
import type { IssueList } from '../issues.js';
import { type FileLocation, formatLocation } from '../location.js';
import { didYouMean } from '../suggest.js';
import { FATED_KEYS, fateOf } from './dlio-fates.js';
import type { DlioConfig } from './dlio-values.js';

/** How Python and YAML write that there is no value. */
const NOTHING: ReadonlySet<unknown> = new Set(['None', 'null', '']);

/** A field of a job with the place that it comes from; null: it is not the configuration's. */
export interface ImportedField {
  readonly word: string;
  readonly value: string | number | boolean;
  readonly place: string | null;
}

/** A part of a configuration that the workload does not have. */
export interface Loss {
  /** `file:line:column`, or the override. */
  readonly where: string;
  /** One line, which begins with the key. */
  readonly message: string;
}

/** Gives out values of a configuration, and remembers which. Faulty ones are issues. */
export class DlioSource {
  readonly losses: Loss[] = [];
  readonly #config: DlioConfig;
  readonly #issues: IssueList;
  readonly #taken = new Set<string>();
  /** Where a missing value is reported. */
  readonly #whole: FileLocation;

  constructor(config: DlioConfig, path: string, issues: IssueList) {
    this.#config = config;
    this.#issues = issues;
    this.#whole = { source: path, line: null, column: null };
  }

  /** Returns a number in the given range, or null if there is none. DLIO's -1 means none where `least` is above it. */
  number(key: string, least = 0, most = Number.MAX_SAFE_INTEGER): number | null {
    const value = this.#scalar(key);
    if (value === null || value === undefined || (value === -1 && least > -1)) return null;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    this.fault(key, `expected a number from ${least} on, found ${quoted(value)}`);
    return null;
  }

  /** Returns a word in lower case, or null if there is none. */
  word(key: string): string | null {
    const value = this.#scalar(key);
    return value === null || value === undefined ? null : String(value).toLowerCase();
  }

  /** Returns a truth value as Python and YAML write it. */
  flag(key: string, otherwise: boolean): boolean {
    const word = this.word(key);
    if (word === null) return otherwise;
    if (word === 'true' || word === 'false') return word === 'true';
    this.fault(key, `expected true or false, found ${quoted(word)}`);
    return otherwise;
  }

  /** Returns the items of a list, or null if there is none. */
  list(key: string): readonly Located[] | null {
    const given = this.#take(key);
    if (given === null) return null;
    if (given.content.type === 'list') return given.content.items();
    this.fault(key, `expected a list, found ${describeValue(given)}`);
    return null;
  }

  has(key: string): boolean {
    return this.#config.has(key);
  }

  /** Returns where a value is, as messages name it. */
  placeOf(key: string): string {
    const found = this.#config.get(key);
    return found === undefined ? formatLocation(this.#whole) : formatLocation(found.location);
  }

  /** Reports a value that makes no sense, or the lack of one. */
  fault(key: string, message: string): void {
    const found = this.#config.get(key);
    this.#issues.add(found?.location ?? this.#whole, `${found?.written ?? key}: ${message}`);
  }

  /** Records that a value is not carried over, or only partly. */
  lose(key: string, reason: string): void {
    this.#taken.add(key);
    const found = this.#config.get(key);
    if (found !== undefined) this.losses.push({ where: this.placeOf(key), message: `${found.written}: ${reason}` });
  }

  /** Passes over values that have no effect in DLIO, such as `checkpoint.*` without checkpoints. */
  passOver(room: string): void {
    for (const key of this.#config.keys()) if (key.startsWith(room)) this.#taken.add(key);
  }

  /** Records what nobody took. */
  loseTheRest(): void {
    const known = [...this.#taken, ...FATED_KEYS];
    for (const [key, { written, value }] of this.#config) {
      if (this.#taken.has(key)) continue;
      const scalar = value.content.type === 'scalar' ? value.content.value : undefined;
      const fate = fateOf(key, typeof scalar === 'string' ? scalar.toLowerCase() : scalar);
      if (fate === undefined) this.lose(key, `unknown${didYouMean(written, known)}`);
      else if (fate !== null) this.lose(key, fate);
    }
  }

  #take(key: string): Located | null {
    this.#taken.add(key);
    return this.#config.get(key)?.value ?? null;
  }

  #scalar(key: string): unknown {
    const given = this.#take(key);
    if (given === null) return null;
    if (given.content.type !== 'scalar') {
      this.fault(key, `expected one value, found ${describeValue(given)}`);
      return null;
    }
    const { value } = given.content;
    if (typeof value === 'string' && value.includes('${')) {
      this.fault(key, `${quoted(value)} refers to another value; write that value, or add ++workload.${key}=VALUE`);
      return null;
    }
    return NOTHING.has(value) ? null : numeric(value);
  }
}

/** YAML 1.2 reads `1e-3` and `0.5` as numbers, but not `1_000` and what is in quotes, which Python accepts. */
function numeric(value: unknown): unknown {
  return typeof value === 'string' && /^[0-9][0-9_]*$/.test(value) ? Number(value.replaceAll('_', '')) : value;
}
