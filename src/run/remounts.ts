/** `--remount`: what it takes, and the remounts of a run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError } from '../base/errors.js';
import { mountLine } from '../host/nfs/mount-line.js';
import { remount } from '../host/nfs/remount.js';
import { requireRemountable } from '../host/remountable.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { touchesFiles } from '../plan/arm-files.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import { type Plan, targetOf } from '../plan/plan.js';

/** Throws `FeedrateError` when nothing would be remounted, this user may not, or a target with cold trials cannot be. */
export function requireRemounts(plan: Pick<Plan, 'arms' | 'targets'>): void {
  if (process.getuid?.() !== 0) {
    throw new FeedrateError(
      'usage',
      '--remount takes root; leave it out, or read with cache: direct, which needs neither root nor a remount',
    );
  }
  const cold = new Set(
    plan.arms
      .filter((arm) => arm.spec.cache === 'cold' && touchesFiles(arm) && jobPlanOf(arm.spec).reads)
      .map(({ target }) => target),
  );
  if (cold.size === 0) {
    throw new FeedrateError('usage', '--remount: no job reads with cache: cold, so nothing would be remounted');
  }
  for (const target of plan.targets) if (cold.has(target.name)) requireRemountable(target);
}

/** After the sessions are over a remount under way is waited for, as long as a server may take to answer. */
const SETTLE_MS = 60_000;

/** The remounts that sessions ask for, one at a time. */
export class Remounts {
  readonly #plan: Pick<Plan, 'targets'>;
  readonly #left = new AbortController();
  readonly #note: (text: string) => void;
  #pending: { readonly path: string; readonly line: string; readonly end: Promise<string | null> } | null = null;

  constructor(plan: Pick<Plan, 'targets'>, note: (text: string) => void) {
    this.#plan = plan;
    this.#note = note;
  }

  /** Returns what went wrong, or null. */
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

  /** A session that was killed did not wait for its remount: this does, and tells what came of it. */
  async settled(): Promise<void> {
    if (this.#pending === null) return;
    const { path, line, end } = this.#pending;
    this.#note(`what ${path} lies on is being mounted again; waiting for that`);
    const late = `what ${path} lies on IS PERHAPS NOT MOUNTED: its server does not answer; it is tried on; else type: ${line}`;
    const timer = new AbortController();
    const problem = await Promise.race([end, sleep(SETTLE_MS, late, { signal: timer.signal }).catch(() => null)]);
    timer.abort();
    this.#left.abort();
    if (problem !== null) this.#note(problem);
  }
}
