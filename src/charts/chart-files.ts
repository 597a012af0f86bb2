/** Charts as picture files. */
import type { Chart } from './chart.js';
import { pngMaker } from './render-png.js';
import { type PictureLook, renderSvg } from './render-svg.js';

export interface ChartFile {
  /** Without a directory: `throughput-by-size.svg`. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** What becomes of an SVG picture; the keys are the endings of the files. */
const FORMATS = {
  svg:
    async () =>
    (svg: string): string | Uint8Array =>
      svg,
  png: pngMaker,
} as const;

export type PictureFormat = keyof typeof FORMATS;

/**
 * Returns one picture file for each chart, named by the chart's id. Throws `FeedrateError('usage')` if PNG files are asked
 * for and cannot be made on this machine.
 */
export async function chartFiles(
  charts: readonly Chart[],
  format: PictureFormat,
  look: PictureLook = {},
): Promise<readonly ChartFile[]> {
  const finish = await FORMATS[format]();
  const names = new Set<string>();
  return charts.map((chart) => {
    const plain = chart.id.replace(/[^\w-]+/g, '-').slice(0, 100) || 'chart';
    let name = plain;
    for (let next = 2; names.has(name); next++) name = `${plain}-${next}`;
    names.add(name);
    return { name: `${name}.${format}`, content: finish(renderSvg(chart, look)) };
  });
}
