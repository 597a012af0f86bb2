/**
 * What a reader sees who points at a chart. Texts are drawn into the canvas: elements of the page would need styles that
 * its content security policy forbids.
 */
import { type ChartLook, type ChartOption, type DrawnChart, FONT_PX, themeOf } from './drawn-chart.js';

interface Pointed {
  readonly seriesId?: string;
  readonly dataIndex?: number;
}

/** Returns text that the library shows as it is: `{name|` would begin a style. */
export function unstyled(text: string): string {
  return text.replaceAll('{', '{\u200b');
}

function tooltipLook(look: ChartLook): object {
  const { background, text, axis } = themeOf(look);
  return {
    renderMode: 'richText',
    confine: true,
    backgroundColor: background,
    borderColor: axis,
    borderWidth: 1,
    padding: 8,
    transitionDuration: 0,
    textStyle: { color: text, fontSize: FONT_PX, lineHeight: 17 },
  };
}

/** A tooltip for the element under the pointer. */
export function pointedItem(stopAt: DrawnChart['stopAt'], look: ChartLook): ChartOption {
  const formatter = ({ seriesId = '', dataIndex = 0 }: Pointed): string =>
    unstyled(stopAt(seriesId, dataIndex)?.text ?? '');
  return { tooltip: { ...tooltipLook(look), trigger: 'item', formatter: formatter as never } };
}

/** A tooltip for all series at the place of x under the pointer. */
export function pointedAxis(stopAt: DrawnChart['stopAt'], look: ChartLook): ChartOption {
  const formatter = (pointed: readonly Pointed[]): string =>
    unstyled(
      pointed.flatMap(({ seriesId = '', dataIndex = 0 }) => stopAt(seriesId, dataIndex)?.text ?? []).join('\n\n'),
    );
  const line = { type: 'line', lineStyle: { color: themeOf(look).axis } };
  return {
    tooltip: { ...tooltipLook(look), trigger: 'axis', axisPointer: line as never, formatter: formatter as never },
  };
}

/** The height of the handles below a chart that can be zoomed, with the room around them. */
export const ZOOM_PX = 26;

/** Zooming of x: the wheel with Ctrl, so that a page scrolls as usual, and handles below the chart. */
export function timeZoom(look: ChartLook, frame: ChartOption): ChartOption {
  const { axis, mutedText, plainArea, background } = themeOf(look);
  return {
    grid: { ...frame.grid, bottom: 4 + ZOOM_PX },
    dataZoom: [
      { type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, moveOnMouseMove: true },
      {
        type: 'slider',
        filterMode: 'none',
        height: 16,
        bottom: 4,
        moveHandleSize: 0,
        brushSelect: true,
        showDataShadow: false,
        showDetail: false,
        borderColor: axis,
        fillerColor: plainArea,
        handleStyle: { color: background, borderColor: axis },
        textStyle: { color: mutedText },
      },
    ],
  };
}
