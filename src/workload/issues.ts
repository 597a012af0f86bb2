import { FeedrateError, type Issue } from '../base/errors.js';
import { formatWhole } from '../base/units.js';
import { type FileLocation, formatLocation } from './location.js';

interface FoundIssue {
  readonly location: FileLocation;
  readonly message: string;
  /** The jobs that have the fault because of one shared value. */
  readonly jobs: Set<string>;
  /** Whether the fault is reported at the shared value, so that the message must name the job. */
  readonly namesJob: boolean;
}

/** A shared value that is part of a fault of a job. */
export interface SharedCause {
  readonly job: string;
  readonly location: FileLocation;
}

/** Collects the faults of a workload, each once, so that they are reported together. */
export class IssueList {
  readonly #found = new Map<string, FoundIssue>();
  #hasUnread = false;

  /**
   * Whether a part of the file could not be read. Something that seems to be missing may be in that part, so it is not
   * reported as well.
   */
  get hasUnread(): boolean {
    return this.#hasUnread;
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** @param cause a shared value that is part of the fault. The fault is then reported once for all jobs */
  add(location: FileLocation, message: string, cause?: SharedCause): void {
    const key = `${formatLocation(cause?.location ?? location)}: ${message}`;
    const namesJob = cause !== undefined && formatLocation(cause.location) === formatLocation(location);
    const found = this.#found.get(key) ?? { location, message, jobs: new Set(), namesJob };
    if (cause !== undefined) found.jobs.add(cause.job);
    this.#found.set(key, found);
  }

  /** Adds a fault that leaves a part of the file unread. */
  addUnread(location: FileLocation, message: string): void {
    this.#hasUnread = true;
    this.add(location, message);
  }

  /** Throws the faults found so far, if any, in the order of the file. Those of options come last. */
  throwIfAny(source: string): void {
    if (this.#found.size === 0) return;
    const line = (location: FileLocation): number => location.line ?? Number.POSITIVE_INFINITY;
    const issues = [...this.#found.values()]
      .sort((a, b) => line(a.location) - line(b.location) || (a.location.column ?? 0) - (b.location.column ?? 0))
      .map(issueOf);
    const count = issues.length === 1 ? '1 error' : `${formatWhole(issues.length)} errors`;
    throw new FeedrateError('workload', `${source}: the workload has ${count}`, { issues });
  }
}

function issueOf(found: FoundIssue): Issue {
  return { where: formatLocation(found.location), message: found.message + jobsOf(found) };
}

function jobsOf({ jobs, namesJob }: FoundIssue): string {
  const [first = ''] = jobs;
  const more = jobs.size < 2 ? '' : ` and ${formatWhole(jobs.size - 1)} more`;
  if (namesJob) return ` (job ${first}${more})`;
  return more === '' ? '' : ` (this job${more})`;
}
