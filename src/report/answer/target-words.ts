/** Targets as the user typed them. */

import { isOwnTemporary } from '../../record/own-temporary.js';
import type { RunRecord } from '../../record/run-record.js';
import { listed } from './answer.js';
import { valuesOf } from './commands.js';

type Typed = Pick<RunRecord, 'command' | 'plan'>;

/**
 * Returns the name that the user gave a target, else the path as typed, else its name. A directory that the run created
 * for itself is `a temporary directory`.
 */
export function targetWords({ command, plan }: Typed, name: string): string {
  const path = plan.targets.find((target) => target.name === name)?.path ?? '';
  if (isOwnTemporary(path)) return 'a temporary directory';
  const typed = valuesOf(command, '--target', '-t');
  if (typed.some((text) => text.startsWith(`${name}=`))) return name;
  const ended = (text: string) => text.replace(/\/+$/, '');
  return typed.map(ended).find((text) => text !== '' && (text === path || path.endsWith(`/${text}`))) ?? name;
}

/** Returns the targets as the subject of a sentence: `/mnt/train`, `target train`, `targets a and b`. */
export function targetSubject(targets: readonly string[]): string {
  const [only = '', other] = targets;
  if (other !== undefined) return `targets ${listed(targets)}`;
  return /^[/.~]|^a temporary directory$|:\/\//.test(only) ? only : `target ${only}`;
}
