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

/** A warning of one or several arms, or a line about one arm. */
interface Note {
  readonly text: string | null;
  readonly raised: { readonly warning: ArmWarning; readonly counted: number }[];
}

/**
 * Returns the arms with the numbers of their notes, and the notes in the order of their numbers. A warning that several
 * arms have is one note: a cause outside of feedrate meets most of them.
 */
export function noteArms({ summaries, ceilings }: Pick<RunView, 'summaries' | 'ceilings'>): {
  arms: NotedArm[];
  notes: string[];
} {
  const notes = new Map<string, Note>();
  const numberOf = (key: string): number => [...notes.keys()].indexOf(key) + 1;
  const arms = summaries.map((summary) => {
    const { warnings, counted } = summary;
    const own = outcomesOf(summary);
    for (const text of own) if (!notes.has(text)) notes.set(text, { text, raised: [] });
    for (const warning of warnings) {
      const note = notes.get(keyOf(warning)) ?? { text: null, raised: [] };
      note.raised.push({ warning, counted });
      notes.set(keyOf(warning), note);
    }
    const numbers = [...own, ...warnings.map(keyOf)].map(numberOf).sort((a, b) => a - b);
    return { summary, notes: numbers, ceiling: ceilings.get(summary.arm.id) ?? null };
  });
  return { arms, notes: [...notes.values()].map(({ text, raised }) => text ?? warningNote(raised)) };
}

/** Warnings with the same remedy are told together. */
function keyOf({ code, remedy }: ArmWarning): string {
  return `${code} ${remedy}`;
}

function outcomesOf(summary: ArmSummary): string[] {
  const notes: string[] = [];
  if (summary.failed > 0) notes.push(`${plural(summary.failed, 'trial')} failed: ${faultOf(summary)}`);
  if (summary.aborted > 0) notes.push(`${plural(summary.aborted, 'trial')} stopped early: recorded but not counted`);
  return notes;
}

function faultOf({ fault }: ArmSummary): string {
  if (fault === null) return 'no reason was recorded';
  const where = fault.path === null ? '' : ` ${fault.path}`;
  const offset = fault.offsetBytes === null ? '' : ` at offset ${fault.offsetBytes}`;
  return `${fault.code} in ${fault.syscall}${where}${offset}, worker ${fault.worker}: ${fault.message}`;
}

/** `straggler (5 of 16 trials in 4 arms): for example, the last worker finished 38 µs after the first → use …`. */
function warningNote(raised: Note['raised']): string {
  const [{ warning }] = raised as [Note['raised'][number]];
  const trials = raised.reduce((sum, one) => sum + one.warning.trials, 0);
  const counted = raised.reduce((sum, one) => sum + one.counted, 0);
  const share = [
    ...(trials === counted ? [] : [`${trials} of ${plural(counted, 'trial')}`]),
    ...(raised.length === 1 ? [] : [`in ${raised.length} arms`]),
  ].join(' ');
  const isSame = raised.every((one) => one.warning.message === warning.message);
  const example = isSame ? '' : 'for example, ';
  return `${warning.code}${share === '' ? '' : ` (${share})`}: ${example}${warning.message} → ${warning.remedy}`;
}
