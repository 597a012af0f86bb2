/** Prints a workload as YAML. */
import { visibleText } from '../../base/visible-text.js';
import { printFile } from '../output/print.js';

/** Prints the text of a workload, below a comment for each option that changes it. */
export function printWorkload(source: string, overrides: readonly string[]): void {
  const changes = overrides.map((text) => `# changed by ${visibleText(text)}\n`);
  printFile([...changes, source, source.endsWith('\n') ? '' : '\n'].join(''));
}
