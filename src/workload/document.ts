/** Reads YAML text into scalars, lists and maps with their locations. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { assert } from '../base/assert.js';
import { quoted } from '../base/units.js';
import type { IssueList } from './issues.js';
import type { FileLocation } from './location.js';

/** A value and its location. Lists and maps are read on demand, because aliases can turn a small file into a huge tree. */
export interface Located {
  readonly location: FileLocation;
  readonly content:
    | { readonly type: 'scalar'; readonly value: unknown }
    | { readonly type: 'list'; readonly items: () => readonly Located[] }
    | { readonly type: 'map'; readonly entries: () => readonly Entry[] };
}

/** A key with its value; `location` is the key's. */
export interface Entry {
  readonly key: string;
  readonly location: FileLocation;
  readonly value: Located;
}

const SYNTAX: Readonly<Record<string, (text: string) => string>> = {
  MULTIPLE_DOCS: () => 'a second document starts here; a workload file must contain only one',
  TAB_AS_INDENT: () => 'YAML cannot be indented with tabs; use spaces',
  BLOCK_AS_IMPLICIT_KEY: () => 'a map cannot start here; put it on a line of its own, or quote text that contains ": "',
};

/** A workload has about six levels. The parser and every walk through the document are recursive. */
const MOST_LEVELS = 64;
const TOO_DEEP = `nested too deeply; expected at most ${MOST_LEVELS} levels`;

/**
 * Reads YAML 1.2. Throws `FeedrateError('workload')` when the text is not valid YAML.
 * @param options by line, the option that the line was made from, which is its location. Default: none
 */
export function readDocument(
  text: string,
  source: string,
  issues: IssueList,
  options: ReadonlyMap<number, string> = new Map(),
): Located {
  const place = placesIn(text, source, options);
  const document = parsed(text);
  if (document === null) issues.add(place(0), TOO_DEEP);
  issues.throwIfAny(source);
  assert(document !== null, 'a document that cannot be parsed is an issue');
  // Text after a syntax error is often misread, so later errors tend to follow from the first one.
  const [fault] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (fault !== undefined) {
    const [start, end] = fault.pos;
    const ours = SYNTAX[fault.code]?.(/^[\w.-]+/.exec(text.slice(start, end + 80))?.[0] ?? 'this key');
    const theirs = /call stack/.test(fault.message)
      ? TOO_DEEP
      : `not valid YAML: ${fault.message.replace(/\s+/g, ' ')}`;
    issues.add(place(start), ours ?? theirs);
    issues.throwIfAny(source);
  }
  const startOf = (node: Node): FileLocation => place(node.range?.[0] ?? 0);
  const meanings = anchorsOf(document, (node, message) => issues.add(startOf(node), message));
  issues.throwIfAny(source);

  const locate = (node: unknown, fallback: FileLocation): Located => {
    const written = node as Node | null | undefined;
    if (written === null || written === undefined) return nothing(fallback);
    const location = startOf(written);
    const meant = isAlias(written) ? meanings.get(written) : written;
    if (isMap(meant)) {
      return {
        location,
        content: { type: 'map', entries: () => meant.items.flatMap((pair) => entry(pair, location)) },
      };
    }
    if (isSeq(meant)) {
      return { location, content: { type: 'list', items: () => meant.items.map((item) => locate(item, location)) } };
    }
    // A word that YAML reads as null (`ioengine: null`) stays a word. Only an empty value means no value.
    const value = isScalar(meant) ? (meant.value ?? (meant.source || null)) : null;
    return { location, content: { type: 'scalar', value } };
  };
  const entry = (pair: { key: unknown; value: unknown }, fallback: FileLocation): Entry[] => {
    const location = pair.key === null ? fallback : startOf(pair.key as Node);
    if (isScalar(pair.key)) {
      const key = pair.key.source ?? String(pair.key.value);
      return [{ key, location, value: locate(pair.value, location) }];
    }
    issues.addUnread(location, 'a key must be a word');
    return [];
  };
  return locate(document.contents, place(0));
}

/** Returns null when the nesting overflows the library's parser, which then does not say where. */
function parsed(text: string): Document.Parsed | null {
  try {
    // The library compares each key of a map with all others. `anchorsOf` checks them in one pass.
    return parseDocument(text, { prettyErrors: false, version: '1.2', uniqueKeys: false });
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

/**
 * Returns the node that each alias stands for, which is the last one before it with its anchor. Reports aliases without
 * one and keys that a map has twice. It is one pass, because `Alias.resolve` of the library walks the whole document.
 */
function anchorsOf(document: Document.Parsed, report: (node: Node, message: string) => void): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const meanings = new Map<Alias, Node>();
  /** Ends the walk at such a node. */
  const tooDeep = (node: Node, path: readonly unknown[]): symbol | undefined => {
    if (path.filter((outer) => isMap(outer) || isSeq(outer)).length <= MOST_LEVELS) return undefined;
    report(node, TOO_DEEP);
    return visit.BREAK;
  };
  visit(document, {
    Value: (_, node, path) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
      return tooDeep(node as Node, path);
    },
    Map: (_, node, path) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
      reportTwins(node, report);
      return tooDeep(node, path);
    },
    Alias: (_, node) => {
      const meaning = anchors.get(node.source);
      if (meaning === undefined) report(node, `*${node.source} is not defined above`);
      else meanings.set(node, meaning);
    },
  });
  return meanings;
}

function reportTwins({ items }: YAMLMap, report: (node: Node, message: string) => void): void {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) report(key as Node, `${key.source ?? String(key.value)} is given twice`);
    seen.add(key.value);
  }
}

/**
 * Returns a function from an offset to its line and column. The YAML library's own LineCounter misses lines inside broken
 * multi-line text, and would point past the end of a line.
 */
function placesIn(
  text: string,
  source: string,
  options: ReadonlyMap<number, string>,
): (offset: number) => FileLocation {
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  return (offset) => {
    const within = Math.min(offset, text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] as number) <= within) low = middle;
      else high = middle - 1;
    }
    const option = options.get(low + 1);
    if (option !== undefined) return { source: option, line: null, column: null };
    return { source, line: low + 1, column: within - (starts[low] as number) + 1 };
  };
}

function nothing(location: FileLocation): Located {
  return { location, content: { type: 'scalar', value: null } };
}

/** Describes a value for messages: `a map`, `"4kb"`. */
export function describeValue(value: Located): string {
  if (value.content.type !== 'scalar') return value.content.type === 'map' ? 'a map' : 'a list';
  return value.content.value === null ? 'nothing' : quoted(value.content.value);
}
