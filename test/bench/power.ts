/**
 * Do the verdicts hold? Made-up recordings of known truth and noise, judged by the code that users run, and by the rules
 * of other tools.
 *
 *   node dist/test/bench/power.js [--quick] [--only alarms,power,equivalence,coverage] [--alpha 0.01] [--seed 1]
 *                                 [--families 600] [--out FILE] [--json FILE]
 *
 * The same seed gives the same numbers on every machine. Exits 1 when a demand is shown not to be met; with `--quick` few
 * are decidable. `--alpha` is what feedrate's rule is told, not what is demanded of it.
 */
import { parseArgs } from 'node:util';
import { UsageError } from './options.js';
import { coverageCases, coverageOf } from './power-coverage.js';
import { demandsOf, type Results } from './power-demands.js';
import { alarmScenarios, equivalenceScenarios, powerScenarios, type Scenario } from './power-scenarios.js';
import { type Outcome, play, type Setting } from './power-score.js';
import { powerMarkdown } from './power-table.js';
import { writeWhole } from './results-file.js';

const MIN_EFFECTS = [0.01, 0] as const;

interface Extent {
  readonly families: number;
  readonly powerFamilies: number;
  readonly repetitions: number;
  /** Every n-th scenario is played. */
  readonly stride: number;
}
const FULL: Extent = { families: 600, powerFamilies: 480, repetitions: 10_000, stride: 1 };
const QUICK: Extent = { families: 20, powerFamilies: 10, repetitions: 500, stride: 5 };

function readOptions() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      options: {
        ...{ quick: { type: 'boolean', default: false }, alpha: { ...text, default: '0.01' } },
        ...{ seed: { ...text, default: '1' }, families: text, only: text, out: text, json: text },
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

function playAll(scenarios: readonly Scenario[], kind: number, setting: Setting, extent: Extent): Outcome[] {
  return scenarios.flatMap((scenario, index) => {
    if (index % extent.stride !== 0) return [];
    const started = performance.now();
    const outcome = play(scenario, 1000 * kind + index, setting);
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${scenario.name}\n`);
    return [outcome];
  });
}

const PARTS = ['alarms', 'power', 'equivalence', 'coverage'] as const;
type Part = (typeof PARTS)[number];

function partsOf(text: string | undefined): readonly Part[] {
  if (text === undefined) return PARTS;
  const words = text.split(',');
  if (words.every((word) => PARTS.some((part) => part === word))) return words as Part[];
  throw new UsageError(`--only ${text}: expected some of ${PARTS.join(',')}`);
}

function resultsOf(extent: Extent, setting: Setting, parts: readonly Part[]): Results {
  const single = { ...setting, minEffects: setting.minEffects.slice(0, 1) };
  const of = (part: Part, kind: number, scenarios: readonly Scenario[], its: Setting) =>
    parts.includes(part) ? playAll(scenarios, kind, its, extent) : [];
  return {
    alarms: of('alarms', 1, alarmScenarios(extent.families), setting),
    power: of('power', 2, powerScenarios(extent.powerFamilies), single),
    equivalence: of('equivalence', 3, equivalenceScenarios(Math.ceil(extent.powerFamilies / 10)), single),
    coverage: coverageCases()
      .filter((_, index) => parts.includes('coverage') && index % extent.stride === 0)
      .map((one, index) => coverageOf(one, extent.repetitions, setting.seed, 4000 + index)),
  };
}

function headingOf(extent: Extent, { alpha, seed }: Setting, seconds: number): string[] {
  return [
    `# Do the verdicts hold? ${new Date().toISOString().slice(0, 10)}`,
    '',
    `\`npm run bench:power${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(' ')}` : ''}\`, node ${process.versions.node}, ${seconds.toFixed(0)} s`,
    '',
    `Made-up recordings, seed ${seed}. Each family is judged by one call of \`judge\` in \`src/gate/verdict.ts\`, on samples of`,
    `\`src/stats/effect.ts\`, α ${100 * alpha} % for the family. All rules see the same recordings; slow rules see the first families only.`,
    'Rates have 95 % Clopper–Pearson bounds on the side that matters. *pairs*: one run, the two arms of a cell side by side in',
    'random order; *shuffled*: one run, all arms of a round in random order; *runs*: two runs, one after the other. *18 × 3*:',
    'sessions × rounds. *session*: sd of an arm’s level between sessions. *drift φ*: AR(1) of sd 5 % that all arms share, per',
    'trial; *−20 %*: linear, from the first trial of a run to its last. *spikes*: 5 % of the trials are slow, by 4 CV in the',
    'mean; *bimodal*: 30 % in a mode 4 CV below; *ties*: values in steps of one CV.',
    '',
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
  const extent = { ...basis, families, powerFamilies: Math.ceil((basis.powerFamilies * families) / basis.families) };
  const setting: Setting = {
    alpha: numberOf('alpha', typed.alpha, (value) => value > 0 && value < 1, 'a part between 0 and 1'),
    minEffects: MIN_EFFECTS,
    seed: numberOf('seed', typed.seed, whole, 'a whole number above 0'),
  };
  const started = performance.now();
  const results = resultsOf(extent, setting, partsOf(typed.only));
  const text = powerMarkdown(results, headingOf(extent, setting, (performance.now() - started) / 1000));
  if (typed.out === undefined) process.stdout.write(text);
  else writeWhole(typed.out, text);
  if (typed.json !== undefined) writeWhole(typed.json, `${JSON.stringify({ setting, ...results })}\n`);
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
