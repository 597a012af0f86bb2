/**
 * A policy document as typed statements, each value with its place. Wrong shapes do not stop the reading: they are listed
 * as `faults`, which lint reports and evaluation refuses.
 */
import { type JsonMember, type JsonNode, type JsonObject, memberOf } from './json-source.js';
import type { SourceText, Span } from './source-text.js';

/** What a document is attached to. Boundaries and session policies are written like identity policies. */
export const POLICY_KINDS = ['identity', 'resource', 'trust', 'scp', 'rcp', 'boundary', 'session'] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

/** A string with its place. */
export interface TextValue extends Span {
  readonly text: string;
}

/** A value of a condition. Numbers and booleans stand for their text, as in AWS. */
export interface ConditionValue extends TextValue {
  readonly type: 'string' | 'number' | 'boolean';
}

/** An element of a statement that is a string or a list of strings, such as `Action`. The span is that of its value. */
export interface TextList extends Span {
  /** The key, with its place. */
  readonly key: TextValue;
  readonly isList: boolean;
  /** In the order of the file. Values that are not strings are left out, and are faults. */
  readonly values: readonly TextValue[];
}

/** One kind of principal with its identifiers, such as `"AWS": [...]`. */
export interface PrincipalEntry extends TextList {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`, or what the file has instead. */
  readonly type: string;
}

/** `Principal` or `NotPrincipal`. The span is that of the value. */
export interface PrincipalElement extends Span {
  readonly key: TextValue;
  /** The value if it is a string instead of an object: `*` for everyone. */
  readonly text: TextValue | null;
  readonly entries: readonly PrincipalEntry[];
}

/** A condition key with its values: `"aws:SourceIp": [...]`. The span is that of the value. */
export interface ConditionTest extends Span {
  readonly key: TextValue;
  readonly isList: boolean;
  readonly values: readonly ConditionValue[];
}

/** An operator with its condition keys: `"StringEquals": {...}`. The span is that of the value. */
export interface ConditionBlock extends Span {
  readonly operator: TextValue;
  readonly tests: readonly ConditionTest[];
}

export interface ConditionElement extends Span {
  readonly key: TextValue;
  readonly blocks: readonly ConditionBlock[];
}

/** A statement. Elements that the file lacks, or has in a wrong shape, are null. The span is that of the object. */
export interface PolicyStatement extends Span {
  /** The position in `Statement`, from 0. */
  readonly index: number;
  readonly node: JsonObject;
  readonly sid: TextValue | null;
  /** As the file has it: `Allow`, `Deny` or something wrong. */
  readonly effect: TextValue | null;
  readonly principal: PrincipalElement | null;
  readonly notPrincipal: PrincipalElement | null;
  readonly action: TextList | null;
  readonly notAction: TextList | null;
  readonly resource: TextList | null;
  readonly notResource: TextList | null;
  readonly condition: ConditionElement | null;
}

/** A value whose JSON type is not the one that the policy language wants there. */
export interface ShapeFault extends Span {
  /** For example `Action: expected a string or a list of strings, found a number`. */
  readonly message: string;
  /** For example `a string or a list of strings`. */
  readonly expected: string;
}

export interface PolicyDocument {
  readonly source: SourceText;
  /** The whole value, for what the typed parts leave out: unknown elements, duplicate keys. */
  readonly root: JsonNode;
  readonly version: TextValue | null;
  readonly id: TextValue | null;
  /** Whether the document has the element `Statement`. */
  readonly hasStatement: boolean;
  readonly statements: readonly PolicyStatement[];
  readonly faults: readonly ShapeFault[];
}

/** Returns the document that a JSON value holds. It never fails; see `faults`. */
export function documentOf(source: SourceText, root: JsonNode): PolicyDocument {
  const reader = new StatementReader();
  const top = reader.object(root, 'the policy');
  const statement = top === null ? undefined : memberOf(top, 'Statement');
  return {
    source,
    root,
    version: reader.textIn(top, 'Version'),
    id: reader.textIn(top, 'Id'),
    hasStatement: statement !== undefined,
    statements: statement === undefined ? [] : reader.statements(statement.value),
    faults: reader.faults,
  };
}

/** Reads elements and collects the faults. */
class StatementReader {
  readonly faults: ShapeFault[] = [];

  /** `Statement` is an object or a list of objects. */
  statements(node: JsonNode): PolicyStatement[] {
    const nodes = node.kind === 'array' ? node.items : [node];
    return nodes.flatMap((item, index) => {
      const object = this.object(item, 'Statement');
      return object === null ? [] : [this.statement(object, index)];
    });
  }

  object(node: JsonNode, name: string): JsonObject | null {
    if (node.kind === 'object') return node;
    this.fault(node, name, 'an object');
    return null;
  }

  textIn(object: JsonObject | null, name: string): TextValue | null {
    const member = object === null ? undefined : memberOf(object, name);
    if (member === undefined) return null;
    return this.text(member.value, name, 'a string');
  }

  private statement(node: JsonObject, index: number): PolicyStatement {
    return {
      start: node.start,
      end: node.end,
      index,
      node,
      sid: this.textIn(node, 'Sid'),
      effect: this.textIn(node, 'Effect'),
      principal: this.principal(memberOf(node, 'Principal')),
      notPrincipal: this.principal(memberOf(node, 'NotPrincipal')),
      action: this.list(memberOf(node, 'Action')),
      notAction: this.list(memberOf(node, 'NotAction')),
      resource: this.list(memberOf(node, 'Resource')),
      notResource: this.list(memberOf(node, 'NotResource')),
      condition: this.condition(memberOf(node, 'Condition')),
    };
  }

  private list(member: JsonMember | undefined): TextList | null {
    return member === undefined ? null : this.textList(member);
  }

  private textList(member: JsonMember): TextList {
    const { value, key } = member;
    const nodes = value.kind === 'array' ? value.items : [value];
    const values = nodes.flatMap((node) => this.text(node, key, 'a string or a list of strings') ?? []);
    return { start: value.start, end: value.end, key: keyOf(member), isList: value.kind === 'array', values };
  }

  private principal(member: JsonMember | undefined): PrincipalElement | null {
    if (member === undefined) return null;
    const { value } = member;
    const { start, end } = value;
    const key = keyOf(member);
    if (value.kind === 'object') {
      const entries = value.members.map((entry) => ({ ...this.textList(entry), type: entry.key }));
      return { start, end, key, text: null, entries };
    }
    const text = this.text(value, member.key, '"*" or an object');
    return text === null ? null : { start, end, key, text, entries: [] };
  }

  private condition(member: JsonMember | undefined): ConditionElement | null {
    const object = member === undefined ? null : this.object(member.value, member.key);
    if (member === undefined || object === null) return null;
    const blocks = object.members.flatMap((block): ConditionBlock[] => {
      const tests = this.object(block.value, block.key);
      if (tests === null) return [];
      const { start, end } = tests;
      return [{ start, end, operator: keyOf(block), tests: tests.members.map((test) => this.test(test)) }];
    });
    return { start: object.start, end: object.end, key: keyOf(member), blocks };
  }

  private test(member: JsonMember): ConditionTest {
    const { value } = member;
    const isList = value.kind === 'array';
    const values = (isList ? value.items : [value]).flatMap((node): ConditionValue[] => {
      const { start, end } = node;
      if (node.kind === 'string') return [{ start, end, type: 'string', text: node.value }];
      if (node.kind === 'number') return [{ start, end, type: 'number', text: node.text }];
      if (node.kind === 'boolean') return [{ start, end, type: 'boolean', text: String(node.value) }];
      this.fault(node, member.key, 'a string, a number, a boolean or a list of them');
      return [];
    });
    return { start: value.start, end: value.end, key: keyOf(member), isList, values };
  }

  private text(node: JsonNode, name: string, expected: string): TextValue | null {
    if (node.kind === 'string') return { start: node.start, end: node.end, text: node.value };
    this.fault(node, name, expected);
    return null;
  }

  private fault({ start, end, kind }: JsonNode, name: string, expected: string): void {
    this.faults.push({ start, end, message: `${name}: expected ${expected}, found ${FOUND[kind]}`, expected });
  }
}

const FOUND: Readonly<Record<JsonNode['kind'], string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
};

function keyOf({ start, end, key }: JsonMember): TextValue {
  return { start, end, text: key };
}
