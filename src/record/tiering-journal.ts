/** The journal of a comparison of tiering policies on one volume, which lasts for days and several processes. */
import { JsonReader } from './json-reader.js';
import { TIERING_POLICIES, type TieringPolicyName } from './volume-record.js';

const JOURNAL_VERSION = 1;

/** A policy and its cooling period. */
export interface TieringSetting {
  readonly name: TieringPolicyName;
  /** null for NONE and ALL, which have none. */
  readonly coolingDays: number | null;
}

/**
 * `changing`: a change may have been sent, and was not yet seen. `measuring`: the policy of the step is set. `waiting`: it
 * is set, and the process has ended on purpose until data has moved. `restoring`: the original policy may have been sent.
 */
const PHASES = ['changing', 'measuring', 'waiting', 'restoring'] as const;
export type JournalPhase = (typeof PHASES)[number];

/** The process that last wrote the journal, in the words of feedrate's markers. */
export interface JournalProcess {
  readonly pid: number;
  readonly startTicks: number | null;
  readonly hostname: string;
  readonly bootId: string | null;
  readonly pidNamespace: string | null;
}

export interface JournalStep extends TieringSetting {
  /** When AWS showed the policy, ISO 8601; null: not yet. */
  readonly setAt: string | null;
  /** When it may be measured, ISO 8601; null: not set yet. */
  readonly readyAt: string | null;
  /** The directory name of the run that measured it; null: not yet. */
  readonly run: string | null;
  readonly endedAt: string | null;
}

/** What is measured at each step: the workload and the options that change it, as typed. */
export interface JournalWorkload {
  readonly source: string;
  readonly path: string;
  readonly set: readonly string[];
  readonly param: readonly string[];
  readonly engine: string | null;
  readonly seed: number | null;
  readonly datasetId: string | null;
  /** The labels of the runs. Absent in journals before 2026-11-30. */
  readonly label?: readonly string[];
}

export interface TieringJournal {
  readonly journalVersion: number;
  readonly volumeId: string;
  readonly fileSystemId: string;
  readonly region: string;
  readonly target: { readonly name: string; readonly path: string };
  /** The setting to restore. */
  readonly original: TieringSetting;
  readonly startedAt: string;
  readonly phase: JournalPhase;
  /** Index of the current step. */
  readonly step: number;
  readonly steps: readonly JournalStep[];
  readonly workload: JournalWorkload;
  readonly process: JournalProcess;
}

/** Returns a journal whose first step is about to begin. */
export function newJournal(
  facts: Omit<TieringJournal, 'journalVersion' | 'phase' | 'step' | 'steps'>,
  settings: readonly TieringSetting[],
): TieringJournal {
  const steps = settings.map((setting) => ({ ...setting, setAt: null, readyAt: null, run: null, endedAt: null }));
  return { journalVersion: JOURNAL_VERSION, ...facts, phase: 'changing', step: 0, steps };
}

/** Returns the journal with changes to its current step. */
export function withStep(journal: TieringJournal, changes: Partial<JournalStep>): TieringJournal {
  const steps = journal.steps.map((step, index) => (index === journal.step ? { ...step, ...changes } : step));
  return { ...journal, steps };
}

export function currentStep({ steps, step }: TieringJournal): JournalStep {
  return steps[step] as JournalStep;
}

export function encodeJournal(journal: TieringJournal): string {
  return `${JSON.stringify(journal, null, 2)}\n`;
}

/** Returns the journal in a text. Throws `FeedrateError('store')` at the first thing that is missing or wrong. */
export function decodeJournal(text: string, where: string): TieringJournal {
  const journal = JsonReader.parse(text, where);
  journal.at('journalVersion').version(JOURNAL_VERSION);
  for (const key of ['volumeId', 'fileSystemId', 'region', 'startedAt']) journal.at(key).text();
  for (const key of ['name', 'path']) journal.at('target').at(key).text();
  journal.at('phase').oneOf(PHASES);
  checkSetting(journal.at('original'));
  const steps = journal.at('steps').list();
  for (const step of steps) {
    checkSetting(step);
    for (const key of ['setAt', 'readyAt', 'run', 'endedAt']) step.at(key).textOrNull();
  }
  if (steps[journal.at('step').number()] === undefined) journal.at('step').fail('the index of a step');
  checkWorkload(journal.at('workload'));
  const owner = journal.at('process');
  owner.at('pid').number();
  owner.at('hostname').text();
  owner.at('startTicks').numberOrNull();
  for (const key of ['bootId', 'pidNamespace']) owner.at(key).textOrNull();
  return journal.value as TieringJournal;
}

function checkSetting(setting: JsonReader): void {
  setting.at('name').oneOf(TIERING_POLICIES);
  setting.at('coolingDays').numberOrNull();
}

function checkWorkload(workload: JsonReader): void {
  for (const key of ['source', 'path']) workload.at(key).text();
  for (const key of ['set', 'param']) for (const word of workload.at(key).list()) word.text();
  for (const key of ['engine', 'datasetId']) workload.at(key).textOrNull();
  workload.at('seed').numberOrNull();
  if (workload.at('label').value !== undefined) for (const word of workload.at('label').list()) word.text();
}
