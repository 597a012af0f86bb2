/** Kills after the n-th call by which a process changed something. */
import type { Moment } from './moment.js';
import { ROLES, type Role } from './preload.js';
import { MIXTURE, type Scene, VARIANTS, type Variant } from './scene.js';

/** A run without a fault: how often each role changes something, and how long it takes. */
export interface WholeRun {
  readonly counts: Readonly<Record<Role, number>>;
  readonly elapsedMs: number;
}

/** Throws when the run does not end well. */
export async function countCalls(scene: Scene): Promise<WholeRun> {
  const startMs = performance.now();
  const { status, stderr } = await scene.startRun(MIXTURE).outcome();
  if (status !== 0) throw new Error(`a run without a fault ends with ${status}:\n${stderr}`);
  const counts = Object.fromEntries(ROLES.map((role) => [role, scene.state.countOf(role)])) as Record<Role, number>;
  return { counts, elapsedMs: performance.now() - startMs };
}

/** The kill of a role after its n-th call. A run that ends before its n-th call is not struck. */
export function killMoment(role: Role, variant: Variant, at: number): Moment {
  return {
    id: `kill/${role}/${variant}/${at}`,
    variant,
    strike: async (scene) => {
      const run = scene.startRun(MIXTURE, { kill: { role, at } });
      await run.outcome();
      const { fired } = scene.state;
      // When only the process that measures is gone, the command tells of it.
      return { run, expected: [!fired ? 0 : role === 'session' ? 5 : 'SIGKILL'] };
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
      const step = wholeRuns[variant].counts[role] / share;
      const calls = Array.from({ length: share }, (_, index) => Math.max(1, Math.round((index + 1) * step)));
      return calls.map((at) => killMoment(role, variant, at));
    }),
  );
}
