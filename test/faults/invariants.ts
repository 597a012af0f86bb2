/** What must be true after any fault. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LiveRun, ProgressEvent } from '../support/live-run.js';
import { EARLIER, namesIn, type Scene } from './scene.js';

/** How a command ended: its exit status, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/** A run that met a fault, which is over. */
export interface Struck {
  readonly run: LiveRun;
  readonly expected: readonly Ending[];
  /** The run was over before the fault. */
  readonly isMissed: boolean;
  /** What was wrong while the fault lasted. */
  readonly problems?: readonly string[];
  /** The results could not be written, so `run.json` need not say how the run ended. */
  readonly disturbsResults?: boolean;
}

const MAX_STDERR_LINES = 6;
/** Only ends what hangs. */
const LEAVE_WITHIN_MS = 120_000;
const STACK = /^\s+at .*(?::\d+:\d+|<anonymous>|native)/m;

type TrialEvent = Extract<ProgressEvent, { type: 'trial' }>;

/** Everything that is wrong after a run that met a fault. Empty: all promises are kept. */
export async function checkInvariants(scene: Scene, struck: Struck): Promise<string[]> {
  return [...(await checkRun(scene, struck)), ...(await checkAftermath(scene, struck))];
}

/** What can be checked without another command. Several runs may end in one scene before `checkAftermath`. */
export async function checkRun(scene: Scene, { run, expected, problems = [] }: Struck): Promise<string[]> {
  const { status, signal, stderr, stdout } = await run.outcome();
  const ending = status ?? signal;
  const found = [...problems, ...(await survivors(scene))];
  if (!expected.includes(ending as Ending)) found.push(`ended with ${ending}, expected ${expected.join(' or ')}`);
  found.push(...checkOutput('the run', stderr, stdout));
  const reported = run.events.filter((event): event is TrialEvent => event.type === 'trial');
  noteSaved(scene, stderr);
  found.push(...missingTrials(scene, reported));
  if (ending === 0 && reported.some(({ record }) => record.status !== 'ok'))
    found.push('ended with 0 after failed trials');
  found.push(...scene.hung.map((words) => `feedrate ${words} did not end and was killed`));
  const outside = textOf(scene.outside).trim();
  if (outside !== '') found.push(`changed outside: ${outside.split('\n').slice(0, 3).join('; ')}`);
  return found;
}

/** Waits for the processes of a command that has ended, and ends those that stay. */
async function survivors(scene: Scene): Promise<string[]> {
  const endMs = performance.now() + LEAVE_WITHIN_MS;
  while (scene.processes().length > 0 && performance.now() < endMs) await wait(50);
  return scene.processes().map((pid) => {
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    process.kill(pid, 'SIGKILL');
    return `process ${pid} survives: ${command}`;
  });
}

function checkOutput(what: string, stderr: string, stdout: string): string[] {
  const lines = stderr.split('\n').filter((line) => line !== '' && !/^\{"type":"(?!note")/.test(line));
  const found: string[] = [];
  if (lines.length > MAX_STDERR_LINES) found.push(`${what}: ${lines.length} lines on stderr: ${lines[0]} …`);
  if (STACK.test(stderr) || STACK.test(stdout)) found.push(`${what}: a stack: ${lines.slice(0, 2).join(' | ')}`);
  if (/this is a bug in feedrate/.test(stderr)) found.push(`${what}: told as a bug: ${lines.at(-1)}`);
  return found;
}

/** Finds the directories below the temporary one that hold trials and that a run has named on stderr. */
function noteSaved(scene: Scene, stderr: string): void {
  for (const directory of filesBelow(scene.temporary, 'trials.jsonl').map((path) => dirname(path)))
    if (stderr.includes(directory)) scene.saved.add(directory);
}

/** Trials that were reported on stderr, but are in no file. */
function missingTrials(scene: Scene, reported: TrialEvent[]): string[] {
  const places = [...runsIn(scene.results), ...scene.saved];
  const kept = places.flatMap((place) => textOf(join(place, 'trials.jsonl')).split('\n').map(recordOf));
  const isKept = ({ record }: TrialEvent): boolean =>
    kept.some((one) => one?.['id'] === record.id && isDeepStrictEqual(one['window'], record.window));
  return reported
    .filter((event) => !isKept(event))
    .map(({ record }) => `trial ${record.id} was reported done and is on no disk`);
}

function recordOf(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** The user's files, and the commands that a user gives after the fault. */
export async function checkAftermath(scene: Scene, { run, disturbsResults = false }: Struck): Promise<string[]> {
  const found = differences(scene.expectedFiles, scene.userFiles(), 'after the run');
  const { status, signal } = await run.outcome();
  for (const directory of scene.saved) found.push(...(await command(scene, ['show', directory], 0)).problems);
  found.push(...(await checkReaders(scene, status ?? signal, !disturbsResults)));
  const leftovers = leftoversOf(scene);
  const next = scene.startNextRun();
  const told = await next.outcome();
  found.push(...checkOutput('the next run', told.stderr, told.stdout), ...(await survivors(scene)));
  if (told.status !== 0) found.push(`the next run ended with ${told.status}: ${lastLine(told.stderr)}`);
  const remaining = leftoversOf(scene).filter((path) => leftovers.includes(path));
  if (remaining.length > 0 && !/feedrate clean/.test(told.stderr)) {
    found.push(`the next run does not tell of ${remaining.join(', ')}`);
  }
  found.push(...(await command(scene, ['clean', ...scene.targetWords, '--data', '--yes'], 0)).problems);
  found.push(...leftoversOf(scene, true).map((path) => `left after clean: ${path}`));
  for (const directory of scene.saved)
    if (!existsSync(directory)) found.push(`clean removed the results in ${directory}`);
  found.push(...differences(scene.expectedFiles, scene.userFiles(), 'after clean'));
  return found;
}

/** `list` and `show` after a run that ended so. */
async function checkReaders(scene: Scene, ending: Ending | null, isRecorded: boolean): Promise<string[]> {
  const found = (await command(scene, ['list', '-o', scene.results], 0)).problems;
  const runs = runsIn(scene.results).filter((path) => existsSync(join(path, 'run.json')));
  const shown = await command(scene, ['show', '-o', scene.results], runs.length > 0 ? 0 : 2);
  found.push(...shown.problems);
  // As feedrate orders them: the names of runs of the same second are in no order.
  const latest = runs.toSorted((one, other) => (startOf(one) < startOf(other) ? -1 : 1)).at(-1);
  if (!isRecorded || latest === undefined || latest.endsWith(EARLIER)) return found;
  const recorded = recordOf(textOf(join(latest, 'run.json')))?.['status'];
  const wanted = recorded === 'running' ? 'killed' : recorded;
  // The header with the status follows the answer.
  const head = shown.stdout.split('\n').find((line) => line.startsWith(basename(latest))) ?? '';
  if (!head.includes(`${wanted},`)) found.push(`show says “${head}” of a run that is ${wanted}`);
  const fitting =
    ending === 0
      ? ['complete']
      : ending === 130
        ? ['aborted', 'complete']
        : ending === 5
          ? ['failed', 'complete']
          : null;
  if (fitting !== null && !fitting.includes(String(recorded))) {
    found.push(`run.json says ${recorded} of a run that ended with ${ending}`);
  }
  return found;
}

/** When a run began, ISO 8601: by its record, or by its name if that is damaged. */
function startOf(run: string): string {
  const recorded = recordOf(textOf(join(run, 'run.json')))?.['startedAt'];
  if (typeof recorded === 'string') return recorded;
  return basename(run).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*/, '$1-$2-$3T$4:$5:$6.000Z');
}

async function command(
  scene: Scene,
  words: string[],
  status: number,
): Promise<{ readonly problems: string[]; readonly stdout: string }> {
  const name = `feedrate ${words.filter((word) => !word.startsWith('/')).join(' ')}`;
  const outcome = await scene.start(words).outcome();
  const problems = checkOutput(name, outcome.stderr, outcome.stdout);
  const ending = outcome.status ?? outcome.signal;
  if (ending !== status) problems.push(`${name} ended with ${ending}, expected ${status}: ${lastLine(outcome.stderr)}`);
  return { problems, stdout: outcome.stdout };
}

/** What feedrate has left. `isCleaned`: data files, and what a killed run left, must be gone, too. */
function leftoversOf(scene: Scene, isCleaned = false): string[] {
  const target = scene.ownNames().filter((name) => isCleaned || name !== '.feedrate-data');
  const temporary = namesIn(scene.temporary).filter(
    (name) => ![...scene.saved].some((path) => `${path}/`.startsWith(`${join(scene.temporary, name)}/`)),
  );
  const results = isCleaned ? halfMade(scene.results) : [];
  return [...target.map((name) => `t/${name}`), ...temporary.map((name) => `tmp/${name}`), ...results];
}

/** Entries of a results directory that are no run, and temporary files of runs. */
function halfMade(results: string): string[] {
  const strange = namesIn(results).filter((name) => !existsSync(join(results, name, 'run.json')));
  const temporary = filesBelow(results, '').filter((path) => /\.tmp$|~/.test(path));
  return [...strange.map((name) => `r/${name}`), ...temporary.map((path) => `r${path.slice(results.length)}`)];
}

function differences(before: readonly string[], after: readonly string[], when: string): string[] {
  const lost = before.filter((line) => !after.includes(line)).map((line) => `${when}, changed or gone: ${line}`);
  const [had, has] = [before, after].map((lines) => new Set(lines.map((line) => line.split(' ')[0])));
  const made = [...(has ?? [])].filter((path) => !had?.has(path)).map((path) => `${when}, made: ${path}`);
  return [...lost, ...made];
}

function runsIn(results: string): string[] {
  return namesIn(results)
    .filter((name) => /^\d{8}T\d{6}Z_/.test(name))
    .map((name) => join(results, name));
}

function filesBelow(directory: string, name: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && (name === '' || entry.name === name))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
