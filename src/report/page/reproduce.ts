/** What repeats a run, and where its files are. */
import type { PagePart } from '../../page/page.js';
import { feedrateCommand } from '../answer/commands.js';
import { fileLines } from '../run/run-lines.js';
import type { RunView } from '../run/run-view.js';
import { textPart } from '../table/page-parts.js';

/** Returns the command with the run's seed, and the workload with the options that changed it. */
export function reproduceParts({ run }: RunView): PagePart[] {
  if (run === null) return [];
  const { command, plan, workloadSource, overrides } = run;
  const isSeeded = command.some((word) => word === '--seed' || word.startsWith('--seed='));
  const changes = overrides.map((text) => `# changed by ${text}\n`).join('');
  return [
    ...textPart(['The command, with the seed of this run:']),
    { kind: 'command', text: feedrateCommand(isSeeded ? command : [...command, '--seed', String(plan.seed)]) },
    ...textPart(['The workload:']),
    { kind: 'command', text: `${changes}${workloadSource}` },
  ];
}

/** Returns the directory of the run, and the lines that read its files in a notebook. */
export function fileParts({ directory }: RunView): PagePart[] {
  const [saved, ...reading] = fileLines(directory);
  if (saved === undefined) return [];
  return [...textPart([saved]), { kind: 'command', text: reading.map(({ text }) => text.trim()).join('\n') }];
}
