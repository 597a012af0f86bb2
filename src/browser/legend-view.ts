/** The legend of a chart as elements of a page. An entry of an arm is a button that chooses the arm. */
import type { LegendEntry, LegendSwatch } from '../charts/drawn-chart.js';
import { SWATCH_HEIGHT_PX, SWATCH_WIDTH_PX, swatchParts } from '../charts/legend-layout.js';

const SVG = 'http://www.w3.org/2000/svg';

function swatchElement(swatch: LegendSwatch, background: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', String(SWATCH_WIDTH_PX));
  svg.setAttribute('height', String(SWATCH_HEIGHT_PX));
  svg.setAttribute('aria-hidden', 'true');
  for (const { element, attributes } of swatchParts(swatch, background)) {
    const part = document.createElementNS(SVG, element);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  }
  return svg;
}

/** Fills a list with the entries of a legend. */
export function fillLegend(
  list: HTMLUListElement,
  entries: readonly LegendEntry[],
  background: string,
  onArm: (arm: string) => void,
): void {
  list.hidden = entries.length === 0;
  list.replaceChildren(
    ...entries.map(({ name, swatch, arm }) => {
      const item = document.createElement('li');
      const inner = document.createElement(arm === undefined ? 'span' : 'button');
      if (inner instanceof HTMLButtonElement) inner.type = 'button';
      if (arm !== undefined) inner.addEventListener('click', () => onArm(arm));
      inner.title = name;
      const label = document.createElement('bdi');
      label.textContent = name;
      inner.append(swatchElement(swatch, background), label);
      item.append(inner);
      return item;
    }),
  );
  // What scrolls and has nothing that can be focused is out of reach for a keyboard.
  const isOutOfReach = list.scrollHeight > list.clientHeight && list.querySelector('button') === null;
  if (isOutOfReach) list.tabIndex = 0;
  else list.removeAttribute('tabindex');
}
