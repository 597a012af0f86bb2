/** The terms of the guide's glossary that a page uses. */
import type { Page, PagePart, PageSection, PageTerm } from '../../page/page.js';

/** A row of the table in `workloads/guide/glossary.md`: terms with one meaning. */
const ROW = /^\| (?!-|term \|)(.+?) \| (.+) \|$/gm;

/** Returns the terms of the guide's page. A row may have several, with commas between them. */
export function glossaryTerms(markdown: string): PageTerm[] {
  return [...markdown.matchAll(ROW)].flatMap(([, terms = '', meaning = '']) => {
    const plain = meaning.replaceAll(/[`*]/g, '');
    return terms.split(', ').map((term) => ({ term, meaning: plain }));
  });
}

/** Returns the page with those terms that its heads, labels and captions contain. */
export function withGlossary(page: Omit<Page, 'glossary'>, terms: readonly PageTerm[]): Page {
  const texts = page.sections.flatMap(headsOf).join('\n');
  const isUsed = ({ term }: PageTerm) =>
    new RegExp(`(?<![\\w-])${term.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}s?(?![\\w-])`, 'u').test(texts);
  return { ...page, glossary: terms.filter(isUsed) };
}

function headsOf({ parts, sections = [] }: PageSection): string[] {
  return [...parts.flatMap(wordsOf), ...sections.flatMap(headsOf)];
}

function wordsOf(part: PagePart): string[] {
  switch (part.kind) {
    case 'table':
      return [part.caption, ...part.columns.map(({ head }) => head)];
    case 'figures':
      return part.figures.map(({ label }) => label);
    default:
      return [];
  }
}
