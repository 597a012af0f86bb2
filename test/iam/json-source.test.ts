/** The strict JSON parser: the same values as JSON.parse, every place, and errors that say where and what. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type JsonNode, JsonSyntaxError, parseJson } from '../../src/iam/json-source.js';
import { SourceText } from '../../src/iam/source-text.js';

const test = suite('iam/json-source');

function parse(text: string): JsonNode {
  return parseJson(new SourceText('p.json', text));
}

/** The value that JSON.parse returns: of equal keys the last one counts. */
function plainOf(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      // Not Object.fromEntries: a key may be __proto__.
      return node.members.map(({ key, value }) => [key, plainOf(value)]);
    case 'array':
      return node.items.map(plainOf);
    case 'null':
      return null;
    default:
      return node.value;
  }
}

function entriesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(entriesOf);
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([key, inner]) => [key, entriesOf(inner)])
    : value;
}

function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    assert.instance(error, JsonSyntaxError);
    return (error as Error).message;
  }
  return 'no error';
}

test('any JSON has the value that JSON.parse returns', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), fc.boolean(), (json, indent, crlf) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      const given = crlf ? text.replaceAll('\n', '\r\n') : text;
      assert.equal(plainOf(parse(given)), entriesOf(JSON.parse(given)));
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('it refuses exactly what JSON.parse refuses', () => {
  const base = '{"a": [1, -0.5e3, true, null, "x\\u00e9\\n"], "b": {"c": ""}}';
  fc.assert(
    fc.property(
      fc.nat(base.length),
      fc.nat(3),
      fc.constantFrom(...'{}[]",:\\0-.eE tfn\n\u0001é\ud800'),
      (at, cut, put) => {
        const text = base.slice(0, at) + put + base.slice(at + cut);
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        assert.is(messageOf(text) === 'no error', isJson, text);
      },
    ),
    { numRuns: 2000, seed: 2 },
  );
});

test('every value and key has its span', () => {
  const text = '\ufeff{\r\n  "a" : [ 10,\t"b\\"c" ],\r\n  "a": {} }\r\n';
  const source = new SourceText('p.json', text);
  const root = parseJson(source);
  assert.ok(root.kind === 'object');
  const [first, second] = root.members;
  assert.ok(first?.value.kind === 'array' && second?.value.kind === 'object');
  const shown = [root, first, ...first.value.items, second, second.value].map(({ start, end }) => {
    const { line, column } = source.placeOf(start);
    return `${line}:${column} ${text.slice(start, end).replaceAll(/\s+/g, ' ')}`;
  });
  assert.equal(shown, [
    '1:1 { "a" : [ 10, "b\\"c" ], "a": {} }',
    '2:3 "a"',
    '2:11 10',
    '2:15 "b\\"c"',
    '3:3 "a"',
    '3:8 {}',
  ]);
});

for (const [text, message] of [
  ['{"a":1,}', 'p.json:1:8: expected a key in double quotes, found "}"; remove the comma before it'],
  ['[1,2,]', 'p.json:1:6: expected a value, found "]"; remove the comma before it'],
  ['{"a":1 "b":2}', 'p.json:1:8: expected "," or "}", found a string; put a comma or a colon before it'],
  ['\n// x\n{}', 'p.json:2:1: expected a value, found a comment; remove it, because JSON has none'],
  ["{'a':1}", 'p.json:1:2: expected a key in double quotes, found \'; use plain double quotes (")'],
  [
    '{"a":"b\n"}',
    'p.json:1:6: expected a closing double quote on the same line, found none; write \\n for a line break',
  ],
  ['{"a":[1', 'p.json:1:8: expected "," or "]", found the end: the array that begins at 1:6 is not closed'],
  ['', 'p.json:1:1: expected a value, found the end'],
  ['{} {}', 'p.json:1:4: expected the end of the JSON text, found "{"'],
  [`${'['.repeat(100_000)}`, 'p.json:1:257: expected at most 256 nested levels, found more'],
] as const)
  test(`${JSON.stringify(text.slice(0, 20))}: the error says where and what`, () =>
    assert.is(messageOf(text), message));

test('a lone surrogate and a value of a megabyte are values', () => {
  assert.equal(plainOf(parse('"\\ud800"')), '\ud800');
  const long = 'x'.repeat(1_000_000);
  assert.is(plainOf(parse(`"${long}"`)), long);
});

test.run();
