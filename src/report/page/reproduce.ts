/** What repeats a run: its command, and the workload as YAML. */
import type { PagePart } from '../../page/page.js';
import { feedrateCommand } from '../answer/commands.js';
import type { RunView } from '../run/run-view.js';
import { textPart } from './page-parts.js';

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
