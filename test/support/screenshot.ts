/** Compares screenshots with kept ones, so coarsely that the fonts and the drawing of a machine do not matter. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser } from 'playwright-core';
import * as assert from 'uvu/assert';
import { fixturePath } from './repository.js';

/** Width of kept pictures. */
const WIDTH = 180;
/** Largest mean difference of all pixels, of 255, and largest share of pixels that differ by more than `FAR`. */
const MEAN_MAX = 6;
const FAR = 64;
const FAR_SHARE_MAX = 0.05;

interface Picture {
  readonly height: number;
  /** Brightness, row by row. */
  readonly pixels: readonly number[];
  readonly png: string;
}

/** Returns a picture scaled to the width of kept ones. The browser decodes it. */
async function scaled(browser: Browser, png: Buffer): Promise<Picture> {
  const page = await browser.newPage();
  try {
    return (await page.evaluate(`(async () => {
      const picture = new Image();
      picture.src = 'data:image/png;base64,${png.toString('base64')}';
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = ${WIDTH};
      canvas.height = Math.round((picture.height * ${WIDTH}) / picture.width);
      const context = canvas.getContext('2d');
      context.imageSmoothingQuality = 'high';
      context.filter = 'grayscale(1)';
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const pixels = Array.from({ length: data.length / 4 }, (_, index) => data[4 * index]);
      return { height: canvas.height, pixels, png: canvas.toDataURL('image/png').split(',')[1] };
    })()`)) as Picture;
  } finally {
    await page.close();
  }
}

/** Fails when the screenshot differs from the kept one. `UPDATE_GOLDENS=1` keeps it instead. */
export async function assertLooksLike(browser: Browser, screenshot: Buffer, ...parts: string[]): Promise<void> {
  const path = fixturePath(...parts);
  const now = await scaled(browser, screenshot);
  if (process.env['UPDATE_GOLDENS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(now.png, 'base64'));
    return;
  }
  const kept = await scaled(browser, readFileSync(path));
  assert.is(now.height, kept.height, `${path}: another height`);
  const differences = kept.pixels.map((pixel, index) => Math.abs(pixel - (now.pixels[index] as number)));
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  const far = differences.filter((difference) => difference > FAR).length / differences.length;
  assert.ok(mean <= MEAN_MAX, `${path}: pixels differ by ${mean.toFixed(1)} on average`);
  assert.ok(far <= FAR_SHARE_MAX, `${path}: ${(far * 100).toFixed(1)} % of the pixels differ`);
}
