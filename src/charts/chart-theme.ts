/**
 * The colours, symbols and patterns of charts. Each colour has a contrast of at least 3:1 with the background, and any two
 * of a theme differ for people with each kind of colour blindness (tested). Colour never stands alone: series also differ
 * in their symbols, and areas in their patterns.
 */
export type ThemeName = 'light' | 'dark';

export interface ChartTheme {
  readonly background: string;
  readonly text: string;
  readonly mutedText: string;
  /** Axes and the lines across charts. */
  readonly axis: string;
  readonly grid: string;
  /** Series, rows and cells that were not chosen. */
  readonly faint: string;
  readonly series: readonly string[];
  readonly good: string;
  readonly bad: string;
  readonly plain: string;
  readonly warningArea: string;
  readonly plainArea: string;
  /** The least and the most of a colour scale, with its steps between them: each is darker (in the dark: lighter) than the one before. */
  readonly ramp: readonly string[];
}

export const CHART_THEMES: Readonly<Record<ThemeName, ChartTheme>> = {
  light: {
    background: '#ffffff',
    text: '#1c2128',
    mutedText: '#57606a',
    axis: '#6e7781',
    grid: '#e4e7eb',
    faint: '#c9ced6',
    series: ['#1c3199', '#a33317', '#00a65d', '#a262b7', '#c1840d', '#346bf4', '#6f7679', '#632c2c'],
    good: '#00806a',
    bad: '#c2410c',
    plain: '#57606a',
    warningArea: 'rgba(208, 82, 26, 0.16)',
    plainArea: 'rgba(87, 96, 106, 0.12)',
    ramp: ['#edf3fa', '#c6dbef', '#8fbfe0', '#5599ca', '#2670b0', '#0d4a8c', '#08265c'],
  },
  dark: {
    background: '#14181f',
    text: '#e6e9ee',
    mutedText: '#a5adb8',
    axis: '#8b94a0',
    grid: '#2b313a',
    faint: '#4a515c',
    series: ['#597bfb', '#f66a38', '#49eb8a', '#b86fc3', '#ecd215', '#b1daf0', '#9ea096', '#a0513e'],
    good: '#3cc4a2',
    bad: '#f28a54',
    plain: '#a5adb8',
    warningArea: 'rgba(242, 138, 84, 0.22)',
    plainArea: 'rgba(165, 173, 184, 0.16)',
    ramp: ['#16283f', '#1b3f63', '#215a8a', '#3579b0', '#5c9ccd', '#94c3e6', '#d3e8f8'],
  },
};

export const CHART_FONT = "system-ui, 'DejaVu Sans', 'Liberation Sans', sans-serif";

/** The outline of a mark in a box of 10 by 10, and whether only its line is drawn. */
export interface MarkShape {
  readonly path: string;
  readonly isHollow: boolean;
}

const OUTLINES = {
  circle: 'M5 0A5 5 0 1 1 5 10A5 5 0 1 1 5 0Z',
  square: 'M0.5 0.5H9.5V9.5H0.5Z',
  triangle: 'M5 0L10 9.5H0Z',
  diamond: 'M5 0L10 5L5 10L0 5Z',
  wedge: 'M0 0.5H10L5 10Z',
  cross: 'M3.5 0H6.5V3.5H10V6.5H6.5V10H3.5V6.5H0V3.5H3.5Z',
};

/** There are nine shapes and eight colours, so that 72 series differ in one or the other. */
const SHAPES: readonly MarkShape[] = [
  { path: OUTLINES.circle, isHollow: false },
  { path: OUTLINES.square, isHollow: false },
  { path: OUTLINES.triangle, isHollow: false },
  { path: OUTLINES.diamond, isHollow: false },
  { path: OUTLINES.wedge, isHollow: false },
  { path: OUTLINES.cross, isHollow: false },
  { path: OUTLINES.circle, isHollow: true },
  { path: OUTLINES.square, isHollow: true },
  { path: OUTLINES.triangle, isHollow: true },
];

/** The patterns of areas: a direction of stripes in degrees, and how close they are; null: no stripes. */
const STRIPES = [
  null,
  { degrees: 45, gap: 5 },
  { degrees: -45, gap: 5 },
  { degrees: 0, gap: 4 },
  { degrees: 90, gap: 4 },
  { degrees: 45, gap: 2 },
  { degrees: -45, gap: 2 },
] as const;

export type Stripes = (typeof STRIPES)[number];

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

/** How one series is drawn. `index` is its place among the series, or that of its arm among the arms of the page. */
export interface MarkStyle {
  readonly colour: string;
  readonly shape: MarkShape;
  readonly stripes: Stripes;
}

/** Returns the colour, symbol and pattern of a series. */
export function markStyle(theme: ChartTheme, index: number): MarkStyle {
  return { colour: at(theme.series, index), shape: at(SHAPES, index), stripes: at(STRIPES, index) };
}

/** Returns a mark as ECharts's `symbol` and its colours. */
export function symbolOf({ colour, shape }: MarkStyle, theme: ChartTheme): { symbol: string; itemStyle: object } {
  const itemStyle = shape.isHollow
    ? { color: theme.background, borderColor: colour, borderWidth: 1.5 }
    : { color: colour, borderWidth: 0 };
  return { symbol: `path://${shape.path}`, itemStyle };
}

/** Returns the filling of an area, with its stripes as ECharts's `decal`: an object for each area, because the library changes it. */
export function fillOf({ colour, stripes }: MarkStyle, theme: ChartTheme): object {
  if (stripes === null) return { fill: colour };
  const decal = {
    symbol: 'rect',
    color: theme.background,
    dashArrayX: [1, 0],
    dashArrayY: [1.5, stripes.gap],
    rotation: (stripes.degrees * Math.PI) / 180,
  };
  return { fill: colour, decal };
}
