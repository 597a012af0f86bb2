#!/usr/bin/env node
/** The command `feedrate`. */
import { packageVersion } from '../host/system/installation.js';

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  // Scripts and notebooks ask for this often, so answer before the command line is loaded.
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runCommandLine } = await import('./command-line.js');
  await runCommandLine(words);
}
