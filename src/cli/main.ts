#!/usr/bin/env node
/** The command `feedrate`. */
import { EXIT } from '../base/errors.js';
import { packageVersion } from '../host/system/installation.js';
import { hearSignals } from './terminal/signals.js';

hearSignals();
// Feedrate does not use it. The AWS SDK does, for warnings that would break into the display of a run.
console.warn = () => undefined;
const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  // Scripts and notebooks ask for this often, so answer before the command line is loaded.
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const loaded = await import('./command-line.js').catch((thrown: Error) => {
    process.stderr.write(
      `feedrate: cannot load its modules: ${thrown.message}; check ulimit -n and the installation\n`,
    );
    process.exitCode = EXIT.measurementFailed;
  });
  await loaded?.runCommandLine(words);
}
