/** Says which volumes have another tiering policy than before a comparison. */
import { currentStep } from '../record/tiering-journal.js';
import { formatDays, formatSetting } from '../record/tiering-words.js';
import { findJournals } from './tiering-journals.js';

/** Returns a line for each volume whose original policy is not restored, with the command for it. */
export function tieringNotes(resultsDirectory: string, nowMs: number): string[] {
  return findJournals(resultsDirectory).flatMap((found) => {
    const { volumeId, journal, problem, writer } = found;
    if (journal === null) return [`volume ${volumeId} may have another tiering policy than before: ${problem}`];
    const original = formatSetting(journal.original);
    if (journal.phase === 'waiting') {
      const readyMs = Date.parse(currentStep(journal).readyAt ?? '') - nowMs;
      const when = readyMs > 0 ? `is ready in ${formatDays(readyMs)}` : 'is ready';
      const what = `volume ${volumeId} has the tiering policy ${formatSetting(currentStep(journal))} for a comparison that ${when}`;
      return [
        `${what}; go on with: feedrate fsx tiering --resume, or restore ${original} with: feedrate fsx tiering --restore`,
      ];
    }
    if (writer === 'alive') return [];
    const restore = `restore ${original} with: feedrate fsx tiering --restore`;
    return [
      `a comparison of tiering policies was interrupted, and volume ${volumeId} may not have its policy; ${restore}`,
    ];
  });
}
