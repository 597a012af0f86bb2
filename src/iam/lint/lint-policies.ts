/** Lints the policies of a file. */
import type { ActionData } from '../action-data.js';
import type { PolicyDocument, PolicyKind, PolicyStatement } from '../policy-document.js';
import type { SourceText, Span } from '../source-text.js';
import { COMMAND_RULES } from './command-rules.js';
import type { FoundDocuments } from './found-documents.js';
import { RULES } from './lint-rules.js';
import { type LintedPolicy, lintedStatement } from './linted-policy.js';
import { kindOf, type ResourceService, serviceOf } from './policy-kind.js';
import type { LintFault, LintFinding, LintRule, RuleFacts } from './rule.js';
import { awsCommands, type ScriptPart } from './shell-commands.js';
import { JSON_SYNTAX_ERROR } from './structure-rules.js';

export interface LintOptions {
  /** The kind of every document; null: what each one looks like. */
  readonly kind: PolicyKind | null;
  /** The service of every resource policy; null: what each one looks like. */
  readonly service: ResourceService | null;
  readonly data: ActionData | null;
}

/** Returns the findings in the order of the file. Texts that are not JSON have one finding each. */
export function lintDocuments({ documents, errors, scripts }: FoundDocuments, options: LintOptions): LintFinding[] {
  const syntax = errors.map(({ source, offset, fault }) => {
    const [, message = fault, fix = 'write what is expected there'] = WITH_ADVICE.exec(fault) ?? [];
    return findingOf(source, JSON_SYNTAX_ERROR, { start: offset, end: offset }, message, fix);
  });
  const findings = documents.flatMap(({ document, isTrust }) =>
    lintDocument(document, options.kind ?? (isTrust ? 'trust' : kindOf(document)), options),
  );
  return [...syntax, ...findings, ...lintScripts(scripts)].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** A fault of the JSON reader whose last clause says what to do. */
const WITH_ADVICE = /^(.*); ((?:remove|use|put|write) .*)$/s;

/** Lints the commands of the AWS CLI in the scripts of a document. */
function lintScripts(scripts: readonly ScriptPart[]): LintFinding[] {
  const found = scripts.flatMap((part) => awsCommands(part).map((command) => ({ source: part.source, command })));
  const all = found.map(({ command }) => command);
  return found.flatMap(({ source, command }) =>
    COMMAND_RULES.flatMap((rule) =>
      rule.check(command, all).map((each) => findingOf(source, rule, each, each.message, each.fix)),
    ),
  );
}

/** A rule that applies, with its place among all rules. */
interface RankedRule {
  readonly rule: LintRule;
  readonly rank: number;
}

function lintDocument(document: PolicyDocument, kind: PolicyKind, { service, data }: LintOptions): LintFinding[] {
  const own = kind === 'resource' ? (service ?? serviceOf(document)) : null;
  const policy: LintedPolicy = { document, kind, service: own, data };
  const found: { readonly finding: LintFinding; readonly rank: number }[] = [];
  const report = ({ rule, rank }: RankedRule, faults: readonly LintFault[]): void => {
    for (const each of faults)
      found.push({ finding: findingOf(document.source, rule, each, each.message, each.fix), rank });
  };
  const rules = RULES.map((rule, rank): RankedRule => ({ rule, rank })).filter(
    ({ rule }) => data !== null || !rule.needsData,
  );
  for (const each of rules) if (each.rule.check.sees === 'policy') report(each, each.rule.check.run(policy));
  const perStatement = rules.filter(({ rule }) => rule.check.sees !== 'policy');
  for (const read of document.statements) {
    const statement = lintedStatement(read);
    for (const each of perStatement) {
      const { check } = each.rule;
      if (check.sees === 'statement') report(each, check.run(statement, policy));
      else if (check.sees === 'test')
        for (const test of statement.tests) report(each, check.run(test, statement, policy));
    }
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ finding }) => finding);
}

function findingOf(
  source: SourceText,
  { code, severity }: RuleFacts,
  { start, end }: Span,
  message: string,
  fix: string,
): LintFinding {
  const last = source.placeOf(end);
  return { ...source.placeOf(start), endLine: last.line, endColumn: last.column, code, severity, message, fix };
}

/** Returns the prefixes of the services that documents name, in lower case: those whose data lint needs. */
export function servicesNamed({ documents }: FoundDocuments): Set<string> {
  const named = documents.flatMap(({ document }) => document.statements.flatMap(prefixes));
  return new Set(named.map((prefix) => prefix.toLowerCase()).filter((prefix) => /^[a-z0-9-]+$/.test(prefix)));
}

function prefixes(statement: PolicyStatement): string[] {
  const { action, notAction, resource, notResource, condition } = statement;
  const actions = [action, notAction].flatMap((list) =>
    (list?.values ?? []).map(({ text }) => text.split(':')[0] ?? ''),
  );
  const arns = [resource, notResource].flatMap((list) =>
    (list?.values ?? []).map(({ text }) => text.split(':')[2] ?? ''),
  );
  const keys = (condition?.blocks ?? []).flatMap(({ tests }) => tests.map(({ key }) => key.text.split(':')[0] ?? ''));
  return [...actions, ...arns, ...keys];
}
