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
  return new NodeReader(startOf, meanings, issues).locate(document.contents, place(0));
}

/** Reads nodes into values with their locations. */
class NodeReader {
  readonly #startOf: (node: Node) => FileLocation;
  readonly #meanings: ReadonlyMap<Alias, Node>;
  readonly #issues: IssueList;
  /** The entries of maps that merge others, each read once. */
  readonly #merged = new Map<YAMLMap, readonly Entry[]>();

  constructor(startOf: (node: Node) => FileLocation, meanings: ReadonlyMap<Alias, Node>, issues: IssueList) {
    this.#startOf = startOf;
    this.#meanings = meanings;
    this.#issues = issues;
  }

  locate(node: unknown, fallback: FileLocation): Located {
    const written = node as Node | null | undefined;
    if (written === null || written === undefined) return nothing(fallback);
    const location = this.#startOf(written);
    const meant = this.#meant(written);
    if (isMap(meant)) return { location, content: { type: 'map', entries: () => this.#entries(meant, location) } };
    if (isSeq(meant)) {
      const items = (): Located[] => meant.items.map((item) => this.locate(item, location));
      return { location, content: { type: 'list', items } };
    }
    // A word that YAML reads as null (`ioengine: null`) stays a word. Only an empty value means no value.
    const value = isScalar(meant) ? (meant.value ?? (meant.source || null)) : null;
    return { location, content: { type: 'scalar', value } };
  }

  #meant(node: unknown): unknown {
    return isAlias(node) ? this.#meanings.get(node) : node;
  }

  /** @param level how many maps are being merged around this one */
  #entries(map: YAMLMap, location: FileLocation, level = 0): readonly Entry[] {
    const merge = map.items.find(({ key }) => isMergeKey(key));
    if (merge === undefined) return map.items.flatMap((pair) => this.#entry(pair, location));
    const known = this.#merged.get(map);
    if (known !== undefined) return known;
    const mergeLocation = this.#startOf(merge.key as Node);
    if (level > MOST_LEVELS) {
      // A map that merges itself ends here, too.
      this.#issues.addUnread(mergeLocation, `${MERGE_KEY}: ${TOO_DEEP}`);
      return [];
    }
    const own = map.items.filter((pair) => pair !== merge).flatMap((pair) => this.#entry(pair, location));
    // The map's own entries come first, then those of each merged map that are not there yet.
    const entries = new Map(own.map((entry) => [entry.key, entry]));
    for (const other of this.#mergedMaps(merge.value, mergeLocation))
      for (const entry of this.#entries(other, mergeLocation, level + 1))
        if (!entries.has(entry.key)) entries.set(entry.key, entry);
    this.#merged.set(map, [...entries.values()]);
    return [...entries.values()];
  }

  /** Returns the maps that the value of a merge key names: one, or a list of them. Each is returned once. */
  #mergedMaps(value: unknown, location: FileLocation): Set<YAMLMap> {
    const meant = this.#meant(value);
    const nodes = isSeq(meant) ? meant.items : [value];
    const maps = new Set<YAMLMap>();
    for (const node of nodes) {
      const map = this.#meant(node);
      if (isMap(map)) maps.add(map);
      else {
        const found = this.locate(node, location);
        const expected = 'expected a map or a list of maps, such as *anchor';
        this.#issues.addUnread(found.location, `${MERGE_KEY}: ${expected}, found ${describeValue(found)}`);
      }
    }
    return maps;
  }

  #entry(pair: { key: unknown; value: unknown }, fallback: FileLocation): Entry[] {
    const location = pair.key === null ? fallback : this.#startOf(pair.key as Node);
    if (isScalar(pair.key)) {
      const key = pair.key.source ?? String(pair.key.value);
      return [{ key, location, value: this.locate(pair.value, location) }];
    }
    this.#issues.addUnread(location, 'a key must be a word');
    return [];
  }
}

/** The key whose value is merged into its map, as YAML 1.1 defines it. In quotes, it is a key like any other. */
export const MERGE_KEY = '<<';

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === MERGE_KEY && key.type === 'PLAIN';
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
