/** The charts of a page: drawn when they come into view, in one theme, zoomed together, for the chosen arms. */
import type { Chart } from '../charts/chart.js';
import type { ThemeName } from '../charts/chart-theme.js';
import { type ChartSurroundings, ChartView } from './chart-view.js';

interface BoardChoice {
  /** The ids of the arms of the page, in their order. */
  readonly arms: readonly string[];
  /** Called when a reader clicks an arm in a chart or its legend. The page decides, and calls `choose`. */
  readonly onArm: (arm: string) => void;
}

const DARK = matchMedia('(prefers-color-scheme: dark)');
const PRINT = matchMedia('print');
/** Charts are drawn this far before they come into view. */
const AHEAD = '400px';

/** Returns the theme of now: light on paper, that of `<html data-theme>` if it is set, or that of the system. */
function currentTheme(): ThemeName {
  if (PRINT.matches) return 'light';
  const set = document.documentElement.dataset['theme'];
  if (set === 'light' || set === 'dark') return set;
  return DARK.matches ? 'dark' : 'light';
}

/** Draws the charts of a page. */
export class ChartBoard {
  readonly #choice: BoardChoice;
  readonly #views = new Map<Element, ChartView>();
  readonly #seen: IntersectionObserver;
  readonly #sizes: ResizeObserver;
  readonly #themes: MutationObserver;
  readonly #redraw = (): void => this.#drawAgain();
  readonly #print = (): void => {
    // Paper shows all charts, those out of view too.
    for (const view of this.#views.values()) view.draw();
  };
  #chosen: ReadonlySet<string> | null = null;

  constructor(choice: BoardChoice) {
    this.#choice = choice;
    this.#seen = new IntersectionObserver((entries) => this.#onSeen(entries), { rootMargin: AHEAD });
    this.#sizes = new ResizeObserver((entries) => {
      for (const { target } of entries) this.#views.get(target)?.fit();
    });
    this.#themes = new MutationObserver(this.#redraw);
    this.#themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    DARK.addEventListener('change', this.#redraw);
    PRINT.addEventListener('change', this.#print);
    addEventListener('beforeprint', this.#print);
  }

  /** Puts charts into elements of the page. Each is drawn when it comes into view. */
  add(charts: readonly (readonly [host: HTMLElement, chart: Chart])[]): void {
    const around: ChartSurroundings = {
      arms: this.#choice.arms,
      theme: currentTheme,
      chosen: () => this.#chosen,
      onArm: this.#choice.onArm,
      onZoom: (from, key, low, high) => {
        for (const other of this.#views.values()) if (other !== from && other.zoomKey === key) other.zoomTo(low, high);
      },
    };
    // All at once: a width that is asked for after a change makes the browser lay out the whole page again.
    const widthsPx = charts.map(([host]) => host.clientWidth);
    for (const [index, [host, chart]] of charts.entries()) {
      this.#views.set(host, new ChartView(host, chart, around, widthsPx[index] as number));
      this.#seen.observe(host);
      this.#sizes.observe(host);
    }
  }

  /** Shows these arms in all charts; null: every arm. */
  choose(chosen: ReadonlySet<string> | null): void {
    this.#chosen = chosen;
    this.#drawAgain();
  }

  /** Removes the charts and all that listens to the page. */
  dispose(): void {
    for (const view of this.#views.values()) view.dispose();
    this.#views.clear();
    for (const observer of [this.#seen, this.#sizes, this.#themes]) observer.disconnect();
    DARK.removeEventListener('change', this.#redraw);
    PRINT.removeEventListener('change', this.#print);
    removeEventListener('beforeprint', this.#print);
  }

  #onSeen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const view = this.#views.get(target);
      if (!isIntersecting || view === undefined) continue;
      if (!view.isDrawn) view.draw();
      if (view.isDrawn) this.#seen.unobserve(target);
    }
  }

  #drawAgain(): void {
    for (const view of this.#views.values()) if (view.isDrawn) view.draw();
  }
}
