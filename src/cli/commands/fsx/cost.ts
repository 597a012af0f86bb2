/** `feedrate fsx cost`: what a file system costs, and what was measured on it. */
import { FeedrateError } from '../../../base/errors.js';
import { collect, formatOption, resultsOption } from '../../options/common-options.js';
import type { RawCostOptions } from '../../options/cost-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { print, printJson, tell } from '../../output/print.js';
import { exits } from '../../terminal/exits.js';
import { stdoutOptions } from '../../terminal/output.js';

interface CostOptions extends RawCostOptions {
  readonly output: string;
  readonly format: 'table' | 'json';
  readonly prices?: string;
}

export const cost: Subcommand = {
  name: 'cost',
  description: 'price a file system, a run, a terabyte read and an epoch',
  completes: 'runs',
  configure(command) {
    command
      .argument('[run]', 'run that was measured on the file system (default: the latest, or none with --deployment)')
      .option('-t, --target <name>', 'only this target of the run', collect)
      .option('--prices <file>', 'prices that replace those of feedrate (feedrate guide cost)')
      .option('--region <region>', 'Region of the file system')
      .option('--deployment <type>', 'deployment type, such as SINGLE_AZ_2')
      .option('--pairs <number>', 'HA pairs')
      .option('--throughput <MBps>', 'throughput capacity of each HA pair')
      .option('--ssd-gib <GiB>', 'SSD storage')
      .option('--iops <number>', 'provisioned SSD IOPS (default: those that the storage includes)')
      .option('--pool-gib <GiB>', 'data in the capacity pool (default: as in the metrics kept with the run)')
      .option('--backup-gib <GiB>', 'backups')
      .option('--dataset <size>', 'data of an epoch (default: the files that the run read)')
      .option('--epochs <number>', 'epochs a month, to compare SSD with the capacity pool')
      .option('--rate <rate>', 'a sustained rate to price, such as 1.4GB/s')
      .option('--pool-reads <number>', 'reads from the capacity pool during the run (default: as in its kept metrics)')
      .option('--pool-writes <number>', 'writes to the capacity pool during the run')
      .option('--cross-az', 'the client is in another Availability Zone than the file system')
      .addOption(resultsOption())
      .addOption(formatOption(['table', 'json']))
      .action(exits(priceRun));
  },
  examples: `
Examples:
  feedrate fsx cost a1f3 --epochs 20
  feedrate fsx cost --region ap-northeast-1 --deployment SINGLE_AZ_2 \\
    --throughput 6144 --ssd-gib 4096 --iops 200000
`,
};

/**
 * Prints the costs of the file system behind each target of a run, or of one that the options describe. Throws
 * `FeedrateError('usage')` when something that a price depends on is not known.
 */
async function priceRun(spec: string | undefined, options: CostOptions): Promise<number> {
  const [{ questionsOf }, { readPrices }, { totalCost }, { costReport }] = await Promise.all([
    import('../../options/cost-options.js'),
    import('../../../fsx/prices.js'),
    import('../../../stats/total-cost.js'),
    import('../../../report/run/cost-report.js'),
  ]);
  const prices = readPrices(options.prices ?? null);
  const stored = spec === undefined && options.deployment !== undefined ? null : await readNamed(spec, options.output);
  const metrics = stored === null ? null : await keptMetrics(stored.directory);
  const costs = questionsOf(stored, options, prices, metrics).map(totalCost);
  if (options.format === 'json') printJson({ costVersion: 1, run: stored?.run?.id ?? null, costs });
  else print(costs.map((each) => costReport(each, stdoutOptions())).join('\n'));
  return 0;
}

/** Returns the metrics that are kept with the run. They only add to what is known, so damaged ones are named and left out. */
async function keptMetrics(directory: string) {
  const { readFsxMetrics } = await import('../../../store/fsx-metrics-file.js');
  try {
    return readFsxMetrics(directory);
  } catch (thrown) {
    tell(`${(thrown as Error).message}; fetch the metrics again with: feedrate fsx metrics`);
    return null;
  }
}

async function readNamed(spec: string | undefined, output: string) {
  const [{ resolveRun }, { readRun }] = await Promise.all([
    import('../../../store/find-runs.js'),
    import('../../../store/read-run.js'),
  ]);
  const stored = readRun(resolveRun(output, spec ?? 'latest', tell), { omitted: ['latency'] });
  if (stored.run !== null) return { ...stored, run: stored.run };
  throw new FeedrateError('store', `${stored.directory}: run.json is missing or damaged, so it cannot be priced`);
}
