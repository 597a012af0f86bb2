import { assert } from '../base/assert.js';
import { jobKind } from './job-fields.js';
import type { Job, JobDeclaration, Level } from './workload.js';

/**
 * Returns the job of a declaration for one combination of levels.
 * @param chosen keyed by `Job` property; a field with a single level needs no choice.
 */
export function resolveJob(declaration: JobDeclaration, chosen: ReadonlyMap<string, Level>): Job {
  const job: Record<string, unknown> = { kind: declaration.kind };
  for (const [property, field] of declaration.fields) {
    const level = chosen.get(property) ?? field.levels[0];
    assert(level && (chosen.has(property) || field.levels.length === 1), `a level of ${property} is chosen`);
    job[property] = level.value;
  }
  if (job['cache'] === 'direct') job['direct'] = true;
  jobKind(declaration.kind).settle?.(job);
  return job as unknown as Job;
}
