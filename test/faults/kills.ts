/** Kills after the n-th call by which a process changed something. */
import { join } from 'node:path';
import type { Moment } from './moment.js';
import { type Call, callsIn, ROLES, type Role } from './preload.js';
import { MIXTURE, type Scene, VARIANTS, type Variant } from './scene.js';

/** A run without a fault: the calls by which it changed something, and how long it took. */
export interface WholeRun {
  readonly calls: readonly Call[];
  readonly elapsedMs: number;
}

/** The numbers by which calls of a role are counted, with the calls. */
export function callsOf({ calls }: Pick<WholeRun, 'calls'>, role: Role): Map<number, Call> {
  const own = calls.filter((call) => role === 'both' || call.role === role);
  return new Map(own.map((call) => [role === 'both' ? call.atOfAll : call.at, call]));
}

/** Makes a run without a fault. Throws when it does not end well. */
export async function wholeRunIn(scene: Scene): Promise<WholeRun> {
  const log = join(scene.root, 'calls');
  const startMs = performance.now();
  const { status, stderr } = await scene.startRun(MIXTURE, { log }).outcome();
  if (status !== 0) throw new Error(`a run without a fault ends with ${status}:\n${stderr}`);
  const elapsedMs = performance.now() - startMs;
  const calls = callsIn(log).map((call) => ({ ...call, text: call.text.replaceAll(`${scene.root}/`, '') }));
  return { calls, elapsedMs };
}

/** The kill of a role after its n-th call, which a whole run told of. A run that ends before its n-th call is not struck. */
export function killMoment(role: Role, variant: Variant, at: number, call?: Call): Moment {
  return {
    id: `kill/${role}/${variant}/${at}`,
    about: call === undefined ? '' : `after ${call.text}`,
    variant,
    strike: async (scene) => {
      const run = scene.startRun(MIXTURE, { kill: { role, at } });
      await run.outcome();
      const { fired } = scene.state;
      // When only the process that measures is gone, the command tells of it.
      return { run, expected: [!fired ? 0 : role === 'session' ? 5 : 'SIGKILL'], isMissed: !fired };
    },
  };
}

/** The part of the moments that have no named target. */
const DEFAULT_PART = 1 / 4;

/** About so many moments, a third for each role, spread evenly over all its calls. */
export function killMoments(wholeRuns: Readonly<Record<Variant, WholeRun>>, count: number): Moment[] {
  return ROLES.flatMap((role) =>
    VARIANTS.flatMap((variant) => {
      const share = Math.round((count / ROLES.length) * (variant === 'named' ? 1 - DEFAULT_PART : DEFAULT_PART));
      const known = callsOf(wholeRuns[variant], role);
      const step = known.size / share;
      const calls = Array.from({ length: share }, (_, index) => Math.max(1, Math.round((index + 1) * step)));
      return calls.map((at) => killMoment(role, variant, at, known.get(at)));
    }),
  );
}
