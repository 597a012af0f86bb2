/** What stdout and stderr can show. */
import type { TerminalOptions } from '../../report/table/terminal.js';

/** Where stdout is no terminal, reports are read in logs and files, which are seldom narrower. */
const COLUMNS_OF_LOGS = 120;

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Colour on terminals only, unless NO_COLOR (no-color.org) or FORCE_COLOR says otherwise. */
export function showsColor(
  stream: { readonly isTTY?: boolean | undefined },
  environment: EnvironmentVariables,
): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}

/** How reports are drawn on stdout. */
export function stdoutOptions(): TerminalOptions {
  return { color: showsColor(process.stdout, process.env), columns: process.stdout.columns || COLUMNS_OF_LOGS };
}
