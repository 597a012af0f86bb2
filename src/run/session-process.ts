/**
 * The process of one session. Each session has a new process, so that it inherits no heap, optimised code or open files
 * from an earlier one. Its parent owns the terminal and decides when to stop. The first one also touches the targets, which
 * its arguments name: starting another process for that would take longer. What it needs to measure is loaded after that.
 */
import { INTERRUPTIONS } from '../base/interruptions.js';
import type { ToSession } from './session-messages.js';
import { touchAll } from './touching.js';

// Ctrl-C goes to the whole process group. Only the parent decides how to handle it.
for (const signal of INTERRUPTIONS) process.on(signal, () => {});
const early: ToSession[] = [];
const keep = (message: ToSession) => early.push(message);
process.on('message', keep);
await touchAll(process.argv.slice(2));
const { serve } = await import('./session-work.js');
process.off('message', keep);
void serve(early).then((status) => {
  process.exitCode = status;
});
