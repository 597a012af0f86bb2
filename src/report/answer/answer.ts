/** Makes answers of clauses, and picks the next steps. */
import type { NextStep } from '../table/answer-lines.js';

/** More steps than this are no longer an advice. */
const STEPS_MAX = 2;

/** Returns the sentences as one text. Empty parts are left out. No part may begin with a name, which has its own case. */
export function answerOf(sentences: readonly string[]): string {
  return sentences
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`)
    .join(' ');
}

/** Returns the first steps, each command once. */
export function nextSteps(steps: readonly (NextStep | null)[]): NextStep[] {
  const known = new Map<string, NextStep>();
  for (const step of steps) if (step !== null && !known.has(step.command)) known.set(step.command, step);
  return [...known.values()].slice(0, STEPS_MAX);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Says that all thresholds are met, if there are any. */
export function thresholdsMet(count: number): string {
  if (count === 0) return '';
  return count === 1 ? 'the threshold is met' : `all ${count} thresholds are met`;
}

/** Rounds a number of units to two digits: an estimate of it is no better. */
export function aboutUnits(count: number): number {
  return Number(count.toPrecision(2));
}

/** The most names that a sentence lists. */
const NAMED_MAX = 2;

/** Names a few things, or counts many of them: `a and b`, `3 of 5 loads`, `all 5 loads`. */
export function fewOrCount(names: readonly string[], all: number, noun: string): string {
  const distinct = [...new Set(names)];
  if (distinct.length <= NAMED_MAX) return listed(distinct);
  return distinct.length === all ? `all ${all} ${noun}` : `${distinct.length} of ${all} ${noun}`;
}
