/** Converts overrides to and from text, without loading the rest of the workload language. */
import { FeedrateError } from '../base/errors.js';
import type { Override } from './overrides.js';

/** Parses `FIELD=VALUE` of `--set` or `FIELD=VALUE,VALUE` of `-P`. Throws `FeedrateError('usage')` for other text. */
export function parseOverride(option: '--set' | '-P', text: string): Override {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(equals, 0)).trim();
  const value = text.slice(equals + 1).trim();
  const values = option === '-P' ? value.split(',').map((part) => part.trim()) : [value];
  if (key === '' || values.includes('')) {
    const example = option === '-P' ? 'field=value,value such as -P bs=4k,1m' : 'field=value such as --set runtime=5s';
    throw new FeedrateError('usage', `${option} '${text}': expected ${example}`);
  }
  return { option, key, values, text };
}

/** Returns the override of `--engine NAME`. The name is checked later, with the workload's other values. */
export function engineOverride(name: string): Override {
  return { option: '--engine', key: 'ioengine', values: [name], text: name };
}

/** Returns the override as runs record it: `--set bs=4k`. */
export function overrideText({ option, text }: Override): string {
  return `${option} ${text}`;
}

/** Parses the result of `overrideText`. Throws `FeedrateError('usage')` for other text. */
export function recordedOverride(recorded: string): Override {
  const space = recorded.indexOf(' ');
  const [option, text] = [recorded.slice(0, space), recorded.slice(space + 1)];
  if (option === '--engine') return engineOverride(text);
  if (option === '--set' || option === '-P') return parseOverride(option, text);
  throw new FeedrateError('usage', `'${recorded}': expected --set, -P or --engine`);
}
