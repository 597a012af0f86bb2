import { HeldTarget, type MountIds } from '../host/held-target.js';
import type { Target } from '../plan/plan.js';

/** The targets that a session holds open from its start to its end, except during remounts. */
export class HeldTargets {
  readonly #held = new Map<string, HeldTarget>();
  readonly #mountIds: MountIds;

  /** @param mountIds of the targets' mounts when the run began */
  constructor(mountIds: MountIds) {
    this.#mountIds = mountIds;
  }

  /** Holds a target. Throws `FeedrateError('measurement')` when it changed since the run began. */
  hold(target: Target, keepsData: boolean): void {
    this.#held.set(target.name, new HeldTarget(target, keepsData, this.#mountIds[target.name]));
  }

  /** Throws `FeedrateError('measurement')` when a target that is held changed since then. */
  requireUnchanged({ name }: Target): void {
    this.#held.get(name)?.requireUnchanged();
  }

  /**
   * Lets go of all targets while `work` remounts one of them: other targets may be on the same mount. Throws what `work`
   * throws, and `FeedrateError('measurement')` when a target is another one afterwards.
   */
  async releasedFor(work: () => Promise<void>): Promise<void> {
    this.release();
    try {
      await work();
    } catch (thrown) {
      this.#holdWhatIsThere();
      throw thrown;
    }
    for (const held of this.#held.values()) held.holdAgain();
  }

  /** After a failed remount, so that the session removes its files where they can still be reached. */
  #holdWhatIsThere(): void {
    for (const held of this.#held.values()) {
      try {
        held.holdAgain();
      } catch {
        // The failed remount explains it.
      }
    }
  }

  release(): void {
    for (const held of this.#held.values()) held.release();
  }
}
