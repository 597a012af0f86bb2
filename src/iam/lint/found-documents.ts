/**
 * Finds the policies in a file: a document itself, documents within the answers of the AWS CLI (as objects, as strings of
 * JSON, or URL-encoded), and documents in the fences of a Markdown file. Every place stays that of the file.
 */
import { type JsonNode, JsonSyntaxError, memberOf, parseJson } from '../json-source.js';
import { documentOf, type PolicyDocument } from '../policy-document.js';
import type { SourceText, Span } from '../source-text.js';
import { decodedSource } from './decoded-source.js';
import type { ScriptPart } from './shell-commands.js';

export interface FoundDocuments {
  readonly documents: readonly FoundDocument[];
  /** Texts that should hold JSON and do not. */
  readonly errors: readonly JsonSyntaxError[];
  /** The shell scripts of a Markdown file, whose commands of the AWS CLI are checked. */
  readonly scripts: readonly ScriptPart[];
}

export interface FoundDocument {
  readonly document: PolicyDocument;
  /** The key that holds the document says that it is a trust policy. */
  readonly isTrust: boolean;
}

/** Returns the policies in a file. A JSON file without any is taken as one that lacks its statements. */
export function findDocuments(source: SourceText): FoundDocuments {
  return isMarkdown(source) ? inFences(source) : inJson(source);
}

function isMarkdown({ name, text }: SourceText): boolean {
  return /\.(?:md|markdown)$/i.test(name) || (/^\s{0,3}(?:#|```|~~~)/m.test(text) && !/^\ufeff?\s*[[{"]/.test(text));
}

function inJson(source: SourceText): FoundDocuments {
  const root = parsed(source);
  if (root instanceof JsonSyntaxError) return failed(root);
  const found = within(source, root, false);
  const whole = { document: documentOf(source, root), isTrust: false };
  return found.documents.length + found.errors.length > 0 ? found : { ...NONE, documents: [whole] };
}

/** The fences of a Markdown file that hold a policy (objects in which the word "Statement" stands) or a shell script. */
function inFences(source: SourceText): FoundDocuments {
  const found = [...fences(source.text)].map(({ isScript, ...range }): FoundDocuments => {
    if (isScript) return { ...NONE, scripts: [{ source, ...range }] };
    const root = parsed(source, range);
    return root instanceof JsonSyntaxError ? failed(root) : within(source, root, false);
  });
  return merged(found);
}

function* fences(text: string): Generator<Span & { readonly isScript: boolean }> {
  const opening = /^([ \t>]*)(`{3,}|~{3,})([^\n]*)\n/gm;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const [, , ticks = '', label = ''] = match;
    const start = match.index + match[0].length;
    const closing = new RegExp(`^[ \\t>]*${ticks[0]}{${ticks.length},}[ \\t]*\\r?$`, 'm').exec(text.slice(start));
    const end = closing === null ? text.length : start + closing.index;
    const content = text.slice(start, end);
    if (/^\s*(?:json[c5]?\b.*)?$/i.test(label) && /^\s*[[{]/.test(content) && content.includes('"Statement"'))
      yield { start, end, isScript: false };
    else if (/^\s*(?:(?:ba|z)?sh|shell|console)\b/i.test(label)) yield { start, end, isScript: true };
    opening.lastIndex = closing === null ? text.length : end + closing[0].length;
  }
}

function parsed(source: SourceText, range?: Span): JsonNode | JsonSyntaxError {
  try {
    return parseJson(source, range);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
}

function merged(parts: readonly FoundDocuments[]): FoundDocuments {
  return {
    documents: parts.flatMap(({ documents }) => documents),
    errors: parts.flatMap(({ errors }) => errors),
    scripts: parts.flatMap(({ scripts }) => scripts),
  };
}

const NONE: FoundDocuments = { documents: [], errors: [], scripts: [] };

const failed = (error: JsonSyntaxError): FoundDocuments => ({ ...NONE, errors: [error] });

/** The documents at or below a node: an object with `Statement`, or a string that holds one. */
function within(source: SourceText, node: JsonNode, isTrust: boolean): FoundDocuments {
  if (node.kind === 'array') return merged(node.items.map((item) => within(source, item, isTrust)));
  if (node.kind === 'string') return inString(source, node, isTrust);
  if (node.kind !== 'object') return NONE;
  if (memberOf(node, 'Statement') !== undefined)
    return { ...NONE, documents: [{ document: documentOf(source, node), isTrust }] };
  return merged(
    node.members.map(({ key, value }) => within(source, value, isTrust || key === 'AssumeRolePolicyDocument')),
  );
}

function inString(
  source: SourceText,
  { start, value }: Span & { readonly value: string },
  isTrust: boolean,
): FoundDocuments {
  const isEncoded = /^\s*(?:%7B|%5B)/i.test(value);
  if (!(isEncoded || /^\s*\{/.test(value)) || !/Statement/.test(value)) return NONE;
  const inner = decodedSource(source, start, isEncoded);
  const root = parsed(inner);
  if (root instanceof JsonSyntaxError) return failed(root);
  return within(inner, root, isTrust);
}
