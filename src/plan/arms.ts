import { FeedrateError } from '../base/errors.js';
import { formatLocation } from '../workload/location.js';
import type { Field, Job, JobDeclaration, Level, Workload } from '../workload/workload.js';
import type { Arm, Factor, Target } from './plan.js';

/** What a declaration means under the levels chosen for its factors, keyed by `Job` property. */
export type ResolveJob = (declaration: JobDeclaration, chosen: ReadonlyMap<string, Level>) => Job;

/**
 * Every combination of each job's levels on every target, in the order of the workload file: the
 * last factor varies fastest, and the target faster still. Throws `FeedrateError('workload')` when
 * two arms would have one name.
 */
export function expandArms(workload: Workload, targets: readonly Target[], resolveJob: ResolveJob): Arm[] {
  const arms = workload.jobs.flatMap((declaration) => {
    const thresholds = [...workload.thresholds, ...declaration.thresholds];
    return combinationsOf(declaration).flatMap((chosen) => {
      const levels = [...chosen].map(([property, level]) => factorOf(declaration, property, level));
      const spec = resolveJob(declaration, chosen);
      const words = wordsOf(declaration, chosen, spec);
      return targets.map((target): Arm => {
        const factors = targets.length > 1 ? [...levels, { name: 'target', label: target.name }] : levels;
        const id = armId(declaration.name, levels, targets.length > 1 ? target.name : null);
        return { id, job: declaration.name, target: target.name, factors, spec, words, thresholds };
      });
    });
  });
  refuseEqualIds(arms, workload);
  return arms;
}

function combinationsOf(declaration: JobDeclaration): ReadonlyMap<string, Level>[] {
  let combinations: ReadonlyMap<string, Level>[] = [new Map()];
  for (const [property, field] of declaration.fields) {
    if (field.levels.length < 2) continue;
    refuseEqualLevels(field);
    combinations = combinations.flatMap((chosen) =>
      field.levels.map((level) => new Map([...chosen, [property, level] as const])),
    );
  }
  return combinations;
}

function refuseEqualLevels({ word, levels }: Field): void {
  const seen = new Set<string>();
  for (const { label, location } of levels) {
    if (!seen.has(label)) {
      seen.add(label);
      continue;
    }
    const message = `${word} has ${label} twice, which would be one arm measured as two; name each level once`;
    throw new FeedrateError('workload', `${formatLocation(location)}: ${message}`);
  }
}

function factorOf(declaration: JobDeclaration, property: string, level: Level): Factor {
  return { name: declaration.fields.get(property)?.word ?? property, label: level.label };
}

/** Where one field decides about another (`cache: direct` opens with O_DIRECT), that one's word says what holds. */
function wordsOf(
  { kind, fields }: JobDeclaration,
  chosen: ReadonlyMap<string, Level>,
  spec: Job,
): Record<string, string> {
  const words: Record<string, string> = { kind };
  for (const [property, { word, levels }] of fields) {
    const { label, value } = chosen.get(property) ?? (levels[0] as Level);
    const resolved = spec[property as keyof Job];
    words[word] = resolved === undefined || resolved === value ? label : String(resolved);
  }
  return words;
}

function armId(job: string, levels: readonly Factor[], target: string | null): string {
  const suffix = levels.map(({ name, label }) => `${name}=${label}`).join(',');
  return job + (suffix === '' ? '' : `/${suffix}`) + (target === null ? '' : `@${target}`);
}

/** Names are free text: jobs or targets may be called the same, or like another arm. */
function refuseEqualIds(arms: readonly Arm[], workload: Workload): void {
  const seen = new Set<string>();
  for (const { id, job } of arms) {
    if (seen.has(id)) {
      const declaration = workload.jobs.findLast(({ name }) => name === job) as JobDeclaration;
      const message = `two arms would both be called ${id}; give jobs and targets different names`;
      throw new FeedrateError('workload', `${formatLocation(declaration.location)}: ${message}`);
    }
    seen.add(id);
  }
}
