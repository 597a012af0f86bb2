import { FeedrateError, type Issue } from '../base/errors.js';
import { type FileLocation, formatLocation } from './location.js';

/** Collects the faults of a workload, each once, so that they are reported together. */
export class IssueList {
  readonly #issues = new Map<string, Issue & { readonly location: FileLocation }>();

  add(location: FileLocation, message: string): void {
    const where = formatLocation(location);
    this.#issues.set(`${where}: ${message}`, { where, message, location });
  }

  /** Throws the faults found so far, if any, in the order of the file. Those of options come last. */
  throwIfAny(source: string): void {
    if (this.#issues.size === 0) return;
    const line = (location: FileLocation): number => location.line ?? Number.POSITIVE_INFINITY;
    const issues = [...this.#issues.values()]
      .sort((a, b) => line(a.location) - line(b.location) || (a.location.column ?? 0) - (b.location.column ?? 0))
      .map(({ where, message }) => ({ where, message }));
    const count = issues.length === 1 ? '1 error' : `${issues.length} errors`;
    throw new FeedrateError('workload', `${source}: the workload has ${count}`, { issues });
  }
}
