/**
 * A page of a report as data. `report/page/` makes pages of runs, comparisons, histories and feed runs; `page-html.ts`
 * makes one self-contained file of a page. All texts are plain: they may hold anything.
 */
import type { Chart } from '../charts/chart.js';

export interface Page {
  /** In the window's title: `quick on /mnt/train, 2026-11-30`. */
  readonly title: string;
  /** What the page is about, below its title: the run and how it ended. */
  readonly about: readonly PageLine[];
  /** The answer in words, with its interval and what limits it. */
  readonly answer: string;
  /** Commands that come next, each with its reason. */
  readonly next: readonly { readonly text: string; readonly command: string }[];
  readonly sections: readonly PageSection[];
  /** The arms that can be chosen, so that charts and tables show these only. Empty: nothing to choose. */
  readonly arms: readonly PageArm[];
  /** Terms that occur on the page: shown where a reader points at one. */
  readonly glossary: readonly PageTerm[];
  /** When it was made, ISO 8601, and by which version. */
  readonly madeAt: string;
  readonly madeBy: string;
}

export interface PageArm {
  readonly id: string;
  readonly name: string;
}

export interface PageTerm {
  readonly term: string;
  readonly meaning: string;
}

export interface PageSection {
  /** Unique on the page: `throughput`. */
  readonly id: string;
  readonly heading: string;
  readonly parts: readonly PagePart[];
  /** Sections inside this one, each with a heading of the next level. */
  readonly sections?: readonly PageSection[];
  /** Long and seldom read: closed until a reader opens it, and open on paper. */
  readonly isFolded?: boolean;
}

export type PagePart =
  | { readonly kind: 'text'; readonly lines: readonly PageLine[] }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'figures'; readonly figures: readonly PageFigure[] }
  | { readonly kind: 'facts'; readonly facts: readonly PageFact[] }
  | PageTable
  | { readonly kind: 'chart'; readonly chart: Chart };

export interface PageLine {
  readonly text: string;
  readonly tone: PageTone;
}

export type PageTone = 'plain' | 'good' | 'bad' | 'warning';

/** A property and what it is: `kernel`, `Linux 6.1.0`. */
export interface PageFact {
  readonly label: string;
  readonly text: string;
}

/** One number that matters. */
export interface PageFigure {
  readonly label: string;
  readonly value: string;
  /** Its interval and its number of trials. */
  readonly note: string;
  /** The arm that it belongs to; absent: the whole run. */
  readonly of?: string;
}

export interface PageTable {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly { readonly head: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly PageRow[];
}

export interface PageRow {
  readonly cells: readonly string[];
  /** One for each cell. Default: all plain. */
  readonly tones?: readonly PageTone[];
  /** The arm's id; absent if the row belongs to none. */
  readonly arm?: string;
}
