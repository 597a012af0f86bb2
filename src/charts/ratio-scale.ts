/** The axis of ratios: logarithmic, so that half and twice are equally far from 1. */
import { type AxisScale, niceStep } from './axis-scale.js';

/** Further ratios are shown at the end of the axis, unless an estimate is there. */
const WIDEST = 16;

/** Returns a ratio for people: as a change in per cent between a half and two, and as a factor beyond. */
export function ratioText(ratio: number): string {
  if (ratio <= 0.5 || ratio >= 2) return `×${Number(ratio.toPrecision(3))}`;
  const change = (ratio - 1) * 100;
  const digits = Math.abs(change) < 10 ? Number(change.toFixed(1)) : Math.round(change);
  if (digits === 0) return '0 %';
  return `${digits > 0 ? '+' : '−'}${Math.abs(digits)} %`;
}

/** Returns the ratios that get a label: changes at equal steps in a narrow range, powers of two in a wide one. */
function ratioTicks(low: number, high: number, maxTicks: number): number[] {
  if (high / low < 3) {
    const step = Math.max(0.001, niceStep(high - low, maxTicks));
    const first = Math.ceil((low - 1) / step - 1e-9);
    const last = Math.floor((high - 1) / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => 1 + (first + index) * step);
  }
  for (const every of [1, 2, 4, 8]) {
    const first = Math.ceil(Math.log2(low) / every - 1e-9);
    const last = Math.floor(Math.log2(high) / every + 1e-9);
    if (last - first + 1 <= maxTicks || every === 8)
      return Array.from({ length: last - first + 1 }, (_, index) => 2 ** ((first + index) * every));
  }
  return [1];
}

/** Returns the scale of ratios. `estimates` are always on it, the `others` as far as the axis reaches. */
export function ratioScale(
  label: string,
  estimates: readonly number[],
  others: readonly number[],
  maxTicks: number,
): AxisScale {
  const [least, most] = [Math.min(1, ...estimates), Math.max(1, ...estimates)];
  const [lowEnd, highEnd] = [Math.min(1 / WIDEST, least), Math.max(WIDEST, most)];
  const within = others.map((ratio) => Math.min(highEnd, Math.max(lowEnd, ratio)));
  const low = Math.min(least, ...within);
  const high = Math.max(most, ...within);
  const [from, to] = high / low > 1.002 ? [low, high] : [low / 1.05, high * 1.05];
  const margin = Math.log(to / from) * 0.06;
  return {
    name: label,
    min: Math.log(from) - margin,
    max: Math.log(to) + margin,
    ticks: ratioTicks(from * Math.exp(-margin), to * Math.exp(margin), maxTicks).map((ratio) => ({
      at: Math.log(ratio),
      label: ratioText(ratio),
    })),
    place: (ratio) => (ratio > 0 ? Math.log(ratio) : null),
    value: Math.exp,
    label: (place) => ratioText(Math.exp(place)),
  };
}
