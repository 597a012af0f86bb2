/** Commands that reports repeat are read in each form that the command line takes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { valuesOf } from '../../src/report/answer/commands.js';
import { targetWords } from '../../src/report/answer/target-words.js';

const test = suite('report/next-commands');

test('an option is found in each form, and its value is no other option', () => {
  for (const words of [['-o', 'd'], ['-od'], ['--output', 'd'], ['--output=d']])
    assert.equal(valuesOf(['gate', ...words, '--detail'], '--output', '-o'), ['d'], words.join(' '));
  assert.equal(valuesOf(['run', '-t', 'a', '--target=b', '-tc'], '--target', '-t'), ['a', 'b', 'c']);
  assert.equal(valuesOf(['run', '--set', 'bs=4k', '--set=size=1m'], '--set'), ['bs=4k', 'size=1m']);
  assert.equal(valuesOf(['run', '--outputs', 'd', '--detail'], '--output', '-o'), []);
  assert.equal(valuesOf(['gate', '-o'], '--output', '-o'), []);
});

test('a target is named as it was typed, in each form', () => {
  const plan = { targets: [{ name: 'train', path: '/mnt/train' }] } as never;
  for (const words of [['-t', '/mnt/train/'], ['-t/mnt/train'], ['--target=/mnt/train']])
    assert.is(targetWords({ command: ['run', 'quick', ...words], plan }, 'train'), '/mnt/train', words.join(' '));
});

test.run();
