/**
 * JUnit XML for Jenkins, GitLab and GitHub Actions. There is no specification. The elements and attributes are those
 * that github.com/testmoapp/junitxml lists as common.
 */
import { evaluateThresholds } from '../../gate/thresholds.js';
import type { RunRecord } from '../../record/run-record.js';
import { gateAnswer } from '../answer/gate-answer.js';
import { runAnswer } from '../answer/run-answer.js';
import { viewRun } from '../run/run-view.js';
import { comparisonSuites } from './comparison-suites.js';
import type { ExportFile, ExportSource } from './export-file.js';
import { measurementSuite, thresholdSuite } from './run-suites.js';
import type { TestCase, TestFault, TestSuite } from './test-suite.js';
import { element, type XmlElement, xmlDocument } from './xml.js';

export function exportFiles(path: string): ExportFile[] {
  return [{ path, text: (source) => junitXml(source.stored.run, suitesOf(source)) }];
}

/** The suites of the comparison come before those of the run. */
function suitesOf({ stored, comparison, gate }: ExportSource): TestSuite[] {
  const { run, trials, problems, status } = stored;
  const answer =
    comparison === null || gate === null
      ? runAnswer(viewRun(run, trials, problems, { status }))
      : gateAnswer(comparison, gate);
  return [
    ...(comparison === null ? [] : comparisonSuites(comparison)),
    thresholdSuite(evaluateThresholds(run.plan.arms, trials)),
    measurementSuite(stored, answer),
  ];
}

/** Returns the XML text. Suites without cases are left out. Date and host are those of the run. */
export function junitXml(run: RunRecord, suites: readonly TestSuite[]): string {
  const filled = suites.filter(({ cases }) => cases.length > 0);
  const all = filled.flatMap(({ cases }) => cases);
  return xmlDocument(
    element(
      'testsuites',
      { name: `feedrate ${run.plan.workload}`, ...countsOf(all) },
      filled.map((suite) => suiteElement(run, suite)),
    ),
  );
}

function suiteElement(run: RunRecord, { name, cases }: TestSuite): XmlElement {
  // GitLab shows the class as the suite, and identifies a case by class and name.
  const classname = `${run.plan.workload} ${name}`;
  return element(
    'testsuite',
    // UTC without a zone or fractions of a second: the strict schema of Ant's reports forbids both.
    { name: classname, ...countsOf(cases), timestamp: run.startedAt.slice(0, 19), hostname: run.hostname },
    [propertiesOf(run), ...cases.map((testCase) => caseElement(classname, testCase))],
  );
}

function countsOf(cases: readonly TestCase[]): XmlElement['attributes'] {
  const count = (kind: TestFault['kind']) => cases.filter(({ fault }) => fault?.kind === kind).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(cases.reduce((sum, { timeNs }) => sum + timeNs, 0)),
  };
}

function propertiesOf({ id, environment, labels, plan }: RunRecord): XmlElement {
  const values: [string, string][] = [
    ['run', id],
    ['workload', plan.workload],
    ['feedrate', environment.feedrate.version],
    ['kernel', environment.kernel],
    ...Object.entries(labels).map(([name, value]): [string, string] => [`label.${name}`, value]),
  ];
  return element(
    'properties',
    {},
    values.map(([name, value]) => element('property', { name, value })),
  );
}

/** The numbers are in `system-out`: Jenkins, GitLab and Surefire read it in a case, and properties only in a suite. */
function caseElement(classname: string, { name, timeNs, fault, output }: TestCase): XmlElement {
  const attributes = { name, classname, time: seconds(timeNs) };
  const numbers = output.length === 0 ? [] : [element('system-out', {}, [output.join('\n')])];
  if (fault === null) return element('testcase', attributes, numbers);
  const { kind, type, message } = fault;
  // The message is repeated as text, because GitLab shows only the text.
  return element('testcase', attributes, [element(kind, { message, type }, [message]), ...numbers]);
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(3);
}
