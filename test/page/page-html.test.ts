/** Pages as HTML: what is escaped, what the file may do, and how its data are packed. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readGlossary, readPageFiles } from '../../src/host/system/page-files.js';
import { html, jsonHtml, preformatted, rawElement, readable } from '../../src/page/html.js';
import { packed, unpacked } from '../../src/page/packed.js';
import { pageHtml } from '../../src/page/page-html.js';
import { TermLinks } from '../../src/page/term-links.js';
import { glossaryTerms } from '../../src/report/page/glossary.js';
import { pageOfCase } from '../support/page-cases.js';

const test = suite('page/page-html');

test('texts are escaped in elements and attributes, and control characters shown', () => {
  const text = `<b title='x' class="y">&\u001b[2J\u202e`;
  const shown = '&lt;b title=&#39;x&#39; class=&quot;y&quot;&gt;&amp;\\u001b[2J\\u202e';
  assert.is(html`<p title="${text}">${[text, null, html`<br>`]}</p>`.text, `<p title="${shown}">${shown}<br></p>`);
  assert.is(preformatted('a: <1>\n\tb: 2\r\n').text, 'a: &lt;1&gt;\n  b: 2');
});

test('data cannot end their element, and lose at most the eighth digit', () => {
  const text = jsonHtml({
    a: '</script><!--',
    b: 1234.56789012,
    c: 1_764_460_800_123.5,
    d: null,
    e: 12_345_678_901,
  }).text;
  assert.not.match(text, '<');
  const kept = { a: '</script><!--', b: 1234.568, c: 1_764_460_800_124, d: null, e: 12_345_678_901 };
  assert.equal(JSON.parse(text), kept);
  assert.throws(() => rawElement('x </SCRIPT>'), /end of its element/);
});

test('packed data are the same data', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      assert.equal(unpacked(JSON.parse(JSON.stringify(packed(plain)))), plain);
    }),
    { numRuns: 200 },
  );
  const points = [1, 2, 3].map((x) => ({ x, y: null }));
  assert.is(JSON.stringify(packed(points)), '{"$keys":["x","y"],"$columns":[[1,2,3],[null,null,null]]}');
  const times = [1_795_461_125_490, 1_795_461_126_490, 1_795_461_126_490].map((x) => ({ x }));
  assert.is(JSON.stringify(packed(times)), '{"$keys":["x"],"$columns":[{"$steps":[1795461125490,1000,0]}]}');
  assert.equal(unpacked(packed(times)), times);
  const nested = [1, 2, 3].map((x) => ({ x: [{ y: x }] }));
  assert.is(JSON.stringify(packed(nested)), '{"$keys":["x"],"$rows":[[[{"y":1}]],[[{"y":2}]],[[{"y":3}]]]}');
});

test('numbers stay with their units, and endless words are shortened', () => {
  assert.is(readable('95 % of 3 MiB/s in 2 ms, 7 trials'), '95\u00a0% of 3\u00a0MiB/s in 2\u00a0ms, 7 trials');
  assert.is(readable(`a ${'x'.repeat(10_000)} b`), `a ${'x'.repeat(80)}…${'x'.repeat(20)} b`);
});

test('the guide explains its terms, each by itself', () => {
  const terms = new Map(glossaryTerms(readGlossary()).map(({ term, meaning }) => [term, meaning]));
  assert.is(terms.get('trial'), 'One execution of one arm.');
  assert.is(terms.get('clat'), terms.get('lat'));
  assert.ok(terms.size > 30);
  const links = new TermLinks([
    { term: 'session', meaning: '' },
    { term: 'stalled session', meaning: '' },
  ]);
  assert.is(
    links.marked('<2 sessions, 1 stalled session, sessions').text,
    '&lt;2 <a class="term" href="#term-session">sessions</a>, 1 <a class="term" href="#term-stalled-session">stalled session</a>, sessions',
  );
});

test('the policy permits the script and the style of the page by their checksums, and nothing else', () => {
  const text = pageHtml(pageOfCase('failed'), readPageFiles());
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]?.replaceAll('&#39;', "'");
  const sum = (pattern: RegExp) =>
    createHash('sha256')
      .update(pattern.exec(text)?.[1] ?? '')
      .digest('base64');
  const script = sum(/<script>([\s\S]*?)<\/script>/);
  const style = sum(/<style>([\s\S]*?)<\/style>/);
  const parts = ["default-src 'none'", `script-src 'sha256-${script}'`, `style-src 'sha256-${style}'`, 'img-src data:'];
  assert.is(policy, [...parts, "base-uri 'none'", "form-action 'none'"].join('; '));
  assert.not.match(
    text.replaceAll(/<script>[\s\S]*?<\/script>/g, ''),
    / style=/,
    'no style of an element: the policy forbids it',
  );
});

test('ids are unique, and every link within the page has its place', () => {
  const text = pageHtml(pageOfCase('seven-arms'), readPageFiles()).replaceAll(/<(script|style)>[\s\S]*?<\/\1>/g, '');
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(
    ids.filter((id, index) => ids.indexOf(id) < index),
    [],
  );
  const missing = [...text.matchAll(/ href="#([^"]*)"/g)].filter(([, id]) => !ids.includes(id));
  assert.equal(missing, []);
});

test.run();
