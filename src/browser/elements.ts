/** Makes elements. Texts from runs are made visible and never become markup. */
import { visibleText } from '../base/visible-text.js';

/** A name may be longer than anybody reads. */
const SHOWN_CHARACTERS = 120;

/** Returns an element of the page. Throws when it has none of this id: page and script belong together. */
export function byId<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as Kind;
}

/** Returns a new element with this text, and with the parts after it. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = '',
  ...parts: readonly Node[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  if (text !== '') made.append(shownText(text));
  made.append(...parts);
  return made;
}

/** Returns a link. `words` are the parameters of the address. */
export function link(text: string, page: string, words: Readonly<Record<string, string>> = {}): HTMLAnchorElement {
  const made = element('a', '', text);
  made.setAttribute('href', addressOf(page, words));
  return made;
}

/** Returns a relative address, because a proxy may put anything before it. */
export function addressOf(page: string, words: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(words).toString();
  return `./${page}${query === '' ? '' : `?${query}`}`;
}

/** Returns text as a page may show it: without control characters, and cut. */
export function shownText(text: string): string {
  const visible = visibleText(text);
  return visible.length <= SHOWN_CHARACTERS ? visible : `${visible.slice(0, SHOWN_CHARACTERS)}…`;
}

/** Sets a text only if it differs, so that screen readers and selections are left alone. */
export function setText(target: HTMLElement, text: string): void {
  const shown = shownText(text);
  if (target.textContent !== shown) target.textContent = shown;
}
