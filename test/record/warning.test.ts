import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import { byWeight, WARNING_CODES, warning } from '../../src/record/warning.js';
import { makeArm, makeTrial } from '../support/records.js';
import { repositoryRoot } from '../support/repository.js';

const test = suite('record/warning');

test('every code has a remedy and stands in results/README.md', () => {
  const page = readFileSync(join(repositoryRoot, 'results', 'README.md'), 'utf8');
  for (const code of WARNING_CODES) {
    assert.ok(warning(code, 'm').remedy.length > 10, code);
    assert.match(page, new RegExp(`^\\| \`${code}\` \\|`, 'm'), code);
  }
});

test('records keep the words of their time, and codes of a later feedrate come last', () => {
  const trial = makeTrial(makeArm('read'), 1, 1, {
    warnings: [{ code: 'client-bound', message: 'old', remedy: 'words' }],
  });
  assert.equal(decodeTrial(encodeTrial(trial), 'trials.jsonl:1').warnings, trial.warnings);
  const later = encodeTrial(trial).replace('client-bound', 'moon-phase');
  const [unknown] = decodeTrial(later, 'trials.jsonl:1').warnings;
  assert.ok(unknown);
  const codes = [unknown, warning('drift', 'm'), warning('cache-contradicted', 'm')].sort(byWeight);
  assert.equal(
    codes.map(({ code }) => code as string),
    ['cache-contradicted', 'drift', 'moon-phase'],
  );
});

test.run();
