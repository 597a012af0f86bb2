import { filesetsByArm } from './filesets.js';
import type { Plan } from './plan.js';

/** Returns a line for each avoidable imbalance of a plan, with its remedy. */
export function imbalancesOf(plan: Plan): string[] {
  return [...unpairedRound(plan), ...unevenSets(plan)];
}

function unpairedRound({ order, trials }: Plan): string[] {
  const counted = trials.filter(({ session, warmup }) => session === 1 && !warmup);
  const rounds = new Set(counted.map(({ round }) => round)).size;
  if (order !== 'abba' || rounds % 2 === 0) return [];
  const why = 'the last round of each session has no mirrored partner, so its drift does not cancel out';
  return [`order: abba with ${rounds} rounds: ${why}; use an even number of rounds`];
}

function unevenSets(plan: Plan): string[] {
  const { sessions, filesets, order } = plan;
  if (order === 'read-once') return [];
  const used = new Set(filesetsByArm(plan).flatMap((sets) => [...sets]));
  if (used.size < 2 || sessions % filesets === 0) return [];
  const balanced = Math.ceil(sessions / filesets) * filesets;
  const why = 'some file sets are read in more sessions than others';
  return [`${filesets} file sets, sessions: ${sessions}: ${why}; make sessions ${balanced}`];
}
