/** A small line chart of the last minutes, from zero. Its text says the same in words. */
import type { LivePoint } from '../base/live-status.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 240;
const HEIGHT = 56;
/** A shorter time is not drawn over the whole width: one second would look like a trend. */
const LEAST_SPAN_MS = 30_000;
/** Nothing was measured in between. */
const GAP_MS = 3500;

export class SparkLine {
  readonly element = document.createElementNS(SVG, 'svg');
  readonly #line = document.createElementNS(SVG, 'path');
  readonly #label: string;
  readonly #value: (point: LivePoint) => number | null;
  readonly #format: (value: number) => string;

  constructor(label: string, value: (point: LivePoint) => number | null, format: (value: number) => string) {
    this.#label = label;
    this.#value = value;
    this.#format = format;
    this.element.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute('preserveAspectRatio', 'none');
    this.element.setAttribute('role', 'img');
    this.element.setAttribute('class', 'spark');
    this.element.append(this.#line);
  }

  /** Draws the points. Returns the highest value as text; empty without points. */
  draw(points: readonly LivePoint[]): string {
    const known = points.flatMap((point) => {
      const value = this.#value(point);
      return value === null ? [] : [{ atMs: point.atMs, value }];
    });
    const most = Math.max(0, ...known.map(({ value }) => value));
    const endMs = known.at(-1)?.atMs ?? 0;
    const spanMs = Math.max(LEAST_SPAN_MS, endMs - (known[0]?.atMs ?? 0));
    let path = '';
    let beforeMs = Number.NEGATIVE_INFINITY;
    for (const { atMs, value } of known) {
      const x = WIDTH * (1 - (endMs - atMs) / spanMs);
      const y = HEIGHT - 1 - (most === 0 ? 0 : (HEIGHT - 3) * (value / most));
      path += `${atMs - beforeMs > GAP_MS ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      // A point alone is a dot.
      if (atMs - beforeMs > GAP_MS) path += 'h0.1';
      beforeMs = atMs;
    }
    this.#line.setAttribute('d', path);
    const text = known.length === 0 ? 'nothing yet' : `0 to ${this.#format(most)}`;
    this.element.setAttribute('aria-label', `${this.#label}, last 3 minutes: ${text}`);
    return known.length === 0 ? '' : this.#format(most);
  }
}
