/** Smaller forms of job files, so that they end in seconds. */
import { basename } from 'node:path';
import { fioSize } from '../../src/workload/fio/fio-values.js';

const SECONDS = '2';

const LIMITS: Readonly<Record<string, number>> = { loops: 3, number_ios: 200, nrfiles: 8, numjobs: 4 };
const SIZES = new Set(['size', 'filesize', 'io_size', 'io_limit']);
const TIMES = new Set(['runtime', 'timeout', 'ramp_time']);

/** Returns the file with at most `mostBytes` for each job, times of seconds, and its files in the current directory. */
export function scaledDown(text: string, mostBytes: number): string {
  return changed(text, (name, value) => {
    // fio 3.33 sometimes hangs with io_submit_mode=offload, which changes neither bytes nor order.
    if (name === 'directory' || name === 'io_submit_mode') return null;
    if (name === 'filename' && !value.startsWith('/dev/')) return basename(value);
    if (TIMES.has(name)) return name === 'ramp_time' ? '1' : SECONDS;
    const most = SIZES.has(name) ? mostBytes : LIMITS[name];
    return most === undefined ? value : String(Math.min(fioSize(value, 1024) ?? most, most));
  });
}

/** What makes no call that strace sees. */
const UNSEEN = new Set(['iodepth']);

/** Returns the file with an engine whose calls strace sees. The order of operations does not depend on it. */
export function traceable(text: string): string {
  return changed(text, (name, value) => (name === 'ioengine' ? 'psync' : UNSEEN.has(name) ? null : value));
}

/** Changes the value of each option, or leaves it out (null). */
function changed(text: string, change: (name: string, value: string) => string | null): string {
  const lines = text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^\s*([a-z_]+)\s*=\s*([^;#]*?)\s*(?:[;#].*)?$/.exec(line) ?? [];
    if (name === '') return [line];
    const next = change(name, value);
    return next === null ? [] : [`${name}=${next}`];
  });
  return lines.join('\n');
}
