/** Footnotes of the table of arms: failed trials and warnings. */
import type { CeilingUse } from '../../stats/ceiling-use.js';
import type { ArmSummary, ArmWarning } from '../../stats/summary.js';
import { plural } from '../table/format.js';
import type { RunView } from './run-view.js';

export interface NotedArm {
  readonly summary: ArmSummary;
  /** The numbers of its notes, starting at 1. */
  readonly notes: readonly number[];
  /** Null if its target has no ceilings. */
  readonly ceiling: CeilingUse | null;
}

/** Returns the arms with the numbers of their notes, and the notes in the order of their numbers. */
export function noteArms({ summaries, ceilings }: Pick<RunView, 'summaries' | 'ceilings'>): {
  arms: NotedArm[];
  notes: string[];
} {
  const notes: string[] = [];
  const numberOf = (note: string): number => {
    if (!notes.includes(note)) notes.push(note);
    return notes.indexOf(note) + 1;
  };
  const arms = summaries.map((summary) => ({
    summary,
    notes: notesOf(summary).map(numberOf),
    ceiling: ceilings.get(summary.arm.id) ?? null,
  }));
  return { arms, notes };
}

function notesOf(summary: ArmSummary): string[] {
  const notes: string[] = [];
  if (summary.failed > 0) notes.push(`${plural(summary.failed, 'trial')} failed: ${faultOf(summary)}`);
  if (summary.aborted > 0) notes.push(`${plural(summary.aborted, 'trial')} aborted: recorded but not counted`);
  for (const warning of summary.warnings) notes.push(warningNote(warning, summary.counted));
  return notes;
}

function faultOf({ fault }: ArmSummary): string {
  if (fault === null) return 'no reason was recorded';
  const where = fault.path === null ? '' : ` ${fault.path}`;
  const offset = fault.offsetBytes === null ? '' : ` at offset ${fault.offsetBytes}`;
  return `${fault.code} in ${fault.syscall}${where}${offset}, worker ${fault.worker}: ${fault.message}`;
}

function warningNote(warning: ArmWarning, counted: number): string {
  const share = warning.trials === counted ? '' : ` (${warning.trials} of ${plural(counted, 'trial')})`;
  return `${warning.code}${share}: ${warning.message} → ${warning.remedy}`;
}
