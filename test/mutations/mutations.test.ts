// ci

/** A sample of `npm run test:mutations`: no damaged file makes feedrate hang, crash or print what it did not write. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { Answers } from './answers.js';
import { type Mutant, resultsMutant, workloadMutant } from './campaign.js';
import { faultsOf } from './verdict.js';

const test = suite('mutations');

const SEED = 20261129;
/** Every so many mutants, so that each kind of file and each command is among them. */
const STEP = 7;

async function judged(count: number, mutantOf: (index: number, seed: number) => Mutant): Promise<void> {
  const answers = new Answers();
  try {
    await withTemporaryDirectory(async (root) => {
      for (let index = 0; index < count; index++) {
        const mutant = mutantOf(index * STEP, SEED);
        const directory = join(root, String(index));
        mkdirSync(directory);
        mutant.make(directory);
        const answer = await answers.to({ words: mutant.words, cwd: directory });
        assert.equal(faultsOf(mutant, answer, false), [], `${mutant.name}: ${JSON.stringify(answer).slice(0, 2000)}`);
      }
    });
  } finally {
    await answers.end();
  }
}

test('50 damaged workloads get a plan or an error', () => judged(50, workloadMutant));

test('60 damaged results get a report or an error', () => judged(60, resultsMutant));

test.run();
