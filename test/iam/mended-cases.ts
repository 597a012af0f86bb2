/**
 * Faulty policies beside what they become when the advice is followed. A case is a block of a file in `fixtures/iam/mended`:
 *
 *     # CODE --type KIND --service SERVICE --name FILE --then KIND      `--then`: the kind after it is mended
 *     a document, or the inside of a statement, in which ⟦wrong⇒right⟧ is what the advice changes
 *     = the fix as it is printed; ⟨…⟩ is inserted into its text, and ⟨?⟩ stands for any text
 *     > BEFORE, AFTER: ACTION RESOURCE [as PRINCIPAL] [KEY=VALUE …]      `refused`: AWS would not take the policy
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../../src/base/errors.js';
import { decide } from '../../src/iam/evaluate/answer-question.js';
import { refuseMalformed } from '../../src/iam/evaluate/malformed.js';
import type { LayerName, Policies } from '../../src/iam/evaluate/policies.js';
import { requesterOf } from '../../src/iam/evaluate/requester.js';
import { kindOf, type ResourceService } from '../../src/iam/lint/policy-kind.js';
import type { PolicyKind } from '../../src/iam/policy-document.js';
import { repositoryRoot } from '../support/repository.js';
import { ACCOUNT, OTHER, readPolicy, USER } from './evaluation-case.js';

export interface MendedCase {
  readonly code: string;
  /** The file's name, and the number of the case in it. */
  readonly place: string;
  readonly kind: PolicyKind | null;
  readonly mendedKind: PolicyKind | null;
  readonly service: ResourceService | null;
  /** The name that the text is linted under. */
  readonly name: string;
  readonly faulty: string;
  readonly mended: string;
  readonly fix: string;
  readonly requests: readonly MendedRequest[];
}

export interface MendedRequest {
  readonly before: string;
  readonly after: string;
  readonly action: string;
  readonly resource: string;
  readonly principal: string | undefined;
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** The fixes of documents that are too large to stand in a file: see `iam/mended-policies`. */
export const FIXES_OF_SIZES = [
  'split the policy, or replace lists by patterns',
  'replace lists by patterns or conditions',
];

const FOLDER = join(repositoryRoot, 'test/fixtures/iam/mended');

/** Returns the cases of all files. Throws for a block that is not of the form above. */
export function mendedCases(): MendedCase[] {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(FOLDER, file), 'utf8').replaceAll(/^;.*\n/gm, '');
      const blocks = text.split(/^# /m).slice(1);
      return blocks.map((block, index) => caseOf(block, `${file} ${index + 1}`));
    });
}

function caseOf(block: string, place: string): MendedCase {
  const [head = '', ...lines] = block.trimEnd().split('\n');
  const option = (name: string): string | null => new RegExp(`--${name} (\\S+)`).exec(head)?.[1] ?? null;
  const fixAt = lines.findIndex((line) => line.startsWith('= '));
  const given = lines.slice(0, fixAt).join('\n');
  if (fixAt < 1) throw new Error(`${place}: no fix`);
  const whole = /^[`{]/.test(given) ? given : `{"Version": "2012-10-17", "Statement": [{${given}}]}`;
  const kind = option('type') as PolicyKind | null;
  return {
    code: head.split(' ')[0] as string,
    place,
    kind,
    mendedKind: (option('then') as PolicyKind | null) ?? kind,
    service: option('service') as ResourceService | null,
    name: option('name') ?? 'policy.json',
    faulty: whole.replaceAll(/⟦([^⇒]*)⇒[^⟧]*⟧/g, '$1'),
    mended: whole.replaceAll(/⟦[^⇒]*⇒([^⟧]*)⟧/g, (_all, right: string) => right),
    fix: (lines[fixAt] as string).slice(2),
    requests: lines.slice(fixAt + 1).map((line) => requestOf(line, place)),
  };
}

function requestOf(line: string, place: string): MendedRequest {
  const [, before, after, action, resource, principal, rest = ''] =
    /^> (\w+), (\w+): (\S+) (\S+)(?: as (\S+))?((?: [^\s=]+=\S+)*)$/.exec(line) ?? [];
  if (before === undefined || after === undefined || action === undefined || resource === undefined)
    throw new Error(`${place}: ${line}`);
  const pairs = rest.trim() === '' ? [] : rest.trim().split(' ');
  const context = new Map<string, string[]>();
  for (const pair of pairs) {
    const [key = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    context.set(key, [...(context.get(key) ?? []), value]);
  }
  return { before, after, action, resource, principal, context };
}

/** The text of a fix as a source has it. */
export function templateOf(fix: string): string {
  return fix.replaceAll(/⟨[^⟩]*⟩/g, 'INSERTED');
}

/** What the fix may print. */
export function printedFix(fix: string): RegExp {
  const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = fix.split(/⟨([^⟩]*)⟩/);
  return new RegExp(
    `^${parts.map((part, index) => (index % 2 === 1 && part === '?' ? '.+' : literal(part))).join('')}$`,
  );
}

const EVERYTHING = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}';
const FOR_EVERYONE = EVERYTHING.replace('"Action"', '"Principal": "*", "Action"');

/**
 * Returns `allowed`, `denied`, or `refused` for a text that AWS would not take as a policy of the kind (null: the one that it
 * looks like). The policy of an identity is that of a user. A policy of a resource decides over a user of another account.
 * Control policies stand beside policies that allow everything.
 */
export function decisionFor(text: string, kind: PolicyKind | null, request: MendedRequest): string {
  try {
    const document = readPolicy('policy.json', text);
    const own = kind ?? kindOf(document);
    const layer: LayerName = own === 'trust' ? 'resource' : own;
    refuseMalformed(document, layer);
    const isLocal = layer === 'identity';
    const isControl = layer === 'scp' || layer === 'rcp';
    const everything = readPolicy('everything.json', EVERYTHING);
    const policies: Policies = {
      boundary: 'none',
      session: 'none',
      scp: 'none',
      rcp: 'none',
      identity: [everything],
      resource: isControl ? [readPolicy('everyone.json', FOR_EVERYONE)] : 'none',
      [layer]: layer === 'scp' ? [document, everything] : [document],
    };
    const owner = request.context.has('aws:ResourceAccount') ? [] : [['aws:ResourceAccount', [ACCOUNT]] as const];
    return decide(
      { action: request.action, resource: request.resource, context: new Map([...request.context, ...owner]) },
      {
        requester: requesterOf(request.principal ?? (isLocal ? USER : `arn:aws:iam::${OTHER}:user/bo`)),
        policiesFor: () => policies,
        absent: [],
        cautious: false,
      },
    ).decision;
  } catch (error) {
    if (error instanceof FeedrateError) return 'refused';
    throw error;
  }
}
