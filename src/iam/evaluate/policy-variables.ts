/** Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`. */
import { type Glob, type globOf, literalOf } from '../wildcards.js';
import type { RequestContext } from './request-context.js';

/** A text with its variables replaced. `absent`: a variable has no value, so the text matches nothing. */
export type Expansion =
  | { readonly state: 'done'; readonly glob: Glob }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly key: string };

const VARIABLE = /\$\{([^{}]*)\}/g;
/** A key without spaces, and perhaps a default in single quotes. */
const PARTS = /^([^,'\s]+)(?:,\s*'([^']*)'\s*)?$/;

/** Replaces the variables of a text by their values, in which `*` and `?` are no wildcards. Elsewhere `read` decides. */
export function expandVariables(text: string, context: RequestContext, read: typeof globOf): Expansion {
  const tokens: number[] = [];
  let end = 0;
  for (const found of text.matchAll(VARIABLE)) {
    tokens.push(...read(text.slice(end, found.index)));
    end = found.index + found[0].length;
    const value = variableValue(found[1] ?? '', context);
    if (value.state !== 'done') return value;
    tokens.push(...value.glob);
  }
  tokens.push(...read(text.slice(end)));
  return { state: 'done', glob: tokens };
}

function variableValue(body: string, context: RequestContext): Expansion {
  if (body === '*' || body === '?' || body === '$') return { state: 'done', glob: literalOf(body) };
  const [, key, fallback] = PARTS.exec(body) ?? [];
  if (key === undefined) return { state: 'absent' };
  const known = context.lookup(key);
  if (known.state === 'unknown') return { state: 'unknown', key };
  // A key with several values cannot be used as a variable, so it has no value here.
  if (known.state === 'present' && known.values.length === 1)
    return { state: 'done', glob: literalOf(known.values[0] as string) };
  return fallback === undefined ? { state: 'absent' } : { state: 'done', glob: literalOf(fallback) };
}
