/** The formats that other programs read, checked by their own parsers or by schemas written from their documentation. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { fixturePath, repositoryRoot } from './repository.js';
import { needTool, skipTest } from './skip.js';

export interface XmlNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly XmlNode[];
}

/** Fails unless the text keeps the schema, and its counts are those of its cases. */
export function junitOf(text: string): XmlNode {
  needTool('xmllint');
  needTool('python3');
  const schema = spawnSync('xmllint', ['--noout', '--schema', fixturePath('ci', 'junit.xsd'), '-'], {
    input: text,
    encoding: 'utf8',
  });
  assert.is(schema.status, 0, `${schema.stderr}\n${text}`);
  const root = parsedBy('python3', 'junit', text) as XmlNode;
  for (const suite of root.children) assertCounts(suite, casesOf(suite));
  assertCounts(root, casesOf(root));
  return root;
}

/** All cases below. */
export function casesOf(node: XmlNode): XmlNode[] {
  return node.children.flatMap((child) => (child.tag === 'testcase' ? [child] : casesOf(child)));
}

/** `name` → what became of it: `passed`, or the tag and type of its fault. */
export function outcomesOf(node: XmlNode): Map<string, string> {
  return new Map(
    casesOf(node).map((testCase) => {
      const fault = faultOf(testCase);
      const { classname, name } = testCase.attributes;
      return [`${classname}: ${name}`, fault === undefined ? 'passed' : `${fault.tag} ${fault.attributes['type']}`];
    }),
  );
}

/** The failure, error or skip of a case. */
export function faultOf({ children }: XmlNode): XmlNode | undefined {
  return children.find(({ tag }) => tag !== 'system-out');
}

/** The numbers of a case. */
export function outputOf({ children }: XmlNode): string | undefined {
  return children.find(({ tag }) => tag === 'system-out')?.text;
}

function assertCounts({ attributes }: XmlNode, cases: readonly XmlNode[]): void {
  const count = (tag: string) => String(cases.filter((testCase) => faultOf(testCase)?.tag === tag).length);
  assert.equal(
    [attributes['tests'], attributes['failures'], attributes['errors'], attributes['skipped']],
    [String(cases.length), count('failure'), count('error'), count('skipped')],
  );
}

export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly { name: string; labels: Readonly<Record<string, string>>; value: number }[];
}

/** As prometheus-client reads it, and the words of each line as GitLab does. */
export function openMetricsOf(text: string): { families: MetricFamily[]; gitlab: string[][] } {
  return parsedBy(pythonWith('prometheus_client'), 'open-metrics', text) as never;
}

/** What `customBiggerIsBetter` takes: README and `src/extract.ts` of benchmark-action/github-action-benchmark. */
const BENCHMARKS = z.array(
  z.strictObject({
    name: z.string().min(1),
    unit: z.string().min(1),
    value: z.number(),
    range: z.string().optional(),
    extra: z.string().optional(),
  }),
);

export function benchmarksOf(text: string): z.infer<typeof BENCHMARKS> {
  const entries = BENCHMARKS.parse(JSON.parse(text));
  assert.is(new Set(entries.map(({ name }) => name)).size, entries.length, 'a name is a line of the chart');
  return entries;
}

/** Bencher Metric Format: docs/reference/bencher-metric-format; lengths as in `lib/bencher_valid`. */
const BMF = z.record(
  z.string().min(1).max(1024),
  z.record(
    z.string().min(1).max(64),
    z.strictObject({ value: z.number(), lower_value: z.number().optional(), upper_value: z.number().optional() }),
  ),
);

export function bmfOf(text: string): z.infer<typeof BMF> {
  return BMF.parse(JSON.parse(text));
}

function parsedBy(python: string, format: string, input: string): unknown {
  const program = join(repositoryRoot, 'test', 'support', 'ci-formats.py');
  const { status, stdout, stderr } = spawnSync(python, [program, format], { input, encoding: 'utf8' });
  assert.is(status, 0, `${stderr}\n${input}`);
  return JSON.parse(stdout);
}

const pythons = new Map<string, string | undefined>();

/** A Python that has the module: the first in the PATH, or else the system's, which Debian's packages are for. */
function pythonWith(module: string): string {
  needTool('python3');
  if (!pythons.has(module)) {
    const hasIt = (python: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0;
    pythons.set(module, ['python3', '/usr/bin/python3'].find(hasIt));
  }
  return pythons.get(module) ?? skipTest(`no python3 has ${module}`, 'tool');
}
