/**
 * uvu, with its silent losses made loud. By itself uvu exits 0 when `.run()` was forgotten, when a `before` or
 * `after.each` hook throws, and when a test throws something that is not an Error (which also drops the tests after
 * it); it runs `.only` without a word and waits for ever. Here each of them is a failure that names its place.
 */
import { createRequire } from 'node:module';
import { inspect, types } from 'node:util';
import type * as uvu from 'uvu';
import type { Skip } from './protocol.js';

// From the repository: what `uvu` is to a test file is this module.
const fromRepository = createRequire(new URL('../../../package.json', import.meta.url));
const real = fromRepository('uvu') as typeof uvu;
const { compare } = fromRepository('uvu/diff') as typeof import('uvu/diff');

interface SuiteLedger {
  readonly name: string;
  /** Tests registered since the last `.run()`. */
  pending: number;
  runs: number;
}

/** What happened in this process, for its report. */
export const journal = {
  /** The runner's `--limit-ms`. */
  limitMs: 1_200_000,
  onStart: (_test: string): void => {},
  suites: [] as SuiteLedger[],
  skips: [] as Skip[],
  /** Failures that uvu does not count. */
  faults: [] as string[],
  /** A test is still under way although its time is over. */
  overran: false,
};

async function withinLimit(what: string, work: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const overrun = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      journal.overran = true;
      reject(new Error(`${what} did not end within ${journal.limitMs / 1000} s`));
    }, journal.limitMs);
    // A promise that nothing will ever settle ends the process at once: the runner sees that sooner than the timer.
    timer.unref();
  });
  try {
    await Promise.race([work(), overrun]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error that uvu can print: printing a non-Error, or values that its diff cannot show, breaks uvu off. */
function printable(thrown: unknown): Error {
  if (!types.isNativeError(thrown)) return new Error(`threw ${inspect(thrown)}, which is not an Error`);
  const { actual, expected } = thrown as { actual?: unknown; expected?: unknown };
  try {
    compare(actual, expected);
    return thrown;
  } catch {
    const plain = new Error(`${thrown.message}\nactual: ${inspect(actual)}\nexpected: ${inspect(expected)}`);
    if (thrown.stack !== undefined) plain.stack = thrown.stack;
    return plain;
  }
}

function isSkip(thrown: unknown): thrown is Error & Pick<Skip, 'kind'> {
  return thrown instanceof Error && thrown.name === 'SkipTest';
}

type Handler<T> = uvu.Callback<T>;

function strictTest<T>(label: string, handler: Handler<T>): Handler<T> {
  return async (context) => {
    journal.onStart(label);
    try {
      await withinLimit(`"${label}"`, () => handler(context));
    } catch (thrown) {
      if (!isSkip(thrown)) throw printable(thrown);
      journal.skips.push({ test: label, reason: thrown.message, kind: thrown.kind });
    }
  };
}

/** `passOn`: uvu itself must learn of the failure, so that it does not run tests on what was not set up. */
function strictHook<T>(label: string, passOn: boolean, handler: Handler<T>): Handler<T> {
  return async (context) => {
    journal.onStart(label);
    try {
      await withinLimit(label, () => handler(context));
    } catch (thrown) {
      if (!passOn || label.endsWith('before')) journal.faults.push(`${label} threw ${inspect(thrown)}`);
      if (passOn) throw printable(thrown);
    }
  };
}

export function suite<T = Record<string, unknown>>(name = '', context?: T): uvu.Test<T> {
  const inner = real.suite<T>(name, context);
  const ledger: SuiteLedger = { name, pending: 0, runs: 0 };
  journal.suites.push(ledger);
  const prefix = name === '' ? '' : `${name}: `;
  const add = (test: string, handler: Handler<T>): void => {
    ledger.pending++;
    inner(test, strictTest(`${prefix}${test}`, handler));
  };
  const before = Object.assign((hook: Handler<T>) => inner.before(strictHook(`${prefix}before`, true, hook)), {
    each: (hook: Handler<T>) => inner.before.each(strictHook(`${prefix}before.each`, true, hook)),
  });
  const after = Object.assign((hook: Handler<T>) => inner.after(strictHook(`${prefix}after`, false, hook)), {
    each: (hook: Handler<T>) => inner.after.each(strictHook(`${prefix}after.each`, false, hook)),
  });
  return Object.assign(add, {
    only: (test: string, handler: Handler<T>) => {
      journal.faults.push(`${prefix}${test}: .only is left in`);
      add(test, handler);
    },
    skip: (test = '') => {
      journal.faults.push(`${prefix}${test}: .skip is left in; a test that cannot run here calls skipTest(reason)`);
    },
    before,
    after,
    run: () => {
      if (ledger.pending === 0) journal.faults.push(`${prefix}.run() without a test`);
      ledger.pending = 0;
      ledger.runs++;
      inner.run();
    },
  });
}

export const test: uvu.Test = suite();
