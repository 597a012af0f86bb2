/**
 * A process that begins a tiering comparison and is killed by its parent, or kills itself at a moment: `node … RESULTS URL
 * MOMENT`. Its clock is fast. Prints `measuring` when a step is measured, which then takes for ever.
 */
import { PATIENT } from '../../src/aws/retry.js';
import { openFsx } from '../../src/fsx/api.js';
import { parseTieringSettings } from '../../src/fsx/tiering-policy.js';
import { volumeCalls } from '../../src/fsx/volume-calls.js';
import { beginTiering, type TieringTools } from '../../src/run/tiered-volume.js';

const [resultsDirectory = '', volumeId = '', moment = ''] = process.argv.slice(2);

const die = (at: string) => {
  if (at === moment) process.kill(process.pid, 'SIGKILL');
};

const tools: TieringTools = {
  resultsDirectory,
  nowMs: Date.now,
  tell: (line) => process.stdout.write(`${line}\n`),
  sleep: () => {
    die('while waiting');
    return new Promise((resolve) => setTimeout(resolve, 5));
  },
  sleepOn: () => new Promise((resolve) => setTimeout(resolve, 5)),
  footprint: async () => [],
  measure: () => {
    process.stdout.write('measuring\n');
    die('while measuring');
    return new Promise(() => setInterval(() => {}, 1000));
  },
  openVolume: async (region, id) => {
    const calls = volumeCalls(await openFsx(region, PATIENT), id);
    return {
      ...calls,
      async update(setting) {
        die('before the change');
        await calls.update(setting);
        die('after the change');
      },
    };
  },
};

const workload = { source: '', path: 'w.yaml', set: [], param: [], engine: null, seed: null, datasetId: null };
const facts = { volumeId, fileSystemId: 'fs-1', region: 'us-east-1', target: { name: 't', path: '/t' }, workload };
await beginTiering(facts, parseTieringSettings('NONE,ALL'), tools);
