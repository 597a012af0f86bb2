/** Writes XML 1.0 that every parser accepts, whatever the text contains. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (XmlElement | string)[];
}

export function element(
  name: string,
  attributes: XmlElement['attributes'] = {},
  children: XmlElement['children'] = [],
): XmlElement {
  return { name, attributes, children };
}

/** Returns the document. Nested elements are indented. */
export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${written(root, '')}`;
}

function written({ name, attributes, children }: XmlElement, indent: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const head = `${indent}<${name}${pairs.join('')}`;
  if (children.length === 0) return `${head}/>\n`;
  if (children.every((child) => typeof child === 'string')) return `${head}>${escaped(children.join(''))}</${name}>\n`;
  const inner = children.map((child) => (typeof child === 'string' ? escaped(child) : written(child, `${indent}  `)));
  return `${head}>\n${inner.join('')}${indent}</${name}>\n`;
}

/** Characters that XML 1.0 cannot represent: most control characters, lone surrogates, U+FFFE and U+FFFF. */
const UNSPEAKABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Tabs and line breaks become references too, because a parser would normalise them. */
function escaped(text: string): string {
  return text
    .replaceAll(UNSPEAKABLE, '\u{FFFD}')
    .replaceAll(/[&<>"\t\n\r]/g, (character) => ENTITIES[character] ?? `&#${character.charCodeAt(0)};`);
}
