/** The choice of arms: rows and charts of the others are hidden. The choice is in the address, so it can be sent. */
import type { PageArm } from '../page/page.js';

/** Called with the ids of the chosen arms, or null if all are shown. */
export type ChoiceListener = (arms: ReadonlySet<string> | null) => void;

/** The parts of the address after `#`: `only=3` an arm by its place, `arms=bs=4k` arms by words of their name. */
const ONLY = 'only=';
const WITH = 'arms=';

export class ArmFilter {
  readonly #arms: readonly PageArm[];
  readonly #rows: readonly HTMLElement[];
  readonly #charts: readonly { readonly figure: HTMLElement; readonly places: readonly number[] }[];
  readonly #listeners: ChoiceListener[] = [];
  readonly #box = document.getElementById('arm-filter');
  readonly #text = document.getElementById('arm-text') as HTMLInputElement | null;
  readonly #all = document.getElementById('arm-all');
  readonly #count = document.getElementById('arm-count');
  /** The place of the only arm that is shown. */
  #only: number | null = null;

  constructor(arms: readonly PageArm[]) {
    this.#arms = arms;
    this.#rows = [...document.querySelectorAll<HTMLElement>('tr[data-arm]')];
    this.#charts = [...document.querySelectorAll<HTMLElement>('figure[data-arms]')].map((figure) => ({
      figure,
      places: (figure.dataset['arms'] ?? '').split(' ').filter(Boolean).map(Number),
    }));
  }

  /** Shows the box, makes rows choosable, and applies the choice in the address. */
  start(): void {
    if (this.#box === null || this.#text === null) return;
    this.#box.hidden = false;
    this.#text.addEventListener('input', () => this.#choose(null));
    this.#all?.addEventListener('click', () => this.showAll());
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.showAll();
    });
    for (const row of this.#rows) this.#makeChoosable(row);
    this.#readAddress();
  }

  onChoice(listener: ChoiceListener): void {
    this.#listeners.push(listener);
  }

  /** Shows one arm, or all if it is the only one that is shown. */
  toggle(arm: string): void {
    const place = this.#arms.findIndex(({ id }) => id === arm);
    if (place >= 0) this.#choose(this.#only === place ? null : place);
  }

  showAll(): void {
    if (this.#text !== null) this.#text.value = '';
    this.#choose(null);
  }

  #makeChoosable(row: HTMLElement): void {
    const head = row.querySelector('th');
    const place = Number(row.dataset['arm']);
    const arm = this.#arms[place];
    if (head === null || arm === undefined) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'arm';
    button.textContent = head.textContent;
    button.setAttribute('aria-label', `${head.textContent}: show only ${arm.name.slice(0, 200)}`);
    button.addEventListener('click', () => this.toggle(arm.id));
    head.replaceChildren(button);
  }

  #readAddress(): void {
    const hash = decodedHash();
    if (hash.startsWith(WITH) && this.#text !== null) this.#text.value = hash.slice(WITH.length);
    this.#choose(hash.startsWith(ONLY) ? Number(hash.slice(ONLY.length)) : null);
  }

  #choose(only: number | null): void {
    this.#only = only !== null && this.#arms[only] !== undefined ? only : null;
    if (this.#only !== null && this.#text !== null) this.#text.value = '';
    const words = (this.#text?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const isChosen = (arm: PageArm, place: number) =>
      this.#only === null ? words.every((word) => arm.name.toLowerCase().includes(word)) : this.#only === place;
    const chosen = this.#arms.map(isChosen);
    const count = chosen.filter(Boolean).length;
    const isAll = count === this.#arms.length;
    for (const row of this.#rows) row.hidden = !(chosen[Number(row.dataset['arm'])] ?? true);
    for (const { figure, places } of this.#charts)
      figure.hidden = places.length > 0 && !places.some((place) => chosen[place]);
    if (!isAll) for (const more of document.querySelectorAll<HTMLDetailsElement>('.more-charts')) more.open = true;
    if (this.#all !== null) this.#all.hidden = isAll && words.length === 0;
    if (this.#count !== null) this.#count.textContent = this.#countText(count, isAll);
    this.#writeAddress(words);
    const ids = isAll ? null : new Set(this.#arms.filter((_, place) => chosen[place]).map(({ id }) => id));
    for (const listener of this.#listeners) listener(ids);
  }

  #countText(count: number, isAll: boolean): string {
    if (isAll) return `all ${this.#arms.length} arms`;
    const name = this.#only === null ? '' : `: ${(this.#arms[this.#only] as PageArm).name.slice(0, 200)}`;
    return `${count} of ${this.#arms.length} arms${name}`;
  }

  #writeAddress(words: readonly string[]): void {
    const wanted =
      this.#only !== null
        ? `#${ONLY}${this.#only}`
        : words.length > 0
          ? `#${WITH}${encodeURIComponent(words.join(' '))}`
          : '';
    const isOurs = /^#(?:only|arms)=/.test(location.hash);
    if (location.hash === wanted || (wanted === '' && !isOurs)) return;
    try {
      history.replaceState(null, '', wanted === '' ? location.pathname + location.search : wanted);
    } catch {
      // A page inside another document may have no address of its own.
    }
  }
}

/** Returns the part of the address after `#`; nothing if somebody broke it. */
function decodedHash(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}
