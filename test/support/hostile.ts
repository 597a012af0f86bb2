/** Texts that take a terminal over if they reach it as they are, and the check that they do not. */
import * as assert from 'uvu/assert';

/** One of each kind, and no character that a file name cannot have. */
export const HOSTILE =
  'a\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b2Jb\u0085c\u007fd\u202ee\u2066f\u2028g\u2029h\u200fi\tj\rk\n::error::l\n##[set-output name=x;]m|`*_<b>]]>&"\'\\n\n::set-env::o';

/** Begins a line, as a command of GitHub Actions does. */
export const COMMAND_FIRST = `::error::${HOSTILE}`;

const OBEYED = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Fails when a line of the text does more than show itself. `allowed` is removed before. */
export function assertHarmless(text: string, what: string, allowed: RegExp | string = /(?!)/g): void {
  const rest = text.replaceAll(allowed, '');
  const at = rest.search(OBEYED);
  assert.is(at, -1, `${what}: ${JSON.stringify(rest.slice(Math.max(0, at - 60), at + 20))}`);
  assert.not.match(rest, /^\s*::/m, `${what}: a line is a command of GitHub Actions`);
  assert.not.match(rest, /##\w*\[/, `${what}: a line has a command of a CI system`);
}
