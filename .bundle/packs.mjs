/**
 * A plugin of esbuild that keeps modules together which are loaded together. By itself esbuild makes a file of each set of
 * modules that the same `import()`s reach. There are so many `import()`s that a run loaded 190 files, and Node needs more
 * time to find and link each than to compile it.
 */
import { isAbsolute, relative } from 'node:path';
import { build } from 'esbuild';

/** Returns the inputs that these import statically, by the metafile, with themselves. */
function reachedFrom(inputs, roots) {
  const reached = new Set(roots);
  const missing = roots.filter((path) => inputs[path] === undefined);
  if (missing.length > 0) throw new Error(`.bundle/build.json: the command has no module ${missing.join(' or ')}`);
  for (const path of reached)
    for (const { path: next, kind, external } of inputs[path].imports)
      if (external !== true && kind !== 'dynamic-import') reached.add(next);
  return reached;
}

/**
 * Parts modules into packs, and returns the names of the packs that an input needs. A pack has what its roots reach, without
 * what the packs before it reach; one that needs a pack needs all before it.
 */
function sortIntoPacks(inputs, packs) {
  const taken = new Set();
  const members = Object.values(packs).map((roots) => {
    const own = [...reachedFrom(inputs, roots)].filter((path) => !taken.has(path));
    for (const path of own) taken.add(path);
    return own;
  });
  return (input) => {
    const reached = reachedFrom(inputs, [input]);
    return Object.keys(packs).slice(0, members.findLastIndex((own) => own.some((path) => reached.has(path))) + 1);
  };
}

/** What an `import()` loads instead of its module: the packs that the module needs, and then the module. */
const WITH_PACKS = 'with-packs';
const PACK = 'pack';

/**
 * @param options the build's
 * @param packs the roots of each pack by its name, in the order in which they are loaded
 */
export async function packsPlugin(options, packs) {
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const packsOf = sortIntoPacks(metafile.inputs, packs);
  return {
    name: 'packs',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^\./ }, async ({ path, kind, resolveDir, importer }) => {
        if (kind !== 'dynamic-import') return undefined;
        const found = await resolve(path, { kind: 'import-statement', resolveDir, importer });
        const needed = isAbsolute(found.path) ? packsOf(relative('.', found.path)) : [];
        return needed.length === 0 ? undefined : { path: found.path, namespace: WITH_PACKS, pluginData: needed };
      });
      onLoad({ filter: /./, namespace: WITH_PACKS }, ({ path, pluginData: needed }) => {
        const first = needed.map((name) => `import ${JSON.stringify(`${PACK}:${name}`)};`);
        return { contents: `${first.join('')}export * from ${JSON.stringify(path)};`, resolveDir: '.' };
      });
      onResolve({ filter: new RegExp(`^${PACK}:`) }, ({ path }) => {
        return { path: path.slice(PACK.length + 1), namespace: PACK };
      });
      onLoad({ filter: /./, namespace: PACK }, ({ path }) => {
        const roots = packs[path].map((root) => `import ${JSON.stringify(`./${root}`)};`);
        return { contents: roots.join(''), resolveDir: process.cwd() };
      });
    },
  };
}
