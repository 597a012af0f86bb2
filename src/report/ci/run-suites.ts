/** A run as JUnit suites: whether every arm was measured, and whether it passes its thresholds. */
import { trialFlaws, wholeFlaws } from '../../gate/flaws.js';
import type { ThresholdResult } from '../../gate/thresholds.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { keptMeasures, measured } from '../../stats/measure.js';
import { isCounted } from '../../stats/summary.js';
import { outcomeOf } from '../run/run-lines.js';
import { formatValue, plural } from '../table/format.js';
import type { TestCase, TestFault, TestSuite } from './test-suite.js';

/**
 * Returns one case per arm, then one for the run as a whole. An arm that was not measured is an error.
 * @param answer of the report, which the last case begins with
 */
export function measurementSuite(stored: ReadableRun, answer: string): TestSuite {
  const arms = stored.run.plan.arms.map(({ id }): TestCase => {
    const trials = stored.trials.filter(({ arm }) => arm === id);
    const [flaw = null] = trials.length === 0 ? ['not measured'] : trialFlaws(trials);
    const timeNs = trials.reduce((sum, { wallNs }) => sum + wallNs, 0);
    return { name: id, timeNs, fault: broken(flaw), output: numbersOf(trials.filter(isCounted)) };
  });
  const [flaw = null] = wholeFlaws(stored);
  const recorded = `${stored.trials.length} of ${plural(stored.run.plan.trials.length, 'trial')} recorded`;
  const whole: TestCase = { name: 'the run as a whole', timeNs: 0, fault: broken(flaw), output: [answer, recorded] };
  return { name: 'measurement', cases: [...arms, whole] };
}

/** The measures that are kept over time, over all counted trials of an arm: `p99(latency): 12.3 ms`. */
function numbersOf(counted: readonly TrialRecord[]): string[] {
  const lines = keptMeasures().flatMap((measure) => {
    const value = measured({ metric: measure.metric.key, statistic: measure.statistic }, counted);
    return Number.isNaN(value) ? [] : [`${measure.key}: ${formatValue(value, measure.metric.unit)}`];
  });
  return lines.length === 0 ? [] : [...lines, `over ${plural(counted.length, 'trial')}`];
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
      output: [`${threshold.text}: ${outcomeOf(result)}`],
    };
  });
  return { name: 'thresholds', cases };
}
