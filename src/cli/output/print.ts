/**
 * Everything that the command line prints goes through this file, which makes control characters visible. Reports do so
 * for each value before they lay out lines and colours. Here it is done once more for whole lines, so that no control
 * sequence of a label, a path or another person's run reaches a terminal, even if an author forgot it.
 */
import { visibleText } from '../../base/visible-text.js';
import type { ReportFormat } from '../../report/render.js';

const ESCAPE = '\u001b';

/** The colours of reports: red, green, and the end of both. */
const COLORS = new RegExp(`(${ESCAPE}\\[3[129]m)`);

/** Prints lines on stdout. A line break in one of them is shown, not obeyed. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${safeLine(line)}\n`).join(''));
}

/** Prints a value as JSON on stdout. Control characters are escaped, which changes no value. */
export function printJson(value: unknown): void {
  print(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Prints a report on stdout, colours included. CSV has no escapes: it keeps every character in a file or pipe, and only a
 * terminal sees them escaped.
 */
export function printReport(report: string, format: ReportFormat): void {
  if (format === 'csv' && process.stdout.isTTY !== true) process.stdout.write(report);
  else print(report);
}

/** Prints a text of several lines on stdout. */
export function print(text: string): void {
  process.stdout.write(safeText(text));
}

/** Prints candidates with their descriptions, and a directive, as the completion scripts read them. */
export function printCandidates(candidates: readonly (readonly [string, string])[], directive: number): void {
  const lines = candidates.map((parts) => `${parts.map(safeLine).join('\t')}\n`);
  process.stdout.write(`${lines.join('')}:${directive}\n`);
}

/** Prints a file on stdout as it is, in pieces if it has some. Only a terminal sees control characters escaped. */
export async function printContent(content: string | Uint8Array | Iterable<Uint8Array>): Promise<void> {
  if (process.stdout.isTTY && typeof content === 'string') return print(content);
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  for (const piece of pieces) {
    if (process.stdout.write(piece)) continue;
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

/** Prints one line on stderr. */
export function tell(line: string): void {
  process.stderr.write(`${safeLine(line)}\n`);
}

/** Prints a workflow command for GitHub Actions on stderr. Its author escaped the values in it. */
export function tellRunner(command: string): void {
  process.stderr.write(`${visibleText(command)}\n`);
}

/** Returns a text of several lines as a terminal may have it. Line breaks and the colours of reports stay. */
export function safeText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split(COLORS).map(safePart).join(''))
    .join('\n');
}

/** Returns one line as a terminal may have it. A line that begins with `::` would be a command to GitHub Actions. */
export function safeLine(line: string): string {
  return visibleText(line).replace(/^(\s*):(?=:)/, '$1\\u003a');
}

/** Every second part is a colour. */
function safePart(part: string, index: number): string {
  return index % 2 === 1 ? part : safeLine(part);
}
