/** The script of the pages that `feedrate serve` makes: the list of runs, and a run that is being measured. */

import { ListedRuns } from './listed-runs.js';
import { LivePage } from './live-page.js';

const { page } = document.body.dataset;
if (page === 'list') new ListedRuns().start();
if (page === 'live') new LivePage().start();
