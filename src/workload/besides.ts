/** Checks the jobs that run beside others: `beside` names another job of the same workload. */
import { capabilitiesOf, type EngineChoice } from './engines.js';
import type { IssueList } from './issues.js';
import type { FileLocation } from './location.js';
import { didYouMean } from './suggest.js';
import type { JobDeclaration, Level } from './workload.js';

const FIELD = 'beside';

/**
 * Adds an issue for each `beside` that cannot be measured.
 * @param names of all jobs of the workload, those with faults included
 */
export function checkBesides(jobs: readonly JobDeclaration[], names: Iterable<string>, issues: IssueList): void {
  const declared = new Map(jobs.map((job) => [job.name, job]));
  const known = new Set(names);
  for (const job of jobs) {
    for (const { value, location } of levelsOf(job, FIELD)) {
      if (typeof value !== 'string') continue;
      const other = declared.get(value);
      const fault = known.has(value)
        ? other && faultOf(job, other)
        : `there is no job ${value}${hint(value, job, known)}`;
      if (fault) addTo(issues, location, fault);
    }
  }
}

function addTo(issues: IssueList, location: FileLocation, fault: string): void {
  issues.add(location, `${FIELD}: ${fault}`);
}

function hint(typed: string, { name }: JobDeclaration, known: ReadonlySet<string>): string {
  return didYouMean(
    typed,
    [...known].filter((each) => each !== name),
  );
}

function faultOf(job: JobDeclaration, other: JobDeclaration): string | null {
  const { name } = other;
  if (other === job) return `${name} is this job itself; raise numjobs for more of the same`;
  const factor = [...other.fields].find(([property, { levels }]) => property !== FIELD && levels.length > 1);
  if (factor !== undefined)
    return `${name} has several values of ${factor[1].word}; a job that runs beside another needs one value for each field`;
  if (!levelsOf(other, FIELD).some(({ value }) => value === null))
    return `${name} never runs alone; add none to its own beside, as in [none, ${job.name}]`;
  const engine = [job, other].flatMap((each) => levelsOf(each, 'ioengine')).find(isVirtual);
  if (engine !== undefined)
    return `nothing runs at the same time with ioengine: ${engine.label}, whose time is not real; use another engine for both jobs`;
  return null;
}

function isVirtual({ value }: Level): boolean {
  return capabilitiesOf(value as EngineChoice).virtualClock;
}

function levelsOf({ fields }: JobDeclaration, property: string): readonly Level[] {
  return fields.get(property)?.levels ?? [];
}
