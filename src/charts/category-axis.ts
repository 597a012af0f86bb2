/** Axes of names: categories below a chart, rows beside it. */
import { axisLook, type ChartLook, FONT_PX, shownName, themeOf } from './drawn-chart.js';
import { fittedText, textWidth, wrappedText } from './text-width.js';

const LABEL_PX = 11;
const SLANTED_PX = 120;
/** Names of rows take at most this share of a picture. */
const ROW_SHARE = 0.34;
/** Every row has the height of two lines. */
const ROW_LINES = 2;

/** Returns the width that the names of rows need. */
export function rowNamesPx(names: readonly string[], look: ChartLook): number {
  const widest = Math.max(0, ...names.map((name) => textWidth(shownName(name, look.widthPx), LABEL_PX)));
  return Math.min(look.widthPx * ROW_SHARE, widest + 4);
}

/** Whether each name fits between its neighbours if `count` of them share a width. */
export function doNamesFit(names: readonly string[], widthPx: number): boolean {
  const each = widthPx / Math.max(1, names.length) - 8;
  return names.every((name) => name.length * 4 < each * 2 && textWidth(shownName(name), LABEL_PX) <= each);
}

/** Returns the horizontal axis of names. Names that do not fit beside each other are slanted. */
export function categoriesBelow(label: string, names: readonly string[], look: ChartLook): object {
  const base = axisLook(themeOf(look));
  const plain = doNamesFit(names, look.widthPx - 70);
  const room = plain ? look.widthPx : SLANTED_PX;
  return {
    ...base,
    type: 'category',
    data: names.map((name) => fittedText(shownName(name), room, LABEL_PX)),
    name: fittedText(shownName(label), look.widthPx - 80, FONT_PX),
    nameLocation: 'middle',
    nameGap: plain ? 26 : slantedHeightPx(names) + 8,
    axisTick: { show: false },
    axisLabel: { ...base.axisLabel, rotate: plain ? 0 : 40, interval: plain ? 0 : 'auto' },
    splitLine: { show: false },
  };
}

/** Returns the height that slanted names need. */
export function slantedHeightPx(names: readonly string[]): number {
  const widest = Math.max(
    0,
    ...names.map((name) => Math.min(SLANTED_PX, textWidth(shownName(name, SLANTED_PX), LABEL_PX))),
  );
  return Math.round(widest * Math.sin((40 * Math.PI) / 180) + 16);
}

/** Returns the vertical axis of names, the first at the top. */
export function rowNames(label: string, names: readonly string[], look: ChartLook): object {
  const base = axisLook(themeOf(look));
  const width = rowNamesPx(names, look);
  return {
    ...base,
    type: 'category',
    inverse: true,
    data: names.map((name) => wrappedText(shownName(name), width, LABEL_PX, ROW_LINES).join('\n')),
    name: fittedText(shownName(label), look.widthPx - 30, FONT_PX),
    nameLocation: 'start',
    nameGap: 8,
    nameTextStyle: { ...base.nameTextStyle, align: 'left', padding: [0, 0, 0, -(width + 8)] },
    axisTick: { show: false },
    axisLabel: { ...base.axisLabel, interval: 0, lineHeight: LABEL_PX + 1 },
    splitLine: { show: false },
  };
}
