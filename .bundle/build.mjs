/** The last steps of `npm run build`: bundles each process and thread into dist/bin/, and what browsers load into dist/assets/. */
import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { packsPlugin } from './packs.mjs';

const { processes, pages, external, packs } = JSON.parse(readFileSync(new URL('build.json', import.meta.url), 'utf8'));

// Bundles hold CommonJS packages, which call require().
const requires =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

const optionsOf = (entryPoints) => {
  return {
    entryPoints,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external,
    banner: { js: requires },
    entryNames: '[name]',
    sourcemap: 'linked',
    sourcesContent: false,
    outdir: 'dist/bin',
    logLevel: 'warning',
  };
};
const [command, ...others] = processes.map(optionsOf);
const bundles = [
  build({ ...command, plugins: [await packsPlugin(command, packs)] }),
  ...others.map((options) => build(options)),
];
const assets = build({
  entryPoints: pages,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  legalComments: 'eof',
  outdir: 'dist/assets',
  logLevel: 'warning',
});
await Promise.all([...bundles, assets]).catch(() => process.exit(1));

// One other character in a file doubles the memory of its text and the time that Node needs to read it. esbuild leaves them
// in comments and in regular expressions, where an escape means the same.
for (const name of readdirSync('dist/bin').filter((file) => file.endsWith('.js'))) {
  const text = readFileSync(`dist/bin/${name}`, 'utf8');
  const escaped = text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped !== text) writeFileSync(`dist/bin/${name}`, escaped);
}

// The licence of ECharts asks for both wherever it is distributed.
for (const name of ['NOTICE', 'LICENSE']) copyFileSync(`node_modules/echarts/${name}`, `dist/assets/echarts-${name}`);
chmodSync('dist/bin/main.js', 0o755);
