/** Makes PNG files of SVG pictures with resvg, an optional package that is loaded only here. */
import { FeedrateError } from '../base/errors.js';

/** Twice the size of the SVG, so that a slide or a dense screen shows sharp text. */
const SCALE = 2;

const FONTS = { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' } as const;

const PROBE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text x="0" y="15" font-family="sans-serif">M</text></svg>';

/**
 * Returns a function that makes the bytes of a PNG file of an SVG text. Throws `FeedrateError('usage')` if resvg is not
 * installed, or if the machine has no font, because texts would then be missing from the pictures without a word.
 */
export async function pngMaker(): Promise<(svg: string) => Uint8Array> {
  const { Resvg } = await loadResvg();
  const make = (svg: string, scale: number) =>
    new Resvg(svg, { font: FONTS, fitTo: { mode: 'zoom', value: scale } }).render();
  if (make(PROBE, 1).pixels.every((byte) => byte === 0))
    throw new FeedrateError(
      'usage',
      'PNG files need a font, and none is installed: install fonts-dejavu-core, or use --svg',
    );
  return (svg) => make(svg, SCALE).asPng();
}

async function loadResvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js');
  } catch (cause) {
    const remedy = 'install it with: npm install @resvg/resvg-js, or use --svg';
    throw new FeedrateError(
      'usage',
      `PNG files need the optional package @resvg/resvg-js, which cannot be loaded: ${remedy}`,
      { cause },
    );
  }
}
