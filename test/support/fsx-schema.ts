/** Checks bodies of the FSx API against the schema objects of the SDK: nothing that this repository wrote. */
import * as sdk from '@aws-sdk/client-fsx';
import { NormalizedSchema } from '@smithy/core/schema';

/** Returns what is wrong with a body as JSON carries it, one line a fault. `shape` is a name such as `DescribeVolumesRequest`. */
export function bodyFaults(shape: string, body: unknown): string[] {
  const schema = (sdk as unknown as Readonly<Record<string, unknown>>)[`${shape}$`];
  if (schema === undefined) return [`the SDK has no shape ${shape}`];
  return faultsIn(NormalizedSchema.of(schema as Parameters<typeof NormalizedSchema.of>[0]), body, shape);
}

function faultsIn(schema: NormalizedSchema, value: unknown, where: string): string[] {
  if (value === null || value === undefined) return [];
  if (schema.isStructSchema()) return structFaults(schema, value, where);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${where}: expected a list`];
    return value.flatMap((item, index) => faultsIn(schema.getValueSchema(), item, `${where}[${index}]`));
  }
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? [] : [`${where}: expected true or false`];
  // AWS JSON carries times as seconds.
  if (schema.isNumericSchema() || schema.isTimestampSchema())
    return typeof value === 'number' ? [] : [`${where}: expected a number`];
  if (schema.isStringSchema()) return typeof value === 'string' ? [] : [`${where}: expected a string`];
  return [`${where}: a type that this check does not know`];
}

function structFaults(schema: NormalizedSchema, value: unknown, where: string): string[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [`${where}: expected an object`];
  const members = new Map(schema.structIterator());
  return Object.entries(value as object).flatMap(([name, inner]) => {
    const member = members.get(name);
    return member === undefined ? [`${where}.${name}: no such member`] : faultsIn(member, inner, `${where}.${name}`);
  });
}
