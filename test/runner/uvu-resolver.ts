/** Module hook: test files that import `uvu` get the strict one. `uvu/assert` and the strict one itself are left alone. */
import type { ResolveHook } from 'node:module';

const strictUrl = new URL('./strict-uvu.js', import.meta.url).href;

export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === 'uvu' && context.parentURL !== strictUrl
    ? { url: strictUrl, shortCircuit: true }
    : next(specifier, context);
