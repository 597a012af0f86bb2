/** The questions whose answers say whether a principal may do all that a feature needs. */
import type { Question } from '../evaluate/decide.js';
import type { ContextValues } from '../evaluate/request-context.js';
import { type CloudPlace, type Feature, type Grant, grantsFor } from '../features.js';

export interface FeatureQuestion {
  readonly question: Question;
  readonly grant: Grant;
}

/** Returns a question for each action on each resource, with the condition keys that feedrate's requests have. */
export function questionsFor(features: readonly Feature[], place: CloudPlace, given: ContextValues): FeatureQuestion[] {
  return grantsFor(features, place).flatMap((grant) => {
    const own = Object.entries(grant.context).map(([key, value]) => [key, [value]] as const);
    const spoken = new Set([...given.keys()].map((key) => key.toLowerCase()));
    const context = new Map([...own.filter(([key]) => !spoken.has(key.toLowerCase())), ...given]);
    return grant.actions.flatMap((action) =>
      grant.resources.map((resource) => ({ question: { action, resource, context }, grant })),
    );
  });
}
