/** The exit statuses of the CLI. Each number has one meaning. */
export const EXIT = {
  pass: 0,
  regression: 1,
  usage: 2,
  inconclusive: 3,
  incomparable: 4,
  measurementFailed: 5,
  interrupted: 130,
} as const;

/** Every error code that feedrate can raise, with its exit status. */
export const ERROR_CODES = {
  /** A command-line option or argument is wrong. */
  usage: EXIT.usage,
  /** A workload file is wrong. `issues` lists each fault and its position. */
  workload: EXIT.usage,
  /** A target cannot be used. For example, it is not a directory, is read-only or is full. */
  target: EXIT.usage,
  /** A run directory cannot be read or written. */
  store: EXIT.usage,
  /** A step of the measurement failed: a layout, a worker or an eviction. */
  measurement: EXIT.measurementFailed,
  /** A cloud service could not be asked, or refused. */
  cloud: EXIT.measurementFailed,
  /** The user stopped the run before it had a result. */
  interrupted: EXIT.interrupted,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One fault in an input: what is wrong, where, and how to fix it. */
export interface Issue {
  /** `file:line:column`, or the option that set the value, such as `--set bs`. */
  readonly where: string;
  /** One line: what was found and what was expected. */
  readonly message: string;
}

/**
 * An error that a user can act on. Its message is one line. The CLI prints the message and the
 * issues without a stack trace and exits with the status of the code.
 */
export class FeedrateError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; issues?: readonly Issue[] }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FeedrateError';
    this.code = code;
    this.issues = options?.issues ?? [];
  }

  get exitStatus(): number {
    return ERROR_CODES[this.code];
  }
}

/** A failed system call, as Node raises it and as workers report it. */
export interface SystemFault {
  readonly code: string;
  readonly syscall: string;
  readonly path: string | null;
  readonly offsetBytes: number | null;
  readonly message: string;
}

/** Errors of Linux that file systems return and Node has no name for, by number: name and meaning. */
export const UNNAMED_ERRORS: Readonly<Record<number, readonly [code: string, meaning: string]>> = {
  37: ['ENOLCK', 'no locks available'],
  74: ['EBADMSG', 'bad message'],
  116: ['ESTALE', 'stale file handle'],
  117: ['EUCLEAN', 'structure needs cleaning'],
  122: ['EDQUOT', 'disk quota exceeded'],
  123: ['ENOMEDIUM', 'no medium found'],
  126: ['ENOKEY', 'required key not available'],
};

/** How Node begins the message of such an error. Its two ways to make errors differ. */
const UNNAMED = /^(?:Unknown system error -\d+: Unknown system error -\d+|UNKNOWN: unknown error)/;

/**
 * Returns the failed system call that a thrown value describes. Fields that the value lacks are `EUNKNOWN`, `unknown`
 * or, for the path, the given `path`. A FeedrateError stands for its cause, with its own message.
 */
export function systemFaultOf(thrown: unknown, path: string | null = null): SystemFault {
  if (thrown instanceof FeedrateError)
    return Object.assign(systemFaultOf(thrown.cause, path), { message: thrown.message });
  const error = thrown as Partial<NodeJS.ErrnoException> | null | undefined;
  const message = error instanceof Error ? error.message : String(thrown);
  const [code, meaning] = (UNNAMED.test(message) && UNNAMED_ERRORS[Math.abs(error?.errno ?? 0)]) || [error?.code];
  return {
    code: typeof code === 'string' ? code : 'EUNKNOWN',
    syscall: typeof error?.syscall === 'string' ? error.syscall : 'unknown',
    path: typeof error?.path === 'string' ? error.path : path,
    offsetBytes: null,
    message: meaning === undefined ? message : message.replace(UNNAMED, `${code}: ${meaning}`),
  };
}

/** Whether V8 throws this message, without a code, when it cannot have memory outside of its heap. */
export function isMemoryMessage(message: string): boolean {
  return /Array buffer allocation failed|could not allocate memory/.test(message);
}

/** Whether it is a failed system call, as Node throws it. */
export function isSystemError(thrown: unknown): boolean {
  const error = thrown as Partial<NodeJS.ErrnoException> | null;
  return thrown instanceof Error && typeof error?.code === 'string' && typeof error.syscall === 'string';
}
