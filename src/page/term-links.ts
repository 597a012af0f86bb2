/** Marks terms of the glossary where they occur in heads and captions. */
import { type Html, html } from './html.js';
import type { PageTerm } from './page.js';

/** Returns the anchor of a term in the glossary: `term-nfs-queue`. */
export function termId(term: string): string {
  return `term-${term.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

/** Turns texts into HTML in which each term is a link to its meaning. Of each term, one in a group of texts is a link. */
export class TermLinks {
  readonly #pattern: RegExp | null;
  readonly #ids: ReadonlyMap<string, string>;
  #linked = new Set<string>();

  constructor(glossary: readonly PageTerm[]) {
    this.#ids = new Map(glossary.map(({ term }) => [term, termId(term)]));
    // The longest first, so that `stalled session` is not found as `session`.
    const words = [...this.#ids.keys()].sort((a, b) => b.length - a.length);
    const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    this.#pattern = words.length === 0 ? null : new RegExp(`(?<![\\w-])(${escaped.join('|')})(s?)(?![\\w-])`, 'gu');
  }

  /** Forgets which terms are links already. */
  newGroup(): void {
    this.#linked = new Set();
  }

  /** Returns the text with links. */
  marked(text: string): Html {
    if (this.#pattern === null) return html`${text}`;
    const parts: Html[] = [];
    let done = 0;
    for (const found of text.matchAll(this.#pattern)) {
      const [whole, term = ''] = found;
      if (this.#linked.has(term)) continue;
      this.#linked.add(term);
      const id = this.#ids.get(term) as string;
      parts.push(html`${text.slice(done, found.index)}<a class="term" href="#${id}">${whole}</a>`);
      done = found.index + whole.length;
    }
    return html`${parts}${text.slice(done)}`;
  }
}
