// ci

import { suite } from 'uvu';
import { endAtMoments } from './moments.js';

const test = suite('run/moments');

test('a command that is ended at any moment ends with 130, and leaves nothing but what it measured', () =>
  endAtMoments(7, Date.now()));

test.run();
