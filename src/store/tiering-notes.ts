/** Says which volumes have another tiering policy than before a comparison. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { TIERING_DIRECTORY } from './run-files.js';

/** Returns what is found, or why nothing can be. */
function attempted<T>(find: () => T[]): (T | string)[] {
  try {
    return find();
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    return [thrown.message];
  }
}

/** Returns a line for each volume whose original policy is not restored, with the command for it. */
export async function tieringNotes(resultsDirectory: string, nowMs: number): Promise<string[]> {
  // Every run asks, and hardly any results directory has a journal: what reads one is loaded only then.
  if (!existsSync(resolve(resultsDirectory, TIERING_DIRECTORY))) return [];
  const [{ currentStep }, { formatDays, formatSetting }, { findJournals }] = await Promise.all([
    import('../record/tiering-journal.js'),
    import('../record/tiering-words.js'),
    import('./tiering-journals.js'),
  ]);
  return attempted(() => findJournals(resultsDirectory)).flatMap((found) => {
    if (typeof found === 'string') return [`whether a volume waits for its tiering policy is unknown: ${found}`];
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
