/** How much a probe writes before it says how fast a target is. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sustainedFiles } from '../../src/trial/measure-rates.js';

const test = suite('trial/measured-rates');

const [MIB, GIB] = [2 ** 20, 2 ** 30];
/** Of the files that `sustainedFiles` counts. */
const FILE_BYTES = 64 * MIB;
const FAST = 10 * GIB;

test('a run that writes little is foretold by the short write', () => {
  for (const plannedBytes of [0, 64 * MIB, GIB]) assert.is(sustainedFiles(plannedBytes, FAST), 0);
});

test('a run that writes more has a sixteenth of it written in advance, and a GiB at most', () => {
  assert.is(sustainedFiles(8 * GIB, FAST) * FILE_BYTES, GIB / 2);
  assert.is(sustainedFiles(16 * GIB, FAST) * FILE_BYTES, GIB);
  assert.is(sustainedFiles(1000 * GIB, FAST) * FILE_BYTES, GIB);
});

test('a slow target writes for two seconds at most', () => {
  assert.is(sustainedFiles(1000 * GIB, 128 * MIB) * FILE_BYTES, 256 * MIB);
  assert.is(sustainedFiles(1000 * GIB, 16 * MIB), 0);
});

test.run();
