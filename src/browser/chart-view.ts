/** One chart in an element of a page: its legend, its picture on a canvas, and what the picture leaves out. */
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { Chart } from '../charts/chart.js';
import { beginPlot } from '../charts/chart-library.js';
import { chartHeightPx, drawChart, type FreeLook } from '../charts/chart-option.js';
import { CHART_THEMES, type ThemeName } from '../charts/chart-theme.js';
import type { DrawnChart } from '../charts/drawn-chart.js';
import { fillLegend } from './legend-view.js';
import { nextStop, type StopPlace } from './stop-steps.js';

use([CanvasRenderer]);

/** What a chart needs to know of the page around it. */
export interface ChartSurroundings {
  /** The arms of the page in their order. */
  readonly arms: readonly string[];
  readonly theme: () => ThemeName;
  /** The chosen arms; null: all. */
  readonly chosen: () => ReadonlySet<string> | null;
  /** Called when a reader chooses an arm in a chart. */
  readonly onArm: (arm: string) => void;
  /** Called when a reader zooms a chart: the ends in the base unit of its axis. */
  readonly onZoom: (from: ChartView, key: string, low: number, high: number) => void;
}

function made<K extends keyof HTMLElementTagNameMap>(name: K, className: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

/** A chart that is drawn when `draw` is called for the first time, and anew whenever its size or its page changes. */
export class ChartView {
  readonly host: HTMLElement;
  readonly #chart: Chart;
  readonly #around: ChartSurroundings;
  readonly #legend = made('ul', 'chart-legend');
  readonly #plotElement = made('div', 'chart-plot');
  readonly #notes = made('p', 'chart-notes');
  readonly #said = made('p', 'chart-said');
  #plot: ReturnType<typeof beginPlot> | null = null;
  #drawn: DrawnChart | null = null;
  #stop: StopPlace | null = null;
  #zoom: readonly [number, number] | null = null;
  #widthPx = 0;

  /** @param widthPx of the host, at first */
  constructor(host: HTMLElement, chart: Chart, around: ChartSurroundings, widthPx: number) {
    this.host = host;
    this.#chart = chart;
    this.#around = around;
    host.classList.add('chart');
    this.#plotElement.tabIndex = 0;
    this.#plotElement.setAttribute('role', 'application');
    this.#plotElement.setAttribute('aria-roledescription', 'chart');
    this.#plotElement.setAttribute(
      'aria-label',
      `${chart.title}. ${chart.description} The arrow keys read its values.`,
    );
    this.#said.setAttribute('aria-live', 'polite');
    // The place is kept free, so that nothing on the page moves when the chart is drawn.
    this.#plotElement.style.height = `${chartHeightPx(chart, this.#look(widthPx))}px`;
    host.append(this.#legend, this.#plotElement, this.#notes, this.#said);
    this.#plotElement.addEventListener('keydown', (event) => this.#onKey(event));
    this.#plotElement.addEventListener('blur', () => this.#leave());
  }

  get isDrawn(): boolean {
    return this.#drawn !== null;
  }

  /** Draws the chart for the size, the theme and the arms of now. */
  draw(): void {
    const { theme, onArm } = this.#around;
    const widthPx = this.#plotElement.clientWidth;
    // Not on the page, as in a closed section: the size arrives later, and with it the next call.
    if (widthPx === 0) return;
    const look = this.#look(widthPx);
    const heightPx = chartHeightPx(this.#chart, look);
    this.#drawn = drawChart(this.#chart, { ...look, heightPx });
    this.#widthPx = widthPx;
    this.#plotElement.style.height = `${heightPx}px`;
    this.#plot ??= this.#begin();
    this.#plot.resize({ width: widthPx, height: heightPx });
    this.#plot.setOption(this.#drawn.option, { notMerge: true });
    if (this.#zoom !== null) this.zoomTo(...this.#zoom);
    fillLegend(this.#legend, this.#drawn.legend, CHART_THEMES[theme()].background, onArm);
    this.#notes.hidden = this.#drawn.notes.length === 0;
    this.#notes.textContent = this.#drawn.notes.join(' ');
  }

  /** Draws the chart anew if its width has changed. */
  fit(): void {
    if (this.isDrawn && this.#plotElement.clientWidth !== this.#widthPx) this.draw();
  }

  /** The key of the axis that can be zoomed; null: none. */
  get zoomKey(): string | null {
    return this.#drawn?.zoom?.key ?? null;
  }

  /** Zooms to a stretch in the base unit of the axis. Says nothing to other charts. */
  zoomTo(low: number, high: number): void {
    this.#zoom = [low, high];
    const startValue = this.#drawn?.zoom?.place(low);
    const endValue = this.#drawn?.zoom?.place(high);
    if (startValue == null || endValue == null) return;
    this.#plot?.dispatchAction({ type: 'dataZoom', startValue, endValue }, { silent: true });
  }

  dispose(): void {
    this.#plot?.dispose();
    this.host.replaceChildren();
  }

  #look(widthPx: number): FreeLook {
    const { arms, theme, chosen } = this.#around;
    const selected = chosen();
    const look = { widthPx, theme: theme(), isInteractive: true, arms };
    return selected === null ? look : { ...look, chosen: selected };
  }

  #begin(): ReturnType<typeof beginPlot> {
    const plot = beginPlot(this.#plotElement, null, { renderer: 'canvas' });
    plot.on('click', ({ seriesId = '', dataIndex }) => {
      const arm = this.#drawn?.stopAt(seriesId, dataIndex)?.arm;
      if (arm !== undefined) this.#around.onArm(arm);
    });
    plot.on('datazoom', () => this.#onZoomed());
    return plot;
  }

  #onZoomed(): void {
    const zoom = this.#drawn?.zoom;
    const [range] = (this.#plot?.getOption()['dataZoom'] ?? []) as { startValue: number; endValue: number }[];
    if (zoom === undefined || range === undefined) return;
    this.#zoom = [zoom.value(range.startValue), zoom.value(range.endValue)];
    this.#around.onZoom(this, zoom.key, ...this.#zoom);
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#drawn === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape') {
      this.#leave();
      return;
    }
    const arm = this.#stop === null ? undefined : this.#drawn.stopAt(this.#stop.seriesId, this.#stop.dataIndex)?.arm;
    if (event.key === 'Enter' && arm !== undefined) {
      this.#around.onArm(arm);
      return;
    }
    const stop = nextStop(this.#drawn, this.#stop, event.key);
    if (stop === null) return;
    event.preventDefault();
    this.#stop = stop;
    this.#plot?.dispatchAction({ type: 'showTip', seriesIndex: stop.seriesIndex, dataIndex: stop.dataIndex });
    this.#said.textContent = this.#drawn.stopAt(stop.seriesId, stop.dataIndex)?.text.replaceAll('\n', ', ') ?? '';
  }

  #leave(): void {
    this.#stop = null;
    this.#plot?.dispatchAction({ type: 'hideTip' });
    this.#said.textContent = '';
  }
}
