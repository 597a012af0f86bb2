/** Reads TypeScript sources as text, for the tests that hold the architecture. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository.js';

export interface SourceFile {
  /** From the repository's root: `src/base/units.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  /** The code with its strings and regular expressions emptied: what is left are words that do something. */
  readonly words: string;
}

export interface Import {
  readonly specifier: string;
  /** Gone after compilation: `import type`, `export type`, `typeof import()`. */
  readonly typeOnly: boolean;
  /** Loaded when the code comes to it: `import()`. */
  readonly dynamic: boolean;
}

/** Comments, strings, templates and regular expressions, in the order in which they begin. */
const TOKEN = new RegExp(
  [
    /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
    /(?<quoted>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")/,
    /(?<template>`(?:\\.|[^`\\])*`)/,
    /(?<regexp>(?<=(?:[(,=:[!&|?{};>]|return)\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[dgimsuvy]*)/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);

type TokenKind = 'comment' | 'quoted' | 'template' | 'regexp';

function without(text: string, kinds: readonly TokenKind[], replacement: string): string {
  return text.replace(TOKEN, (token, ...rest) => {
    const groups = rest.at(-1) as Record<TokenKind, string | undefined>;
    return kinds.some((kind) => groups[kind] !== undefined) ? replacement : token;
  });
}

/** The text without comments and regular expressions: what is left between quotes are strings and templates. */
export function withStrings(text: string): string {
  return without(text, ['comment', 'regexp'], ' ');
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = without(text, ['comment'], ' ');
  return { path, text, code, words: without(code, ['quoted', 'regexp'], "''") };
}

/** Every TypeScript file below a folder of the repository. */
export function sourceFilesBelow(folder: string): SourceFile[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => sourceFile(join(folder, path), readFileSync(join(repositoryRoot, folder, path), 'utf8')));
}

export function importsOf(file: SourceFile): Import[] {
  const imports: Import[] = [];
  for (const match of file.code.matchAll(/\b(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s*from\s*)?'([^']+)'/g)) {
    imports.push({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined, dynamic: false });
  }
  for (const match of file.code.matchAll(/(typeof\s+)?\bimport\(\s*'([^']+)'/g)) {
    imports.push({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined, dynamic: true });
  }
  return imports;
}
