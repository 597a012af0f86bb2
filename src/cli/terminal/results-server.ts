/** Puts the server of a results directory together. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { readPageFiles, readServerFiles } from '../../host/system/page-files.js';
import { newToken } from '../../serve/guard.js';
import { LiveFeed } from '../../serve/live-feed.js';
import { MadePages } from '../../serve/made-pages.js';
import { RunIndex } from '../../serve/run-index.js';
import { type RunningServer, startServer } from '../../serve/server.js';
import { tell } from '../output/print.js';
import { PageThread } from './page-thread.js';
import { isAny, KEY_PARAMETER, proxiedHosts } from './serve-addresses.js';

export interface ServedResults {
  /** The results directory, as the user named it. */
  readonly results: string;
  readonly host: string;
  readonly port: number;
  readonly allowHosts: readonly string[];
}

/** Starts the server. Throws `FeedrateError('usage')` when it cannot listen there, or the directory is none. */
export async function serveResults({
  results,
  host,
  port,
  allowHosts,
}: ServedResults): Promise<{ readonly server: RunningServer; readonly key: string }> {
  const directory = resolve(results);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new FeedrateError('usage', `-o ${results}: it is no directory; name the one that runs are saved in`);
  const report = readPageFiles();
  const { script, style } = readServerFiles();
  const index = new RunIndex(directory);
  const { names, suffixes } = proxiedHosts();
  const key = newToken();
  const server = await startServer({
    host,
    port,
    token: { name: KEY_PARAMETER, value: key },
    allowed: { names: [...names, ...allowHosts, host].map(lowerCase), suffixes, addresses: isAny(host) },
    served: {
      results,
      index,
      feed: new LiveFeed(index),
      pages: new MadePages(index, new PageThread(directory).make),
      script,
      style,
    },
    reportSums: { script: report.script.sha256, style: report.style.sha256 },
    failed: (text) => tell(`feedrate: ${text}`),
  });
  return { server, key };
}

function lowerCase(name: string): string {
  return name.toLowerCase();
}
