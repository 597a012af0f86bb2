/** The script of the pages that `feedrate serve` makes: the list of runs, and a run that is being measured. */
import { LivePage } from './live-page.js';
import { RunList } from './run-list.js';

const { page } = document.body.dataset;
if (page === 'list') new RunList().start();
if (page === 'live') new LivePage().start();
