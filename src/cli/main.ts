#!/usr/bin/env node
/** The command `feedrate`. */
import { hearSignals } from './terminal/signals.js';
import { packageVersion } from './version.js';

hearSignals();
const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  // Scripts and notebooks ask for this often, so answer before the command line is loaded.
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runCommandLine } = await import('./command-line.js');
  await runCommandLine(words);
}
