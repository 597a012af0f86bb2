/** A program: saves the run directories in its arguments as a baseline, in turn, so many times: RESULTS NAME TIMES RUN… */
import { saveBaseline } from '../../src/store/baselines.js';

const [results = '', name = '', times = '', ...runs] = process.argv.slice(2);
for (let saved = 0; saved < Number(times); saved++) {
  process.stdout.write('.');
  saveBaseline(results, name, runs[saved % runs.length] as string);
}
