/** The thread of `page-thread.ts`: makes one page after the other. */
import { parentPort } from 'node:worker_threads';
import { FeedrateError } from '../../base/errors.js';
import { readPageFiles } from '../../host/system/page-files.js';
import { pageHtml } from '../../page/page-html.js';
import type { PageSubject } from '../../serve/made-pages.js';
import { askedPage, type RawReportOptions } from '../options/page-input.js';
import type { PageReply, PageRequest } from './page-thread.js';

/** As `feedrate compare` without options. */
const DEFAULTS = { alpha: '5%', minEffect: '1%' } as const;

parentPort?.on('message', async ({ id, results, subject }: PageRequest) => {
  const [specs, options, command] = askedFor(subject, results);
  try {
    const { page } = await askedPage(specs, options, command);
    const bytes = Buffer.from(pageHtml(page, readPageFiles(), './'));
    reply({ id, page: bytes });
  } catch (error) {
    reply({ id, message: (error as Error).message, code: error instanceof FeedrateError ? error.code : null });
  }
});

function reply(answer: PageReply): void {
  parentPort?.postMessage(answer);
}

/** Returns the runs, the options and the words of the command that makes the same page. */
function askedFor(subject: PageSubject, results: string): [readonly string[], RawReportOptions, readonly string[]] {
  const options = { ...DEFAULTS, results };
  switch (subject.kind) {
    case 'run':
      return [[subject.id], options, ['show', subject.id]];
    case 'comparison':
      return [subject.ids, options, ['compare', ...subject.ids]];
    case 'history':
      return [[], { ...options, history: true, workload: subject.workload }, ['history']];
  }
}
