/** What limits a comparison as a whole, beyond its sessions: the one thing that matters most. */
import type { Comparison, Side } from '../../gate/comparison.js';
import { sharedCeiling } from '../comparison/ceiling-notes.js';
import { listed } from './answer.js';

/** Returns the most important caveat, or an empty text. */
export function comparisonCaveat(comparison: Comparison): string {
  const { cells, warnings } = comparison;
  const sides = [...new Set(cells.flatMap(({ base, candidate }) => [base, candidate]))];
  const idle = [...new Set(sides.flatMap(idleEngines))];
  if (idle.length > 0) return `this says nothing about storage: the engine ${listed(idle)} does no I/O`;
  const slowed = sides.find(({ run, arm }) => run.injected?.some(({ target }) => target === arm.target));
  if (slowed !== undefined) return `${slowed.arm.target} was slowed down on purpose (--inject)`;
  const raised = (code: string) => warnings.some((warning) => warning.code === code);
  if (raised('cache-contradicted'))
    return 'the claimed cache state is false for some arms, so caches may explain a difference';
  const shared = cells.filter((cell) => sharedCeiling(cell) !== null).length;
  if (shared > 0) return `in ${shared} of ${cells.length} rows the same ceiling of the volume limits both sides`;
  if (raised('busy-sides-differ')) return 'the machine was busier on one side, which may explain a difference';
  if (raised('busy-machine')) return 'other programs used this machine meanwhile';
  if (cells.some(({ sample }) => sample.design === 'unpaired' && sample.pairs > 0)) {
    return 'the runs were measured at different times, so drift in the storage also looks like a difference';
  }
  return '';
}

function idleEngines({ trials }: Side): string[] {
  return trials.flatMap(({ engine }) => (engine.calls === null ? [engine.used] : []));
}
