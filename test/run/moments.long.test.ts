import { suite } from 'uvu';
import { endAtMoments } from './moments.js';

const test = suite('run/moments, long');

test('commands that are ended at fifty moments end with 130, and leave nothing but what they measured', () =>
  endAtMoments(50, Date.now()));

test.run();
