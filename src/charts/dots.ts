/** Single observations beside a value: which ones are drawn, and where. */

/** More dots than this on one place would be a blot. */
export const MAX_DOTS = 60;

/** Returns at most `MAX_DOTS` of the observations, with the lowest and the highest. */
export function shownDots(dots: readonly number[]): readonly number[] {
  if (dots.length <= MAX_DOTS) return dots;
  const sorted = [...dots].sort((a, b) => a - b);
  const step = (sorted.length - 1) / (MAX_DOTS - 1);
  return Array.from({ length: MAX_DOTS }, (_, index) => sorted[Math.round(index * step)] as number);
}

/** Returns how far a dot is beside its place, in pixels: the same in each drawing, and rarely where its neighbours are. */
export function jitterPx(index: number): number {
  return (((index + 1) * 0.618_034) % 1) * 14 - 7;
}
