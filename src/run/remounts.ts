/** `--remount`: its requirements, and the remounts of a run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError } from '../base/errors.js';
import { mountLine } from '../host/nfs/mount-line.js';
import { remount } from '../host/nfs/remount.js';
import { requireRemountable } from '../host/remountable.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { touchesFiles } from '../plan/arm-files.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import { type Plan, targetOf } from '../plan/plan.js';

/** Throws `FeedrateError` without root, without cold trials, or when a target with cold trials cannot be remounted. */
export function requireRemounts(plan: Pick<Plan, 'arms' | 'targets'>): void {
  if (process.getuid?.() !== 0) {
    throw new FeedrateError(
      'usage',
      '--remount requires root. Remove it, or use cache: direct, which needs neither root nor a remount',
    );
  }
  const cold = new Set(
    plan.arms
      .filter((arm) => arm.spec.cache === 'cold' && touchesFiles(arm) && jobPlanOf(arm.spec).reads)
      .map(({ target }) => target),
  );
  if (cold.size === 0) {
    throw new FeedrateError('usage', '--remount has no effect: no job reads with cache: cold');
  }
  for (const target of plan.targets) if (cold.has(target.name)) requireRemountable(target);
}

/** The longest wait for a running remount after the sessions have ended, ms. Servers may take this long to respond. */
const SETTLE_MS = 60_000;

/** Carries out the remounts that sessions request, one at a time. */
export class Remounts {
  readonly #plan: Pick<Plan, 'targets'>;
  readonly #left = new AbortController();
  readonly #note: (text: string) => void;
  #pending: { readonly path: string; readonly line: string; readonly end: Promise<string | null> } | null = null;

  constructor(plan: Pick<Plan, 'targets'>, note: (text: string) => void) {
    this.#plan = plan;
    this.#note = note;
  }

  /** Remounts a target. Returns a message when it failed, or null. */
  readonly remount = async (name: string): Promise<string | null> => {
    const { path } = targetOf(this.#plan, { target: name });
    const mount = findMount(readMounts(), path);
    const end = remount(path, this.#left.signal).then(
      () => null,
      (thrown: unknown) => (thrown as Error).message,
    );
    this.#pending = { path, line: mount === null ? 'mount …' : mountLine(mount), end };
    const problem = await end;
    this.#pending = null;
    return problem;
  };

  /** Waits for the remount of a session that was killed, and reports a failure. */
  async settled(): Promise<void> {
    if (this.#pending === null) return;
    const { path, line, end } = this.#pending;
    this.#note(`remounting the file system of ${path}; waiting for it to finish`);
    const late = `the file system of ${path} may NOT BE MOUNTED: its server does not respond. The mount is still being tried; if it fails, run: ${line}`;
    const timer = new AbortController();
    const problem = await Promise.race([end, sleep(SETTLE_MS, late, { signal: timer.signal }).catch(() => null)]);
    timer.abort();
    this.#left.abort();
    if (problem !== null) this.#note(problem);
  }
}
