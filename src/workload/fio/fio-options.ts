/** The options of one job of fio as they are taken, with what was changed of them. */
import { quoted } from '../../base/units.js';
import type { Loss } from '../dlio/dlio-source.js';
import { FIO_OPTIONS } from '../fio-words.js';
import type { IssueList } from '../issues.js';
import { formatLocation } from '../location.js';
import { didYouMean } from '../suggest.js';
import { FIO_ALIASES, FIO_FATES, KNOWN_WORDS } from './fio-fates.js';
import { type ByDirection, byDirection, fioSize, fioTime, type KbBase } from './fio-values.js';
import type { FioOption, FioSection } from './job-file.js';

/** A field of a job of feedrate. */
export interface FioField {
  readonly word: string;
  readonly value: string;
  /** Where the value comes from, for messages about it. */
  readonly place: string;
}

/** Gives out the values of a job, and remembers which. Faulty ones are issues. */
export class FioOptions {
  readonly notes: Loss[] = [];
  readonly #section: FioSection;
  readonly #issues: IssueList;
  readonly #options = new Map<string, FioOption>();
  readonly #taken = new Set<string>();
  /** By option: an option of `[global]` is read with the base that is set there. */
  readonly #bases = new Map<FioOption, KbBase>();

  constructor(section: FioSection, issues: IssueList) {
    this.#section = section;
    this.#issues = issues;
    for (const option of section.options) {
      const name = FIO_ALIASES.get(option.name) ?? option.name;
      this.#options.delete(name);
      this.#options.set(name, option);
    }
    this.#readBases();
  }

  has(name: string): boolean {
    return this.#options.has(name);
  }

  /** Returns the text of an option, or null if it is not set. */
  text(name: string): string | null {
    this.#taken.add(name);
    const option = this.#options.get(name);
    if (option === undefined) return null;
    if (option.value !== null && option.value !== '') return option.value;
    this.fault(name, 'has no value');
    return null;
  }

  /** Returns whether an option is set: without a value, or with one that is not 0. */
  flag(name: string, otherwise = false): boolean {
    this.#taken.add(name);
    const option = this.#options.get(name);
    if (option === undefined) return otherwise;
    if (option.value === null || option.value === '') return true;
    if (/^\d+$/.test(option.value)) return Number(option.value) !== 0;
    this.fault(name, `expected 0 or 1, found ${quoted(option.value)}`);
    return otherwise;
  }

  /** Returns a whole number, with units as fio's numbers may have, or null if it is not set. */
  count(name: string): number | null {
    return this.size(name);
  }

  size(name: string): number | null {
    const text = this.text(name);
    return text === null ? null : this.#read(name, text, this.sizeOf(name, text), 'a size such as 4k');
  }

  /** Returns a part of an option's text as a size. */
  sizeOf(name: string, text: string): number | null {
    const option = this.#options.get(name);
    return fioSize(text, (option === undefined ? undefined : this.#bases.get(option)) ?? 1024);
  }

  /** Returns a time in ns, or null if it is not set. */
  time(name: string, bare: 's' | 'us'): number | null {
    const text = this.text(name);
    const form = bare === 's' ? 'a time such as 30 (seconds) or 5m' : 'a time such as 100 (µs) or 2ms';
    return text === null ? null : this.#read(name, text, fioTime(text, bare), form);
  }

  /** Returns the values of `r,w`, or null if it is not set. */
  sizes(name: string, otherwise: number): ByDirection<number> | null {
    const text = this.text(name);
    const found = text === null ? null : byDirection(text, otherwise, (part) => this.sizeOf(name, part));
    return text === null ? null : this.#read(name, text, found, 'a size such as 4k, or 4k,64k for reads and writes');
  }

  /** Takes options whose values do not matter after another fault. */
  passOver(...names: readonly string[]): void {
    for (const name of names) this.#taken.add(name);
  }

  /** Returns where an option is, as messages name it; that of the section if it is not set. */
  placeOf(name: string): string {
    return formatLocation(this.#options.get(name)?.location ?? this.#section.location);
  }

  fault(name: string, message: string): void {
    const option = this.#options.get(name);
    this.#issues.add(option?.location ?? this.#section.location, `${option?.name ?? name}: ${message}`);
  }

  /** Records that the workload says something else. */
  note(name: string, message: string): void {
    this.notes.push({ where: this.placeOf(name), message: `${this.#options.get(name)?.name ?? name}: ${message}` });
  }

  /** Deals with the options that nobody took: each is without effect on what is measured, or a fault. */
  judgeTheRest(): void {
    for (const [name, { name: written, value }] of this.#options) {
      if (this.#taken.has(name)) continue;
      const fate = FIO_FATES.get(name);
      if (fate !== undefined && (fate.neutral === null || fate.neutral.includes(value ?? ''))) {
        if (fate.note !== null) this.note(name, fate.note);
        continue;
      }
      const advice = FIO_OPTIONS.get(name) ?? FIO_OPTIONS.get(written);
      const shown = value === null ? '' : ` (${quoted(value)})`;
      const isKnown = fate !== undefined || advice !== undefined;
      const others = KNOWN_WORDS.filter((word) => word !== written);
      const why = isKnown
        ? `feedrate cannot do this${shown}`
        : `feedrate has no such option${didYouMean(written, others)}`;
      this.fault(name, advice === undefined ? why : `${why}; ${advice}`);
    }
  }

  #read<T>(name: string, text: string, value: T | null, form: string): T | null {
    if (value === null) this.fault(name, `expected ${form}, found ${quoted(text)}`);
    return value;
  }

  /** `kb_base` counts for the whole section that it is in, and for later ones if that is `[global]`. */
  #readBases(): void {
    const own = this.#section.options.filter(({ location }) => this.#isOwn(location));
    const shared = this.#section.options.filter(({ location }) => !this.#isOwn(location));
    const baseIn = (options: readonly FioOption[], otherwise: KbBase): KbBase => {
      const found = options.findLast(({ name }) => name === 'kb_base');
      if (found === undefined) return otherwise;
      if (found.value === '1000' || found.value === '1024') return found.value === '1000' ? 1000 : 1024;
      this.fault('kb_base', `expected 1000 or 1024, found ${quoted(found.value)}`);
      return otherwise;
    };
    const sharedBase = baseIn(shared, 1024);
    for (const option of shared) this.#bases.set(option, sharedBase);
    const ownBase = baseIn(own, sharedBase);
    for (const option of own) this.#bases.set(option, ownBase);
  }

  #isOwn({ line, source }: FioOption['location']): boolean {
    const { location } = this.#section;
    return source !== location.source || (line ?? 0) > (location.line ?? 0);
  }
}
