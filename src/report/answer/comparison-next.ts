/** The next steps after a comparison or a gate. */
import type { ComparedCell, Comparison, Side } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import { isOwnTemporary } from '../../record/own-temporary.js';
import type { NextStep } from '../table/answer-lines.js';
import { aboutUnits, nextSteps } from './answer.js';
import { feedrateCommand, isRepeatable, valuesOf, withFields } from './commands.js';

/** Returns the next steps. `command`: the arguments after `feedrate`, as typed. Without them, only runs are repeated. */
export function comparisonNext(
  comparison: Comparison,
  gate: GateResult | null,
  command: readonly string[] | undefined,
): NextStep[] {
  const { cells } = comparison;
  const verdicts = new Set(cells.map(({ judgement }) => judgement.verdict));
  const isOpen = cells.some(({ judgement: { verdict, doubt } }) => verdict === 'inconclusive' && doubt === null);
  if (gate?.outcome === 'broken') return nextSteps([again(comparison)]);
  if (verdicts.has('incomparable')) return nextSteps([anyway(cells, command)]);
  if (isOpen && !verdicts.has('regression')) {
    return nextSteps([moreSessions(comparison), adaptive(comparison, gate, command), detailed(command)]);
  }
  if (gate?.outcome === 'pass') return nextSteps([newBaseline(cells, command)]);
  return nextSteps([verdicts.has('regression') || gate === null ? detailed(command) : shown(comparison)]);
}

/** Returns the report of the candidate, which has the values that its thresholds were compared with. */
function shown(comparison: Comparison): NextStep | null {
  const candidate = candidateOf(comparison);
  if (candidate === null || candidate.name !== candidate.run.id) return null;
  return { what: 'see the whole report of the run', command: feedrateCommand(['show', candidate.run.id]) };
}

/** Returns the sides that another run would measure: those of a run that is no baseline. */
function candidateOf({ cells }: Comparison): Side | null {
  const [cell] = cells;
  return cell === undefined ? null : cell.candidate;
}

function again(comparison: Comparison): NextStep | null {
  const command = candidateOf(comparison)?.run.command ?? [];
  return isRepeatable(command) ? { what: 'measure again', command: feedrateCommand(command) } : null;
}

/** Returns the run of the candidate again, with the sessions that every open row needs. */
function moreSessions(comparison: Comparison): NextStep | null {
  const candidate = candidateOf(comparison);
  if (candidate === null || !isRepeatable(candidate.run.command) || comparison.options.unit !== 'session') return null;
  const { cells } = comparison;
  const needed = cells.flatMap(({ judgement: { unitsNeeded } }) => unitsNeeded ?? []);
  const telling = cells.flatMap(({ judgement: { unitsToTell } }) =>
    unitsToTell === null ? [] : aboutUnits(unitsToTell),
  );
  const sessions = Math.max(0, ...(needed.length > 0 ? needed : telling));
  if (sessions <= candidate.run.plan.sessions) return null;
  const what =
    needed.length > 0 ? 'the fewest that can show a difference' : 'which would probably decide the open rows';
  return {
    what: `measure ${sessions} sessions, ${what}`,
    command: feedrateCommand(withFields(candidate.run.command, { 'trials.sessions': sessions })),
  };
}

/** How long an adaptive gate may take if nobody says so. */
const BUDGET = '30m';

/** Returns the gate again, adding sessions to the same run. Not for copies, and not where the data are gone. */
function adaptive(
  comparison: Comparison,
  gate: GateResult | null,
  command: readonly string[] | undefined,
): NextStep | null {
  const candidate = candidateOf(comparison);
  if (gate === null || command?.[0] !== 'gate' || candidate === null || command.includes('--adaptive')) return null;
  const { run, name } = candidate;
  const isCopy = name !== run.id || command.some((word) => word.includes('s3://'));
  if (isCopy || gate.look.spent || run.plan.targets.some(({ path }) => isOwnTemporary(path))) return null;
  return {
    what: 'add sessions to this run until every row is decided, for half an hour at most',
    command: feedrateCommand([...command, '--adaptive', '--budget', BUDGET]),
  };
}

function detailed(command: readonly string[] | undefined): NextStep | null {
  if (command === undefined || command.includes('--detail') || !['compare', 'gate'].includes(command[0] ?? ''))
    return null;
  return { what: 'see the difference of each session', command: feedrateCommand([...command, '--detail']) };
}

/** Returns the command that ignores what differs. Only for differences that the user may judge harmless. */
function anyway(cells: readonly ComparedCell[], command: readonly string[] | undefined): NextStep | null {
  if (command === undefined || !['compare', 'gate'].includes(command[0] ?? '')) return null;
  const what = [...new Set(cells.flatMap(({ mismatches }) => mismatches.map((mismatch) => mismatch.what)))];
  const ignored = what.flatMap((name) => ['--ignore', name]);
  return {
    what: 'compare anyway, if what differs does not matter',
    command: feedrateCommand([...command, ...ignored]),
  };
}

/** Returns the run that passed as the next baseline, if a baseline was named. */
function newBaseline(cells: readonly ComparedCell[], command: readonly string[] | undefined): NextStep | null {
  const [cell] = cells;
  const name = valuesOf(command ?? [], '--baseline').at(-1);
  // A run that is compared with goes by its id, and a baseline by its own name.
  if (name === undefined || cell === undefined || name !== cell.base.name || name === cell.base.run.id) return null;
  const results = valuesOf(command ?? [], '--output', '-o').flatMap((directory) => ['-o', directory]);
  return {
    what: `make this run the new baseline ${name}`,
    command: feedrateCommand(['baseline', 'save', name, cell.candidate.run.id, ...results]),
  };
}
