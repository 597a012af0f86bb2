/** The script of a report's page. It is bundled with the drawing of charts and written into each page. */

import { unpacked } from '../page/packed.js';
import type { PageData } from '../page/page-html.js';
import { ArmFilter } from './arm-filter.js';
import { ChartBoard } from './chart-board.js';
import { addDataTables } from './data-table.js';
import { openOnPaper } from './paper.js';
import { showTips } from './term-tips.js';

const data = unpacked(JSON.parse(document.getElementById('page-data')?.textContent ?? 'null')) as PageData;
// Before the charts listen, because what is closed has no width to draw for.
openOnPaper();
const filter = new ArmFilter(data.arms);
const board = new ChartBoard({ arms: data.arms.map(({ id }) => id), onArm: (arm) => filter.toggle(arm) });

const charts = [...document.querySelectorAll<HTMLElement>('.plot')].flatMap((plot, index) => {
  const chart = data.charts[index];
  return chart === undefined ? [] : [[plot, chart] as const];
});
board.add(charts);
for (const [plot, chart] of charts) if (plot.parentElement !== null) addDataTables(plot.parentElement, chart);
filter.onChoice((arms) => board.choose(arms));
filter.start();
showTips();
