import { hostname } from 'node:os';
import type { Group } from './group.js';
import { monotonicNs } from './monotonic.js';

/** Returns the group of a process that measures alone. */
export function loneGroup(): Group {
  let leftNs = 0;
  return {
    launcher: 'none',
    rank: 0,
    size: 1,
    host: hostname(),
    foundIn: '',
    lost: new AbortController().signal,
    get leftNs() {
      return leftNs;
    },
    meet(_name, text = '') {
      leftNs = monotonicNs();
      return Promise.resolve([text]);
    },
    abort() {},
    close: () => Promise.resolve(),
  };
}
