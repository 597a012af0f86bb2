/** The answer and the next steps of each kind of report. */
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { History } from '../../gate/run-history.js';
import type { CalibrationRecord } from '../../record/calibration-record.js';
import type { RunView } from '../run/run-view.js';
import type { Answered } from '../table/answer-lines.js';
import type { TerminalOptions } from '../table/terminal.js';
import { type CalibrationContext, calibrationAnswer, calibrationNext } from './calibration-answer.js';
import { comparisonAnswer } from './comparison-answer.js';
import { comparisonNext } from './comparison-next.js';
import { gateAnswer } from './gate-answer.js';
import { historyAnswer } from './history-answer.js';
import { runAnswer } from './run-answer.js';
import { runFindings } from './run-findings.js';
import { runNext } from './run-next.js';

export function answeredRun(view: RunView): Answered {
  const findings = runFindings(view);
  return { answer: runAnswer(view, findings), next: runNext(view, findings) };
}

/** Returns the answer of a comparison, or of the gate on it. */
export function answeredComparison(
  comparison: Comparison,
  gate: GateResult | null,
  { command }: Pick<TerminalOptions, 'command'>,
): Answered {
  const answer = gate === null ? comparisonAnswer(comparison) : gateAnswer(comparison, gate);
  return { answer, next: comparisonNext(comparison, gate, command) };
}

/** A history has no next step: its advice stands below its changes. */
export function answeredHistory(history: History): Answered {
  return { answer: historyAnswer(history), next: [] };
}

export function answeredCalibration(calibration: CalibrationRecord, context: CalibrationContext): Answered {
  return { answer: calibrationAnswer(calibration), next: calibrationNext(calibration, context) };
}
