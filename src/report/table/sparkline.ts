const BARS = '▁▂▃▄▅▆▇█';

/**
 * Returns one bar per value, scaled from `floor` (default 0) to the largest value. A value that is not finite is a
 * blank. With more values than `width`, neighbours are averaged.
 */
export function sparkline(values: readonly number[], width = values.length, floor = 0): string {
  const shown = values.length > width ? averaged(values, width) : values;
  const height = Math.max(...shown.filter(Number.isFinite)) - floor;
  return shown.map((value) => bar(value - floor, height)).join('');
}

function bar(value: number, largest: number): string {
  if (!Number.isFinite(value)) return ' ';
  const level = largest > 0 ? Math.ceil((Math.max(value, 0) / largest) * BARS.length) - 1 : 0;
  return BARS[Math.max(level, 0)] as string;
}

function averaged(values: readonly number[], width: number): number[] {
  return Array.from({ length: width }, (_, index) => {
    const start = Math.floor((index * values.length) / width);
    const end = Math.floor(((index + 1) * values.length) / width);
    const part = values.slice(start, end).filter(Number.isFinite);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
