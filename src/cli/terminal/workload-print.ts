/** Prints a workload as YAML. */
import { visibleText } from '../../base/visible-text.js';
import { print } from '../output/print.js';

/** Prints the text of a workload, below a comment for each option that changes it. */
export function printWorkload(source: string, overrides: readonly string[]): void {
  const changes = overrides.map((text) => `# changed by ${text}`);
  // Tabs and carriage returns are the control characters of YAML. As escapes they would change its meaning.
  const lines = source.replace(/\n$/, '').replaceAll('\t', ' ').split(/\r?\n/);
  print([...changes, ...lines].map((line) => `${visibleText(line)}\n`).join(''));
}
