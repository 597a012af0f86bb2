import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Chart } from '../../src/charts/chart.js';
import { chartFiles } from '../../src/charts/chart-files.js';
import { drawChart } from '../../src/charts/chart-option.js';
import { legendRows } from '../../src/charts/legend-layout.js';
import { renderSvg } from '../../src/charts/render-svg.js';
import { EXTREME_CHARTS, HOSTILE_NAME, SAMPLE_CHARTS, SECONDS_CHART, SIZES_CHART } from '../support/sample-charts.js';
import { needTool } from '../support/skip.js';

const test = suite('charts/render-svg');

const LOOK = { widthPx: 800, heightPx: 300, theme: 'light', isInteractive: false } as const;

/** Drawn once for all tests, in a narrow picture, where room is short. */
const PICTURES = [...SAMPLE_CHARTS, ...EXTREME_CHARTS].map(({ id, ...chart }) => ({
  id,
  svg: renderSvg({ ...chart, id } as Chart, { width: 390, theme: 'dark' }),
}));

/** Returns the heights of the texts that stand outside of the axes: title, legend, notes. */
function textHeights(svg: string): number[] {
  const outside = svg.replace(/<svg x=.*?<\/svg>/s, '');
  return [...outside.matchAll(/<text x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
}

test('every chart is a picture with a title and a description that needs nothing else', () => {
  for (const { id, svg } of PICTURES) {
    assert.match(
      svg,
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*role="img" aria-labelledby="[\w-]+-title"/,
      id,
    );
    assert.match(svg, /<title id="[\w-]+-title">[^<]+<\/title>\n<desc id="[\w-]+-desc">[^<]+<\/desc>/, id);
    assert.not.match(svg, /<script|<style|<image|<foreignObject|href="(?!#)|url\((?!#)|ecmeta_| on\w+="/, id);
    assert.not.match(svg, /NaN|Infinity|undefined/, id);
  }
});

test('every picture is well-formed XML', () => {
  needTool('xmllint');
  // One document, because a process for each takes long.
  const all = PICTURES.map(({ svg }) => svg).join('');
  execFileSync('xmllint', ['--noout', '--huge', '-'], { input: `<all>${all}</all>` });
});

test('title, legend and notes have lines of their own', () => {
  for (const { id, svg } of PICTURES) {
    const heights = [...new Set(textHeights(svg))];
    for (const [index, height] of heights.slice(1).entries())
      assert.ok(height - heights[index]! >= 14, `${id}: ${heights.join(' ')}`);
  }
});

test('a legend stays within its width, and counts what is left out', () => {
  const many = EXTREME_CHARTS.find(({ id }) => id.endsWith('-many'))!;
  const { legend, notes } = drawChart(many, LOOK);
  assert.is(legend.length, 200);
  const rows = legendRows(legend, 800);
  assert.is(rows.at(-1)?.name, 'and 176 more');
  assert.ok(rows.every(({ x }) => x < 800));
  assert.match(notes.join(' '), /Intervals and observations are drawn for up to 24 series/);
});

test('a name is shown with its control characters, and cut in the middle', () => {
  const [entry] = drawChart(
    { ...SIZES_CHART, series: [{ ...SIZES_CHART.series[0]!, name: HOSTILE_NAME }] },
    LOOK,
  ).legend;
  assert.match(entry!.name, /^<\/script><script>alert\(1\)<\/script>&"'\\u001b\[31mred.*…/);
});

test('a number that is not finite is refused', () => {
  const spoilt: Chart = { ...SIZES_CHART, series: [{ name: 'a', drawn: 'line', points: [{ x: 1, y: Number.NaN }] }] };
  assert.throws(() => renderSvg(spoilt), 'chart throughput-by-size: series.0.points.0.y is not a finite number');
});

test('the chosen arms keep their colours, and the others are grey', () => {
  const all = drawChart(SIZES_CHART, LOOK);
  const one = drawChart(SIZES_CHART, { ...LOOK, chosen: new Set(['a1']) });
  assert.equal(one.legend, [all.legend[1]]);
  assert.match(one.notes.join(' '), /2 more in grey, because they were not chosen/);
});

test('a stop of the pointer says what is there', () => {
  const { stopAt } = drawChart(SIZES_CHART, LOOK);
  assert.equal(stopAt('s2', 1), {
    arm: 'a2',
    text: 'target 2\nI/O size: 64 KiB\nthroughput: 73.2 MiB/s\ninterval: 65.9 MiB/s to open\n3 observations',
  });
  assert.is(stopAt('i2', 1), null);
  assert.is(stopAt('s9', 0), null);
});

test('a long series is thinned and says so', () => {
  const [series] = SECONDS_CHART.series;
  const points = Array.from({ length: 50_000 }, (_, second) => ({ x: second * 1e9, y: second === 40_000 ? 1 : 1e9 }));
  const drawn = drawChart({ ...SECONDS_CHART, series: [{ ...series!, points }] }, LOOK);
  const [line] = drawn.option.series as { data: (number[] | { value: number[] })[] }[];
  assert.ok(line!.data.length < 4100);
  assert.ok(
    line!.data.some((item) => (Array.isArray(item) ? item : item.value)[1]! < 1e-3),
    'the bad second',
  );
  assert.match(
    drawn.notes[0]!,
    /^Drawn from [\d,]+ of 50,000 points: the first, lowest, highest and last of each pixel/,
  );
});

test('pictures have the names of their charts, each once, as SVG and PNG', async () => {
  const files = await chartFiles([SIZES_CHART, SIZES_CHART, { ...SIZES_CHART, id: '../x y' }], 'svg');
  assert.equal(
    files.map(({ name }) => name),
    ['throughput-by-size.svg', 'throughput-by-size-2.svg', '-x-y.svg'],
  );
  const [png] = await chartFiles([SIZES_CHART], 'png', { width: 400 });
  const bytes = Buffer.from(png!.content as Uint8Array);
  assert.is(bytes.subarray(1, 4).toString(), 'PNG');
  assert.is(bytes.readUInt32BE(16), 800);
});

test.run();
