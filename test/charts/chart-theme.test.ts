/** Colours as people see them, with the simulation of colour blindness by Machado, Oliveira and Fernandes (2009). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHART_THEMES, markStyle } from '../../src/charts/chart-theme.js';
import { contrast, rampColour, readableOn } from '../../src/charts/colour-ramp.js';

const test = suite('charts/chart-theme');

type Triple = readonly [number, number, number];
/** How the three kinds of cones see linear RGB if one kind is missing. */
const SIGHTS: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Triple {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
}

function seen(hex: string, [red, green, blue]: readonly [Triple, Triple, Triple]): Triple {
  const colour = linear(hex);
  const part = (row: Triple): number =>
    Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]));
  return [part(red), part(green), part(blue)];
}

/** CIE L*a*b*, D65. */
function lab([red, green, blue]: Triple): Triple {
  const curve = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

for (const [name, theme] of Object.entries(CHART_THEMES)) {
  test(`${name}: marks have a contrast of 3:1, and text of 4.5:1`, () => {
    for (const colour of [...theme.series, theme.good, theme.bad, theme.plain, theme.axis])
      assert.ok(contrast(colour, theme.background) >= 3, `${colour}: ${contrast(colour, theme.background)}`);
    for (const colour of [theme.text, theme.mutedText, theme.good, theme.bad])
      assert.ok(contrast(colour, theme.background) >= 4.5, `${colour}: ${contrast(colour, theme.background)}`);
  });

  test(`${name}: any two series differ for every kind of sight`, () => {
    for (const [sight, matrix] of Object.entries(SIGHTS)) {
      const colours = theme.series.map((colour) => lab(seen(colour, matrix)));
      for (const [index, one] of colours.entries())
        for (const [before, other] of colours.slice(0, index).entries()) {
          const difference = Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
          assert.ok(difference >= 20, `${sight}: ${theme.series[before]} and ${theme.series[index]}: ${difference}`);
        }
    }
  });

  test(`${name}: more is always darker, or always lighter, and its text is readable`, () => {
    for (const matrix of Object.values(SIGHTS)) {
      const lightness = Array.from(
        { length: 41 },
        (_, step) => lab(seen(rampColour(theme.ramp, step / 40), matrix))[0],
      );
      const steps = lightness.slice(1).map((value, index) => value - lightness[index]!);
      assert.ok(
        steps.every((step) => step * steps[0]! > 0),
        lightness.join(' '),
      );
    }
    for (let step = 0; step <= 40; step++) {
      const colour = rampColour(theme.ramp, step / 40);
      assert.ok(contrast(readableOn(colour), colour) >= 4.5, colour);
    }
  });

  test(`${name}: 72 series differ in colour or symbol`, () => {
    const styles = Array.from({ length: 72 }, (_, index) => markStyle(theme, index));
    assert.is(new Set(styles.map(({ colour, shape }) => `${colour} ${shape.path} ${shape.isHollow}`)).size, 72);
  });
}

test.run();
