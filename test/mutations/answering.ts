/** A process that answers command lines, one after the other, until its parent ends it. */
import { feedrateHere } from '../support/cli-in-process.js';
import type { Answer, Question } from './answers.js';

process.on('message', async ({ words, cwd }: Question) => {
  const startMs = performance.now();
  const before = process.cpuUsage();
  const outcome = await feedrateHere(words, { cwd, environment: { FEEDRATE_DEBUG: '' } });
  const { user, system } = process.cpuUsage(before);
  const answer: Answer = {
    ...outcome,
    cpuMs: (user + system) / 1000,
    elapsedMs: performance.now() - startMs,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.send?.(answer);
});
