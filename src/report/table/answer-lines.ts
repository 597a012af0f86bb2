/** The answer of a report in words, which comes before everything else, and the next steps, which come last. */
import { visibleText } from '../../base/visible-text.js';
import { markdownText } from './markdown.js';

/** What the reader can do next. */
export interface NextStep {
  /** A clause such as `compare the targets`. */
  readonly what: string;
  /** A complete command that can be pasted into a shell. */
  readonly command: string;
}

/** What a report begins and ends with. */
export interface Answered {
  /** A few sentences. */
  readonly answer: string;
  readonly next: readonly NextStep[];
}

/** Returns two lines for each step. The command has its own line, so that it can be copied whole. */
export function nextLines(steps: readonly NextStep[]): string[] {
  return steps.flatMap(({ what, command }) => [`Next: ${what}`, `    ${command}`]);
}

/** Returns the steps in Markdown, one item each. A code span ends at the first run of as many backticks as began it. */
export function markdownNext(steps: readonly NextStep[]): string[] {
  return steps.map(({ what, command }) => {
    const longest = Math.max(0, ...[...command.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = '`'.repeat(longest + 1);
    return `- Next: ${markdownText(what)}: ${fence}${visibleText(command)}${fence}`;
  });
}
