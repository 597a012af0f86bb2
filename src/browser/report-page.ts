/** The script of a report's page. It is bundled with the drawing of charts and written into each page. */
import type { PageData } from '../page/page-html.js';
import { ArmFilter } from './arm-filter.js';
import { showTips } from './term-tips.js';

const data = JSON.parse(document.getElementById('page-data')?.textContent ?? 'null') as PageData;

new ArmFilter(data.arms).start();
showTips();
