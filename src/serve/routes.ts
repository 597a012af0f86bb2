/** The addresses of the server, one row each. All lie in one directory, so relative links work below any prefix. */
import type { ServedList } from '../page/served.js';
import type { LiveFeed } from './live-feed.js';
import type { MadePages } from './made-pages.js';
import type { RunIndex } from './run-index.js';
import { listShell, liveShell } from './shells.js';

/** What the answers are made from. */
export interface Served {
  /** The results directory as the user named it. */
  readonly results: string;
  readonly index: RunIndex;
  readonly feed: LiveFeed;
  readonly pages: MadePages;
  readonly script: string;
  readonly style: string;
}

/** Whose scripts and styles a page may use: its own, which are part of it, or the server's. */
export type PagePolicy = 'report' | 'served';

export type ServedAnswer =
  | { readonly type: string; readonly body: string | Uint8Array; readonly policy: PagePolicy }
  /** A stream of events that lasts while the reader is there. */
  | { readonly events: LiveFeed }
  /** The address exists, but not with these words. */
  | { readonly wrong: string };

type Route = (served: Served, query: URLSearchParams) => ServedAnswer | Promise<ServedAnswer>;

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/', ({ results }) => ({ type: HTML, body: listShell(results), policy: 'served' })],
  ['/live', liveOf],
  ['/run', runOf],
  ['/compare', comparisonOf],
  ['/history', historyOf],
  ['/runs.json', listOf],
  ['/state.json', async ({ feed }) => ({ type: JSON_TYPE, body: await feed.state(), policy: 'served' })],
  ['/events', ({ feed }) => ({ events: feed })],
  ['/serve-page.js', ({ script }) => ({ type: 'text/javascript; charset=utf-8', body: script, policy: 'served' })],
  ['/serve-page.css', ({ style }) => ({ type: 'text/css; charset=utf-8', body: style, policy: 'served' })],
]);

async function listOf({ results, index }: Served): Promise<ServedAnswer> {
  await index.update();
  const list: ServedList = { results, runs: index.runs };
  return { type: JSON_TYPE, body: JSON.stringify(list), policy: 'served' };
}

async function liveOf({ index }: Served, query: URLSearchParams): Promise<ServedAnswer> {
  await index.update();
  const run = index.runs.find(({ id }) => id === query.get('id'));
  if (run === undefined) return { wrong: 'There is no such run. It may have been removed.' };
  return { type: HTML, body: liveShell(run.id), policy: 'served' };
}

async function runOf({ pages }: Served, query: URLSearchParams): Promise<ServedAnswer> {
  const id = query.get('id');
  if (id === null) return { wrong: 'This address names no run.' };
  return { type: HTML, body: await pages.page({ kind: 'run', id }), policy: 'report' };
}

async function comparisonOf({ pages }: Served, query: URLSearchParams): Promise<ServedAnswer> {
  const [base, other] = [query.get('base'), query.get('run')];
  if (base === null || other === null) return { wrong: 'A comparison needs two runs.' };
  return { type: HTML, body: await pages.page({ kind: 'comparison', ids: [base, other] }), policy: 'report' };
}

async function historyOf({ pages }: Served, query: URLSearchParams): Promise<ServedAnswer> {
  const workload = query.get('workload');
  if (workload === null) return { wrong: 'This address names no workload.' };
  return { type: HTML, body: await pages.page({ kind: 'history', workload }), policy: 'report' };
}
