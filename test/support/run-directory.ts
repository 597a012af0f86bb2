/** A fresh directory with targets and results, the runs that a test makes in it, and what they leave. */
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRun, decodeTrial } from '../../src/record/codec.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';

/** A file of the only (or the latest) run below a results directory. */
export function runFile(results: string, name: string): string {
  return readFileSync(join(latestRun(results), name), 'utf8');
}

/** The directory of the run that was started last. Runs of one second have names in no order, and a short run takes half of one. */
export function latestRun(results: string): string {
  const bornMs = (name: string): number => statSync(join(results, name)).birthtimeMs;
  const secondOf = (name: string): string => name.slice(0, 'YYYYMMDDTHHMMSSZ'.length);
  const names = readdirSync(results).sort();
  const ofLastSecond = names.filter((name) => secondOf(name) === secondOf(names.at(-1) ?? ''));
  const name = ofLastSecond.sort((a, b) => bornMs(a) - bornMs(b)).at(-1);
  if (name === undefined) throw new Error(`${results} holds no run`);
  return join(results, name);
}

/** Its trials, in the order of their ends. */
export function trialsOf(results: string): TrialRecord[] {
  const lines = runFile(results, 'trials.jsonl').trimEnd().split('\n');
  return lines.map((line, index) => decodeTrial(line, `trials.jsonl:${index + 1}`));
}

/** Its `run.json`. */
export function runOf(results: string): RunRecord {
  return decodeRun(runFile(results, 'run.json'), 'run.json');
}

/** What `run.json` says of its end. */
export function statusOf(results: string): string {
  return (JSON.parse(runFile(results, 'run.json')) as { status: string }).status;
}

/** A directory below another, made with its parents. */
export function directoryIn(...parts: string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}
