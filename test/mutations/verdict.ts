/** Whether an answer to damaged input is one that a user can live with. */
import type { Answer } from './answers.js';
import type { Mutant } from './campaign.js';

const MOST_LINES = 25;
const MOST_CPU_MS = 5000;
const MOST_BYTES = 500 * 2 ** 20;
const OBEYED = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/**
 * What is wrong with an answer; empty when it is good.
 * @param limits whether time and memory count, too. CPU time, because the machine may be busy
 */
export function faultsOf({ words, statuses }: Mutant, answer: Answer | string, limits: boolean): string[] {
  if (typeof answer === 'string') return [answer];
  const { status, stdout, stderr, cpuMs, peakBytes } = answer;
  const lines = stderr.trimEnd().split('\n').length;
  const plain = words[0] === 'complete' || words.includes('csv') ? stderr : stdout + stderr;
  return [
    ...(statuses.includes(status ?? -1) ? [] : [`status ${status}`]),
    ...(/bug in feedrate/.test(stderr) ? ['a bug in feedrate'] : []),
    ...(/^\s+at .*:\d+:\d+\)?$/m.test(stdout + stderr) ? ['a stack trace'] : []),
    ...(lines > MOST_LINES ? [`${lines} lines on stderr`] : []),
    ...(OBEYED.test(plain) ? ['control characters'] : []),
    ...(stdout + stderr === '' ? ['nothing was said'] : []),
    ...(limits && cpuMs > MOST_CPU_MS ? [`${(cpuMs / 1000).toFixed(1)} s of CPU time`] : []),
    ...(limits && peakBytes > MOST_BYTES ? [`${Math.round(peakBytes / 2 ** 20)} MiB of memory`] : []),
  ];
}
