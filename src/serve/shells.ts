/** The pages that the server makes itself. Their script fills them with what it asks the server for. */
import { type Html, html } from '../page/html.js';

/** Returns the list of runs. All addresses are relative, because a proxy may put anything before them. */
export function listShell(results: string): string {
  return shell(
    'list',
    `feedrate: runs in ${results}`,
    html`<header class="head"><p class="brand">feedrate</p><h1>Runs in ${results}</h1></header>
<main class="served">
<section id="live" aria-labelledby="live-title" hidden><h2 id="live-title">Running now</h2><div id="live-runs"></div></section>
<form id="filters" role="search" aria-label="Runs">
<label>Search<input id="text" type="search" autocomplete="off" spellcheck="false" placeholder="id, label, status, arm"></label>
<label>Workload<select id="workload"><option value="">All</option></select></label>
<label>Target<select id="target"><option value="">All</option></select></label>
<label>From<input id="since" type="date"></label>
<label>To<input id="until" type="date"></label>
<label>Sort by<select id="order"><option value="newest">newest first</option><option value="oldest">oldest first</option><option value="fastest">best throughput</option><option value="workload">workload</option></select></label>
</form>
<div id="actions"><output id="count" for="filters"></output><span id="compare-hint">Choose two runs to compare them.</span><a id="compare" class="button" hidden>Compare</a><a id="history" class="button" hidden>History of this workload</a></div>
<p id="message" role="status" hidden></p>
<div class="scroll runs" role="region" aria-label="Runs" tabindex="0"><table aria-label="Runs"><thead><tr><th scope="col"><span class="unseen">Compare</span></th><th scope="col">Run</th><th scope="col">Started (UTC)</th><th scope="col">Status</th><th scope="col">Workload</th><th scope="col" class="r">Trials</th><th scope="col" class="r">Best throughput</th><th scope="col">Best arm</th><th scope="col">Targets and labels</th></tr></thead><tbody id="runs"></tbody></table></div>
<button id="more" type="button" hidden>Show more</button>
</main>`,
  );
}

/** Returns the page that follows one run. */
export function liveShell(id: string): string {
  return shell(
    'live',
    `feedrate: ${id}`,
    html`<header class="head"><p class="brand"><a href="./">All runs</a></p><h1 id="title">${id}</h1><p id="doing" role="status" aria-live="polite"></p></header>
<main class="served" data-run="${id}">
<p id="message" role="status" hidden></p>
<div id="live-run"></div>
<p class="links"><a id="report">Report of the trials so far</a></p>
</main>`,
  );
}

/** Returns a page that says why there is nothing else to see. */
export function messageShell(heading: string, text: string, link: 'list' | 'none'): string {
  const back = link === 'list' ? html`<p><a href="./">All runs</a></p>` : null;
  return shell(
    'message',
    `feedrate: ${heading}`,
    html`<header class="head"><p class="brand">feedrate</p><h1>${heading}</h1></header>
<main class="served"><p>${text}</p>${back}</main>`,
  );
}

/**
 * Returns the answer to the address with the token, which leads to the list. A redirect would keep the address in the
 * history, and a browser that comes from another site would not send the new cookie with it.
 */
export function entryShell(): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=./"><title>feedrate</title></head>
<body><p><a href="./">Open the list of runs</a></p></body>
</html>
`.text;
}

function shell(kind: 'list' | 'live' | 'message', title: string, body: Html): string {
  const script =
    kind === 'message'
      ? null
      : html`<noscript><p class="served">This page needs JavaScript. Without it, see the runs with feedrate list.</p></noscript>
<script type="module" src="./serve-page.js"></script>
`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="./serve-page.css">
</head>
<body data-page="${kind}">
${body}
${script}</body>
</html>
`.text;
}
