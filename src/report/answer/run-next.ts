/** The next steps after a run, by what came of it. */

import { unitsToReach } from '../../gate/attainable.js';
import { attributesOf } from '../../gate/attributes.js';
import { varyingNames } from '../../gate/grid.js';
import { isOwnTemporary } from '../../record/own-temporary.js';
import { isSetAside } from '../../record/run-purpose.js';
import type { RunRecord } from '../../record/run-record.js';
import type { WarningCode } from '../../record/warning.js';
import type { RunView } from '../run/run-view.js';
import type { NextStep } from '../table/answer-lines.js';
import { nextSteps } from './answer.js';
import { feedrateCommand, isRepeatable, resultsWords, withFields, withoutRank } from './commands.js';
import type { RunFindings } from './run-findings.js';

/** The defaults of `gate` and `compare`: the bound on false alarms over all cells. */
const GATE_ALPHA = 0.01;
const COMPARE_ALPHA = 0.05;

/** A baseline's usual name. */
const BASELINE = 'main';

/** Returns the next steps. None for a calibration, whose own report follows, and while a run has not ended. */
export function runNext(view: RunView, findings: RunFindings): NextStep[] {
  const { run, status, directory } = view;
  if (run === null || isSetAside(run) || status === 'running') return [];
  const isWhole = status === 'complete' && findings.failedTrials === 0 && findings.missing.length === 0;
  if (!isWhole) return nextSteps([checkMount(view), again(run)]);
  if (!findings.isReal) return [];
  if (isTemporary(run)) return nextSteps([ownTarget(run), comparedArms(run, directory)]);
  return nextSteps([
    hasNfsTrouble(view) ? checkMount(view) : null,
    ...(run.plan.targets.length > 1
      ? [moreSessions(run, 'paired'), comparedTargets(run, directory)]
      : [comparedArms(run, directory), moreSessions(run, 'unpaired') ?? asBaseline(view)]),
  ]);
}

function isTemporary({ plan }: RunRecord): boolean {
  return plan.targets.length > 0 && plan.targets.every(({ path }) => isOwnTemporary(path));
}

function again(run: RunRecord): NextStep | null {
  return measured(run, 'measure again', run.command);
}

/** Returns the step of a run that is measured once more, with a changed command. The ranks of a group all begin it. */
function measured({ command, group }: RunRecord, what: string, changed: readonly string[]): NextStep | null {
  if (!isRepeatable(command)) return null;
  if (group === undefined) return { what, command: feedrateCommand(changed) };
  const words = withoutRank(changed);
  const how = words.length < changed.length ? 'each with its --rank' : 'with your launcher';
  return { what: `${what}; start all ${group.size} ranks, ${how}`, command: feedrateCommand(words) };
}

function ownTarget(run: RunRecord): NextStep | null {
  return measured(run, 'measure your own storage (replace . by its directory)', [...run.command, '-t', '.']);
}

const NFS_TROUBLE: readonly WarningCode[] = ['nfs-queued', 'nfs-retransmitted', 'nfs-reconnected'];

function hasNfsTrouble({ summaries }: RunView): boolean {
  return summaries.some(({ warnings }) => warnings.some(({ code }) => NFS_TROUBLE.includes(code)));
}

/** Only for a mount that is still there: a server without a mount cannot be checked. */
function checkMount({ run, summaries }: RunView): NextStep | null {
  const troubled = summaries.find(
    ({ fault, warnings }) => fault !== null || warnings.some(({ code }) => NFS_TROUBLE.includes(code)),
  );
  const target = run?.plan.targets.find(({ name }) => name === troubled?.arm.target);
  if (target === undefined || target.path.includes('://') || isOwnTemporary(target.path)) return null;
  return { what: 'check the mount for problems', command: feedrateCommand(['doctor', '-t', target.path]) };
}

/** Returns the run again with enough sessions to compare it, or null if it has them. */
function moreSessions(run: RunRecord, design: 'paired' | 'unpaired'): NextStep | null {
  const { plan, command } = run;
  const cells = Math.max(1, plan.arms.length / Math.max(1, plan.targets.length));
  const [family, alpha] =
    design === 'paired' ? [2 * cells * Math.max(1, plan.targets.length - 1), COMPARE_ALPHA] : [cells, GATE_ALPHA];
  const needed = unitsToReach({ design }, family, alpha);
  if (plan.sessions >= needed) return null;
  const purpose = design === 'paired' ? 'that can show a difference' : 'that a baseline for feedrate gate needs';
  const changed = withFields(command, { 'trials.sessions': needed });
  return measured(run, `measure ${needed} sessions, the fewest ${purpose}`, changed);
}

function comparedTargets({ plan }: RunRecord, directory: string | null): NextStep | null {
  if (directory === null || plan.targets.length < 2) return null;
  return { what: 'compare the targets', command: feedrateCommand(['compare', directory]) };
}

/** Compares the levels of the only factor of a single job. */
function comparedArms(run: RunRecord, directory: string | null): NextStep | null {
  const { arms } = run.plan;
  if (directory === null || new Set(arms.map(({ job }) => job)).size !== 1) return null;
  const factors = arms[0]?.factors.filter(({ name }) => name !== 'target') ?? [];
  const [factor, other] = factors;
  if (factor === undefined || other !== undefined) return null;
  const varying = varyingNames(arms.map((arm) => ({ attributes: attributesOf(run, run.id, arm) })));
  const columns = varying.length === 1 ? [] : ['--cols', factor.name];
  return { what: `compare the values of ${factor.name}`, command: feedrateCommand(['compare', directory, ...columns]) };
}

function asBaseline({ run, directory, thresholds }: RunView): NextStep | null {
  const results = directory === null ? null : resultsWords(directory);
  if (run === null || results === null || thresholds.some(({ passed }) => !passed)) return null;
  return {
    what: 'keep this run as the baseline that later runs are compared with',
    command: feedrateCommand(['baseline', 'save', BASELINE, run.id, ...results]),
  };
}
