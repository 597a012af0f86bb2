/** The report of `feedrate iam policy`. */
import type { WrittenPolicy } from '../../iam/generate/written-policies.js';
import { paragraphs } from '../table/report-line.js';
import type { TerminalOptions } from '../table/terminal.js';

/** Returns each policy below what to attach it to, and above the reason for each of its statements. */
export function renderPolicies(policies: readonly WrittenPolicy[], options: TerminalOptions): string {
  return paragraphs(
    policies.flatMap(({ name, title, document, reasons }) => [
      [`${name}: ${title}`],
      JSON.stringify(document, null, 2).split('\n'),
      [...reasons].map(([sid, why]) => `${sid}: ${why}`),
    ]),
    options,
  );
}

/** Returns the policy as JSON, or several of them in an object by name. */
export function policiesJson(policies: readonly WrittenPolicy[]): string {
  const [only] = policies;
  const value =
    policies.length === 1 && only !== undefined
      ? only.document
      : Object.fromEntries(policies.map(({ name, document }) => [name, document]));
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Returns the text of the file of one policy. */
export function policyFileText({ document }: WrittenPolicy): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
