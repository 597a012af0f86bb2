import { assert } from '../base/assert.js';
import { FeedrateError } from '../base/errors.js';
import { formatWhole } from '../base/units.js';
import { ARMS_MAX } from '../workload/job.js';
import { rowsOf } from '../workload/job-fields.js';
import { formatLocation } from '../workload/location.js';
import type { Field, Job, JobDeclaration, Level, Workload } from '../workload/workload.js';
import type { Arm, Factor, Target } from './plan.js';

/** Resolves a declaration into a job, for the levels chosen for its factors. `chosen` is keyed by `Job` property. */
export type ResolveJob = (declaration: JobDeclaration, chosen: ReadonlyMap<string, Level>) => Job;

/**
 * Returns an arm for every combination of each job's levels on every target, in the order of the workload file. The
 * target varies fastest, then the last factor. Throws `FeedrateError('workload')` when two arms would have the same
 * name.
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
  refuseTooMany(arms.length, 'arms on all targets', ARMS_MAX, 'use shorter lists or fewer targets');
  return arms.map((arm) => withBeside(arm, arms));
}

/** Adds the arm that the job beside it is when it runs alone. The parser allows no job that has not exactly one. */
function withBeside(arm: Arm, arms: readonly Arm[]): Arm {
  const { target, spec } = arm;
  if (spec.beside === null) return arm;
  const alone = arms.find((each) => each.job === spec.beside && each.target === target && each.spec.beside === null);
  assert(alone, 'the job beside another runs alone, too');
  return { ...arm, beside: alone.id };
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
    const message = `${word} lists ${label} twice, which would measure the same arm twice; list each level once`;
    throw new FeedrateError('workload', `${formatLocation(location)}: ${message}`);
  }
}

function factorOf(declaration: JobDeclaration, property: string, level: Level): Factor {
  return { name: declaration.fields.get(property)?.word ?? property, label: level.label };
}

/**
 * Returns the value of each field by its word. When one field overrides another (`cache: direct` implies O_DIRECT), the
 * overridden field has its effective value.
 */
function wordsOf(
  { kind, fields }: JobDeclaration,
  chosen: ReadonlyMap<string, Level>,
  spec: Job,
): Record<string, string> {
  const words: Record<string, string> = { kind };
  for (const [property, { word, levels }] of fields) {
    const { label, value } = chosen.get(property) ?? (levels[0] as Level);
    const resolved = spec[property as keyof Job];
    words[word] = resolved === undefined || resolved === value ? label : labelOf(kind, word, resolved);
  }
  return words;
}

function labelOf(kind: Job['kind'], word: string, value: unknown): string {
  const row = rowsOf(kind).find((each) => each.word === word);
  return row === undefined ? String(value) : row.type.label(value);
}

function armId(job: string, levels: readonly Factor[], target: string | null): string {
  const suffix = levels.map(({ name, label }) => `${name}=${label}`).join(',');
  return job + (suffix === '' ? '' : `/${suffix}`) + (target === null ? '' : `@${target}`);
}

/** Throws when a plan has more of something than `most`. */
export function refuseTooMany(count: number, what: string, most: number, remedy: string): void {
  if (count <= most) return;
  const message = `the plan has ${formatWhole(count)} ${what}; at most ${formatWhole(most)}; ${remedy}`;
  throw new FeedrateError('workload', message);
}

/** Throws when two arms have the same name. Names are free text, so jobs and targets may produce equal ones. */
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
