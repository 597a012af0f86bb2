/** A run as JUnit suites: whether every arm was measured, and whether it passes its thresholds. */
import { trialFlaws, wholeFlaws } from '../../gate/flaws.js';
import type { ThresholdResult } from '../../gate/thresholds.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { outcomeOf } from '../run/run-lines.js';
import type { TestCase, TestFault, TestSuite } from './test-suite.js';

/** Returns one case per arm, then one for the run as a whole. An arm that was not measured is an error. */
export function measurementSuite(stored: ReadableRun): TestSuite {
  const arms = stored.run.plan.arms.map(({ id }): TestCase => {
    const trials = stored.trials.filter(({ arm }) => arm === id);
    const [flaw = null] = trials.length === 0 ? ['not measured'] : trialFlaws(trials);
    return { name: id, timeNs: trials.reduce((sum, { wallNs }) => sum + wallNs, 0), fault: broken(flaw) };
  });
  const [flaw = null] = wholeFlaws(stored);
  return { name: 'measurement', cases: [...arms, { name: 'the run as a whole', timeNs: 0, fault: broken(flaw) }] };
}

function broken(reason: string | null): TestFault | null {
  return reason === null ? null : { kind: 'error', type: 'broken', message: reason };
}

/** Returns one case per threshold and arm. */
export function thresholdSuite(results: readonly ThresholdResult[]): TestSuite {
  const cases = results.map((result): TestCase => {
    const { threshold, arm, passed, reason } = result;
    const message = `${threshold.text} failed: ${outcomeOf(result)}`;
    return {
      name: `${arm}: ${threshold.text}`,
      timeNs: 0,
      // Without a value there is nothing that could have failed.
      fault: passed ? null : { kind: reason === null ? 'failure' : 'error', type: 'threshold', message },
    };
  });
  return { name: 'thresholds', cases };
}
