/**
 * `npm run test:mutations [-- --workloads N --results N --fields N --seed N --only INDEX]`
 *
 * Damages workloads and results, asks feedrate about each, and prints the answers that no user should get. Exits with 1
 * if there was one. Each fiftieth question is asked again on a command line of its own, which must end alike. Memory is judged again in a process of its own, because a process that answers many questions keeps
 * what it once had.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { feedrate } from '../support/feedrate-cli.js';
import { Answers } from './answers.js';
import { FIELD_MUTANTS, fieldMutant, type Mutant, resultsMutant, workloadMutant } from './campaign.js';
import { faultsOf } from './verdict.js';

const { values } = parseArgs({
  options: {
    workloads: { type: 'string', default: '2000' },
    results: { type: 'string', default: '500' },
    fields: { type: 'string', default: String(FIELD_MUTANTS) },
    seed: { type: 'string', default: '20261129' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const root = mkdtempSync(join(tmpdir(), 'feedrate-mutations-'));
const answers = new Answers();
let bad = 0;

async function judge(mutant: Mutant, onItsOwn: boolean): Promise<void> {
  const directory = join(root, 'm');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  mutant.make(directory);
  const question = { words: mutant.words, cwd: directory };
  let answer = await answers.to(question);
  let faults = faultsOf(mutant, answer, true);
  if (faults.length > 0) {
    await answers.end();
    answer = await answers.to(question);
    faults = faultsOf(mutant, answer, true);
  }
  if (onItsOwn && typeof answer !== 'string' && answer.status !== feedrate(mutant.words, directory).status)
    faults.push('another status on a command line of its own');
  if (faults.length === 0 && values.only === undefined) return;
  if (faults.length > 0) bad++;
  console.log(`${mutant.name}: ${faults.join(', ')}\n  feedrate ${mutant.words.join(' ')}`);
  if (typeof answer !== 'string') console.log((answer.stderr || answer.stdout).slice(0, 600).replace(/^/gm, '  | '));
}

async function campaign(name: string, count: number, mutantOf: (index: number, seed: number) => Mutant): Promise<void> {
  const startMs = performance.now();
  const before = bad;
  const only = values.only === undefined ? null : Number(values.only);
  for (let index = 0; index < count; index++)
    if (only === null || only === index) await judge(mutantOf(index, seed), index % 50 === 0);
  console.log(
    `${name}: ${count} mutants, ${bad - before} bad (${((performance.now() - startMs) / 1000).toFixed(0)} s)`,
  );
}

try {
  console.log(`seed ${seed}`);
  await campaign('workloads', Number(values.workloads), workloadMutant);
  await campaign('results', Number(values.results), resultsMutant);
  await campaign('fields', Number(values.fields), fieldMutant);
} finally {
  await answers.end();
  rmSync(root, { recursive: true, force: true });
}
process.exitCode = bad > 0 ? 1 : 0;
