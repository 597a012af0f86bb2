/** `feedrate serve`: a local page over the saved runs. */
import { EXIT, FeedrateError } from '../../base/errors.js';
import { collect, resultsOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printLines, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { leaveSignalsToTheKernel, onSignal } from '../terminal/signals.js';

interface ServeOptions {
  /** The results directory. */
  readonly output: string;
  readonly port: string;
  readonly host: string;
  readonly allowHost?: readonly string[];
}

export const serve: Subcommand = {
  name: 'serve',
  description: 'show the saved runs, and the one that is being measured, in a browser',
  configure(command) {
    command
      .addOption(resultsOption())
      .option('--port <number>', 'port to listen on; 0: any free one', '8377')
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option(
        '--allow-host <name>',
        'also answer requests for this host name, such as a proxy’s; repeat for more',
        collect,
      )
      .action(exitsOnSignal(serveRuns));
  },
  examples: `
Examples:
  feedrate serve                            open the address that it prints
  feedrate serve -o /fsx/results --port 0   another directory, any free port
  feedrate serve --allow-host hub.example   behind a proxy of that name

Nothing can be changed through the page, and only this machine can reach it. The
key in the address is new at each start. Press Ctrl-C to stop.
`,
};

/** Serves until a signal ends it. Throws `FeedrateError('usage')` when it cannot listen there. */
async function serveRuns({ output, port, host, allowHost = [] }: ServeOptions): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    onSignal(() => {
      // Should ending the connections take long, a second Ctrl-C ends the process.
      leaveSignalsToTheKernel();
      resolve();
    });
  });
  const [{ serveResults }, { addressLines }] = await Promise.all([
    import('../terminal/results-server.js'),
    import('../terminal/serve-addresses.js'),
  ]);
  const { server, key } = await serveResults({ results: output, host, port: portOf(port), allowHosts: allowHost });
  const { address, notes } = addressLines(host, server.port, key, output);
  printLines([address]);
  for (const note of notes) tell(note);
  await stopped;
  await server.close();
  return EXIT.interrupted;
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new FeedrateError('usage', `--port ${text}: expected a number from 0 to 65535`);
}
