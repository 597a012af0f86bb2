/** Detects what stdout and stderr can show. */
import type { TerminalOptions } from '../../report/table/terminal.js';

/** The width of reports when stdout is not a terminal: logs and files are seldom narrower. */
const COLUMNS_OF_LOGS = 120;

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Returns whether to use colour: on terminals only, unless NO_COLOR (no-color.org) or FORCE_COLOR is set. */
export function showsColor(
  stream: { readonly isTTY?: boolean | undefined },
  environment: EnvironmentVariables,
): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Returns the options for reports on stdout. `detail`: whether comparisons show each session. */
export function stdoutOptions(detail = false): TerminalOptions {
  const { columns } = process.stdout;
  const color = showsColor(process.stdout, process.env);
  return { color, columns: columns || COLUMNS_OF_LOGS, wraps: columns > 0, detail };
}
