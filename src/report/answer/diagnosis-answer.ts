/** The answer of a doctor's visit, and what to do next. */
import type { Diagnosis, Finding } from '../../record/finding.js';
import type { NextStep } from '../table/answer-lines.js';
import { plural } from '../table/format.js';
import { answerOf, listed, nextSteps } from './answer.js';
import { feedrateCommand } from './commands.js';

/** Checks that are named. The table has all. */
const NAMED_MAX = 3;

/** Returns the answer for one target: its problems by name, or that there is none. */
export function diagnosisAnswer({ target, findings }: Diagnosis): string {
  const having = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity);
  const [bad, notes, unknown] = [having('bad'), having('note'), having('unknown')];
  const named = (list: readonly Finding[]) => {
    const more = list.length > NAMED_MAX ? [`${list.length - NAMED_MAX} more`] : [];
    return listed([...list.slice(0, NAMED_MAX).map(({ check }) => check), ...more]);
  };
  // A volume that was asked by its id has no path.
  const what = target.path.startsWith('/') ? target.path : target.name;
  const explained = notes.filter(({ reason }) => reason !== null);
  const problems =
    bad.length === 0 ? `nothing is wrong with ${what}` : `${plural(bad.length, 'problem')} with ${what}: ${named(bad)}`;
  return answerOf([
    findings.length === unknown.length ? `nothing about ${what} could be checked` : problems,
    explained.length === 0 ? '' : `worth knowing: ${named(explained)}`,
    unknown.length === 0 || findings.length === unknown.length ? '' : `could not be checked: ${named(unknown)}`,
  ]);
}

/**
 * Returns the next step: to check again after the fixes that the report prints, or else to measure.
 * @param measured the words of a command that measures a first impression: `run`, then the workload
 */
export function diagnosisNext(diagnoses: readonly Diagnosis[], measured: readonly string[]): NextStep[] {
  const hasProblem = ({ findings }: Diagnosis) => findings.some(({ severity }) => severity === 'bad');
  const troubled = diagnoses.filter(hasProblem);
  const targets = (shown: readonly Diagnosis[]) =>
    shown.flatMap(({ target: { name, path } }) => ['-t', path.endsWith(`/${name}`) ? path : `${name}=${path}`]);
  if (diagnoses.length === 0) return [];
  if (troubled.length === 0) {
    return nextSteps([{ what: 'measure it', command: feedrateCommand([...measured, ...targets(diagnoses)]) }]);
  }
  return nextSteps([
    { what: 'fix what is marked ✗, then check again', command: feedrateCommand(['doctor', ...targets(troubled)]) },
  ]);
}
