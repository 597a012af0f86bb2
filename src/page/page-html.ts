/** A page as one HTML file that needs nothing else: no network, no other file, no permission to run any other script. */
import type { Chart } from '../charts/chart.js';
import { type Html, html, jsonHtml, rawElement, readable } from './html.js';
import { packed } from './packed.js';
import type { Page, PageSection } from './page.js';
import { drawingOf, linesHtml, sectionHtml } from './section-html.js';
import { TermLinks, termId } from './term-links.js';

/** The script or the style of a page, with its SHA-256 in Base64, which is the only one that the page may use. */
export interface PageAsset {
  readonly text: string;
  readonly sha256: string;
}

export interface PageAssets {
  readonly script: PageAsset;
  readonly style: PageAsset;
}

/** What the script of a page is given, packed. */
export interface PageData {
  /** The names of the arms, in the order by which rows refer to them. */
  readonly arms: Page['arms'];
  readonly charts: readonly Chart[];
}

/** Every page says so in its head: a file with it may be replaced by a newer page. */
export const GENERATOR = '<meta name="generator" content="feedrate';

/** Returns the page as HTML, ending with a line break. */
export function pageHtml(page: Page, assets: PageAssets): string {
  const drawing = drawingOf(new TermLinks(page.glossary), page.arms);
  const sections = page.sections.map((section) => sectionHtml(section, 2, drawing));
  const data: PageData = { arms: page.arms, charts: drawing.charts };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(assets)}">
<meta name="generator" content="${page.madeBy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${readable(page.title)}</title>
<link rel="icon" href="data:,">
<style>${rawElement(assets.style.text)}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header class="head"><p class="brand">feedrate report</p><h1>${readable(page.title)}</h1>${page.about.length === 0 ? null : linesHtml(page.about)}</header>
<div class="columns">
<nav aria-label="Contents"><p class="nav-title">Contents</p>${contentsHtml(page)}</nav>
<main>
${answerHtml(page)}${filterHtml(page)}${sections}${glossaryHtml(page)}</main>
</div>
<footer><p>Made by ${page.madeBy} on <time datetime="${page.madeAt}">${page.madeAt.slice(0, 16).replace('T', ' ')} UTC</time>. This file is complete: it loads nothing from elsewhere.</p></footer>
<div id="tip" role="tooltip" hidden></div>
<script type="application/json" id="page-data">${jsonHtml(packed(data))}</script>
<script>${rawElement(assets.script.text)}</script>
</body>
</html>
`.text;
}

/** Only the page's own script and style, by their checksums, and images that are part of the page. */
function policyOf({ script, style }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src 'sha256-${script.sha256}'`,
    `style-src 'sha256-${style.sha256}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function contentsHtml({ sections, next, glossary }: Page): Html {
  const entries: Pick<PageSection, 'id' | 'heading'>[] = [
    { id: 'answer', heading: 'Answer' },
    ...(next.length === 0 ? [] : [{ id: 'next', heading: 'Next steps' }]),
    ...sections,
    ...(glossary.length === 0 ? [] : [{ id: 'glossary', heading: 'Glossary' }]),
  ];
  return html`<ol>${entries.map(({ id, heading }) => html`<li><a href="#${id}">${readable(heading)}</a></li>`)}</ol>`;
}

function answerHtml({ answer, next }: Page): Html {
  const steps = next.map(
    ({ text, command }) =>
      html`<li><p>${readable(text)}</p><pre class="command" tabindex="0"><code>${command}</code></pre></li>`,
  );
  const nextSection = html`<section id="next" aria-labelledby="next-title" class="level-2"><h2 id="next-title">Next steps</h2><ul class="steps">${steps}</ul></section>\n`;
  return html`<section id="answer" aria-labelledby="answer-title" class="level-2" tabindex="-1"><h2 id="answer-title">Answer</h2><p class="answer">${readable(answer)}</p></section>
${next.length === 0 ? null : nextSection}`;
}

/** The script shows it. Without a script, nothing can be filtered. */
function filterHtml({ arms }: Page): Html | null {
  if (arms.length < 2) return null;
  return html`<div id="arm-filter" role="search" hidden><label for="arm-text">Show arms with</label><input id="arm-text" type="search" autocomplete="off" spellcheck="false" placeholder="words of their names"><button id="arm-all" type="button" hidden>Show all</button><output id="arm-count" for="arm-text"></output></div>\n`;
}

function glossaryHtml({ glossary }: Page): Html | null {
  if (glossary.length === 0) return null;
  const entries = glossary.map(
    ({ term, meaning }) => html`<div id="${termId(term)}"><dt>${term}</dt><dd>${meaning}</dd></div>`,
  );
  return html`<section id="glossary" aria-labelledby="glossary-title" class="level-2"><h2 id="glossary-title">Glossary</h2><dl class="glossary">${entries}</dl></section>\n`;
}
