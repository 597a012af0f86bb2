/**
 * Do the verdicts hold? Made-up recordings of known truth and noise, judged by the code that users run, and by the rules
 * of other tools.
 *
 *   node dist/test/bench/power.js [--quick] [--only alarms,power,equivalence,coverage] [--alpha 0.01] [--seed 1]
 *                                 [--families 320] [--stride 1] [--no-rivals] [--out FILE] [--json FILE] [--resume FILE]
 *
 * The same seed gives the same numbers on every machine, and what --json has kept of a benchmark that was stopped is taken
 * up by --resume. Exits 1 when a demand is shown not to be met; with `--quick` few
 * are decidable. `--stride` plays every n-th scenario. `--no-rivals` leaves out the rules of other tools. `--alpha` is what feedrate's rule is told, not what is demanded of it.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from './options.js';
import { type Coverage, coverageCases, coverageOf } from './power-coverage.js';
import { demandsOf, isUndecided } from './power-demands.js';
import { RIVALS } from './power-rules.js';
import { alarmScenarios, equivalenceScenarios, powerScenarios, type Scenario } from './power-scenarios.js';
import { type Outcome, play, type RivalSetting, type Setting } from './power-score.js';
import { powerMarkdown } from './power-table.js';
import { writeWhole } from './results-file.js';

const MIN_EFFECTS = [0.01, 0] as const;

interface Extent {
  readonly families: number;
  readonly powerFamilies: number;
  readonly repetitions: number;
  /** Every n-th scenario is played. */
  readonly stride: number;
  /** The rules of other tools are scored on the first families: so many at least, or just so many; 0 = not at all. */
  readonly rivalFamilies: number;
}
const FULL: Extent = { families: 320, powerFamilies: 240, repetitions: 10_000, stride: 1, rivalFamilies: 3 };
/** criterion's bootstrap takes longer than all else: one family, and few of its cells, show that it works. */
const QUICK_RIVAL_CELLS = 10;
const QUICK: Extent = { families: 20, powerFamilies: 10, repetitions: 500, stride: 5, rivalFamilies: 1 };

function readOptions() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        'no-rivals': { type: 'boolean', default: false },
        alpha: { ...text, default: '0.01' },
        seed: { ...text, default: '1' },
        families: text,
        stride: text,
        only: text,
        out: text,
        json: text,
        resume: text,
      },
    }).values;
  } catch (thrown) {
    throw new UsageError((thrown as Error).message.split('\n')[0]);
  }
}

function numberOf(option: string, text: string, isFit: (value: number) => boolean, expected: string): number {
  const value = Number(text);
  if (isFit(value)) return value;
  throw new UsageError(`--${option} ${text}: expected ${expected}`);
}

/** What is known so far, and where it is kept after each scenario. */
interface Keeping {
  readonly setting: Setting;
  readonly extent: Extent;
  readonly results: { alarms: Outcome[]; power: Outcome[]; equivalence: Outcome[]; coverage: Coverage[] };
  readonly path: string | undefined;
}

function keep({ path, ...kept }: Keeping): void {
  if (path !== undefined) writeWhole(path, `${JSON.stringify(kept)}\n`);
}

/** Throws `UsageError` when the file holds something else, or was made with other settings. */
function resume(path: string, setting: Setting, extent: Extent): Keeping['results'] {
  let kept: Keeping;
  try {
    kept = JSON.parse(readFileSync(path, 'utf8')) as Keeping;
  } catch (thrown) {
    throw new UsageError(`--resume ${path}: expected results that --json has written: ${(thrown as Error).message}`);
  }
  if (JSON.stringify([kept.setting, kept.extent]) !== JSON.stringify([setting, extent]))
    throw new UsageError(`--resume ${path}: it was made with other options: ${JSON.stringify(kept.setting)}`);
  return kept.results;
}

/** A rate near its bound takes more families to tell than others: up to so many times as many as at first. */
const TIMES_MOST = 4;

/** Plays those that are not known yet; one whose demand is not decided is played again with twice the families. */
function playAll(scenarios: readonly Scenario[], kind: number, known: Outcome[], keeping: Keeping, setting: Setting) {
  for (const [index, scenario] of scenarios.entries()) {
    if (index % keeping.extent.stride !== 0) continue;
    const isIt = (one: Outcome) =>
      JSON.stringify({ ...one.scenario, families: 0 }) === JSON.stringify({ ...scenario, families: 0 });
    // The short form is not to tell anything.
    const most = keeping.extent.stride === 1 ? TIMES_MOST * scenario.families : 0;
    let outcome = known.find(isIt);
    let families = outcome === undefined ? scenario.families : 2 * outcome.scenario.families;
    while (outcome === undefined || (isOpen(outcome) && families <= most)) {
      const started = performance.now();
      outcome = play({ ...scenario, families }, 1000 * kind + index, setting, rivalsOf(keeping.extent));
      const place = known.findIndex(isIt);
      known.splice(place < 0 ? known.length : place, 1, outcome);
      keep(keeping);
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
      process.stderr.write(`${seconds} s  ${families} families: ${scenario.name}\n`);
      families *= 2;
    }
  }
}

/** The short form is not to tell anything of them. */
function rivalsOf({ rivalFamilies, stride }: Extent): RivalSetting {
  const mostFamilies = stride === 1 && rivalFamilies > 0 ? Number.POSITIVE_INFINITY : rivalFamilies;
  const mostCells = stride === 1 ? Number.POSITIVE_INFINITY : QUICK_RIVAL_CELLS;
  return { rivals: mostFamilies > 0 ? RIVALS : [], leastFamilies: rivalFamilies, mostFamilies, mostCells };
}

/** Whether it cannot be told yet if false alarms are at most as many as demanded. */
function isOpen({ scenario, rules }: Outcome): boolean {
  const alarms = rules[0]?.alarms;
  return scenario.demanded && scenario.effect === 0 && alarms !== undefined && isUndecided(alarms);
}

const PARTS = ['alarms', 'power', 'equivalence', 'coverage'] as const;
type Part = (typeof PARTS)[number];

function partsOf(text: string | undefined): readonly Part[] {
  if (text === undefined) return PARTS;
  const words = text.split(',');
  if (words.every((word) => PARTS.some((part) => part === word))) return words as Part[];
  throw new UsageError(`--only ${text}: expected some of ${PARTS.join(',')}`);
}

function playParts(keeping: Keeping, parts: readonly Part[]): void {
  const { extent, setting, results } = keeping;
  const single = { ...setting, minEffects: setting.minEffects.slice(0, 1) };
  const of = (part: Exclude<Part, 'coverage'>, kind: number, scenarios: readonly Scenario[], its: Setting) => {
    if (parts.includes(part)) playAll(scenarios, kind, results[part], keeping, its);
  };
  of('alarms', 1, alarmScenarios(extent.families), setting);
  of('power', 2, powerScenarios(extent.powerFamilies), single);
  of('equivalence', 3, equivalenceScenarios(Math.ceil(extent.powerFamilies / 10)), single);
  if (!parts.includes('coverage') || results.coverage.length > 0) return;
  const cases = coverageCases().filter((_, index) => index % extent.stride === 0);
  results.coverage.push(...cases.map((one, index) => coverageOf(one, extent.repetitions, setting.seed, 4000 + index)));
  keep(keeping);
}

/** What makes the numbers; where they are kept does not. */
function commandOf(typed: ReturnType<typeof readOptions>): string {
  const { quick, only, families, stride, alpha, seed } = typed;
  const changed = Object.entries({
    only,
    families,
    stride,
    alpha: alpha === '0.01' ? undefined : alpha,
    seed: seed === '1' ? undefined : seed,
  });
  const words = [
    ...(quick ? ['--quick'] : []),
    ...(typed['no-rivals'] ? ['--no-rivals'] : []),
    ...changed.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`])),
  ];
  return words.length === 0 ? 'npm run bench:power' : `npm run bench:power -- ${words.join(' ')}`;
}

function headingOf(command: string, extent: Extent, { alpha, seed }: Setting): string[] {
  return [
    `# Do the verdicts hold? ${new Date().toISOString().slice(0, 10)}`,
    '',
    `\`${command}\`, node ${process.versions.node}`,
    '',
    `Made-up recordings, seed ${seed}. Each family is judged by one call of \`judge\` in \`src/gate/verdict.ts\`, on samples of`,
    `\`src/stats/effect.ts\`, α ${100 * alpha} % for the family. All rules see the same recordings; slow rules see the first families only.`,
    'Rates have 95 % Clopper–Pearson bounds on the side that matters. *pairs*: one run, the two arms of a cell side by side in',
    'random order; *shuffled*: one run, all arms of a round in random order; *runs*: two runs, one after the other. *18 × 3*:',
    'sessions × rounds. *session*: sd of an arm’s level between sessions. *drift φ*: AR(1) of sd 5 % that all arms share, per',
    'trial; *−20 %*: linear, from the first trial of a run to its last. *spikes*: 5 % of the trials are slow, by 4 CV in the',
    'mean; *bimodal*: 30 % in a mode 4 CV below; *ties*: values in steps of one CV.',
    '',
    'A scenario that its families left undecided is played with twice as many, up to four times as many as at first.',
    'A demand is *met* or *NOT MET* when its bound lies on one side, else *not decidable*. At min-effect 0 and equal arms a',
    'test has its nominal level, and no bound can show that it is below: there the demand is that nothing shows it above.',
    'The units of two runs are compared as independent ones. Where a drift outlives the sessions of a run they are not, and a',
    'run is one draw of the drift: no rule on two runs can tell it from a change. Such scenarios are told, not demanded; the',
    `remedy is to measure both sides in one run. ${extent.stride > 1 ? 'This is the short form.' : ''}`,
  ];
}

function main(): boolean {
  const typed = readOptions();
  const basis = typed.quick ? QUICK : FULL;
  const whole = (value: number) => Number.isSafeInteger(value) && value > 0;
  const families = numberOf('families', typed.families ?? `${basis.families}`, whole, 'a whole number above 0');
  const extent: Extent = {
    ...basis,
    families,
    powerFamilies: Math.ceil((basis.powerFamilies * families) / basis.families),
    stride: numberOf('stride', typed.stride ?? `${basis.stride}`, whole, 'a whole number above 0'),
    rivalFamilies: typed['no-rivals'] ? 0 : basis.rivalFamilies,
  };
  const setting: Setting = {
    alpha: numberOf('alpha', typed.alpha, (value) => value > 0 && value < 1, 'a part between 0 and 1'),
    minEffects: MIN_EFFECTS,
    seed: numberOf('seed', typed.seed, whole, 'a whole number above 0'),
  };
  const parts = partsOf(typed.only);
  const results =
    typed.resume === undefined
      ? { alarms: [], power: [], equivalence: [], coverage: [] }
      : resume(typed.resume, setting, extent);
  playParts({ setting, extent, results, path: typed.json ?? typed.resume }, parts);
  const text = powerMarkdown(results, headingOf(commandOf(typed), extent, setting));
  if (typed.out === undefined) process.stdout.write(text);
  else writeWhole(typed.out, text);
  const missed = demandsOf(results).filter(({ met }) => met === false);
  for (const { where, text: demand, count } of missed) {
    process.stderr.write(`NOT MET: ${demand}: ${count.hits} of ${count.of} (${where})\n`);
  }
  return missed.length === 0;
}

try {
  process.exitCode = main() ? 0 : 1;
} catch (thrown) {
  if (!(thrown instanceof UsageError)) throw thrown;
  process.stderr.write(`${thrown.message}\n`);
  process.exitCode = 2;
}
