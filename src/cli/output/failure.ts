import { CommanderError } from 'commander';
import { EXIT, FeedrateError, type Issue, isMemoryMessage, isSystemError } from '../../base/errors.js';
import { formatWhole } from '../../base/units.js';

/** The most issues of an input that are printed. */
const ISSUES_MOST = 20;

/** The message and exit status of an error. */
export interface Failure {
  /** Lines for stderr, without line feeds; empty when the message was printed already. */
  readonly lines: readonly string[];
  readonly status: number;
}

/**
 * Returns the message of a user error, or one line with its location for each fault of an input. A failed system call
 * keeps its own message. Anything else is reported as a bug in feedrate. Its stack is included only with `debug`, because
 * only developers need it.
 */
export function describeFailure(thrown: unknown, debug: boolean): Failure {
  // Commander has printed its message (or the help text) already.
  if (thrown instanceof CommanderError) return { lines: [], status: thrown.exitCode === 0 ? EXIT.pass : EXIT.usage };
  if (thrown instanceof FeedrateError) return describeUserError(thrown, debug);
  const message = oneLine(thrown instanceof Error ? thrown.message : String(thrown));
  const stack = debug && thrown instanceof Error && thrown.stack ? thrown.stack.split('\n') : [];
  const limit = limitOf(thrown, message);
  if (isSystemError(thrown) || limit !== '')
    return { lines: [`feedrate: ${message}${limit}`, ...stack], status: EXIT.measurementFailed };
  const advice = debug ? '' : ' (set FEEDRATE_DEBUG=1 to see where)';
  return {
    lines: [`feedrate: ${message}: this is a bug in feedrate${advice}`, ...stack],
    status: EXIT.measurementFailed,
  };
}

function describeUserError(error: FeedrateError, debug: boolean): Failure {
  const said = error.issues.length > 0 ? linesOf(error.issues) : [`feedrate: ${oneLine(error.message)}`];
  const stack = debug && error.stack ? error.stack.split('\n') : [];
  return { lines: [...said, ...stack], status: error.exitStatus };
}

/** The limits that a command may meet anywhere. Fixed texts, because no file may be left to read them from. */
const LIMITS: Readonly<Record<string, string>> = {
  EMFILE: '; this process may open no more files (see ulimit -n): raise the limit',
  ENFILE: '; this machine may open no more files (see fs.file-max): raise the limit, or end other programs',
  ENOMEM: '; there is not enough memory (see ulimit -v and the limit of the control group): raise the limit',
  EAGAIN: '; this user or control group may start no more processes (see ulimit -u and pids.max): raise the limit',
};

function limitOf(thrown: unknown, message: string): string {
  const { code, syscall = '' } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>;
  if (code === 'EAGAIN' && !syscall.startsWith('spawn')) return '';
  return LIMITS[isMemoryMessage(message) ? 'ENOMEM' : (code ?? '')] ?? '';
}

/** Returns a line for each issue. After `ISSUES_MOST` the rest is counted. */
function linesOf(issues: readonly Issue[]): string[] {
  const lines = issues.slice(0, ISSUES_MOST).map(({ where, message }) => `${where}: ${oneLine(message)}`);
  const more = issues.length - lines.length;
  return more === 0 ? lines : [...lines, `… and ${formatWhole(more)} more`];
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
