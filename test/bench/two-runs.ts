/**
 * The test of two runs, and what feedrate says that sessions can show, against simulation.
 *
 *   node dist/test/bench/two-runs.js [--repetitions 4000] [--only level,power,detectable]
 *
 * The same number of repetitions gives the same figures on every machine. Exits 1 when a demand is shown not to be met.
 */
import { parseArgs } from 'node:util';
import { shiftTest } from '../../src/stats/shift-test.js';
import { clopperPearson } from '../support/clopper-pearson.js';
import { type Detected, detectableCases, detectedBy } from './detectable.js';
import { mannWhitney } from './mann-whitney.js';
import { type Levels, levelsOf, SHAPES, samplesOf } from './two-runs-level.js';

const SIZES = [
  [6, 6],
  [9, 9],
  [9, 36],
  [36, 9],
] as const;
const RATIOS = [1 / 3, 1 / 2, 1, 2, 3] as const;
const PARTS = ['level', 'power', 'detectable'];

const percent = (part: number, digits = 2): string => `${(100 * part).toFixed(digits)} %`;

/** Some of so many shares are outside of their 95 % intervals by chance, but hardly any outside of these. */
const CONFIDENCE = 0.9995;

/** A share is too large or too small if its Clopper–Pearson interval lies beyond the bound. */
function missesOf({ name, alarms, covered, of }: Levels): string[] {
  const missed = alarms
    .filter(({ alpha, less, greater }) => clopperPearson(Math.max(less, greater), of, CONFIDENCE).low > alpha)
    .map(({ alpha, less, greater }) => `${name}: ${Math.max(less, greater)} of ${of} at ${percent(alpha, 0)}`);
  const { low, high } = clopperPearson(covered, of, CONFIDENCE);
  return high < 0.94 || low > 0.97 ? [...missed, `${name}: the interval covers ${covered} of ${of}`] : missed;
}

function tellLevels(repetitions: number): string[] {
  const missed: string[] = [];
  process.stdout.write(
    '\nShare of false alarms (the worse direction) at 5 % and 1 %, and coverage of the 95 % interval\n\n',
  );
  process.stdout.write('| sessions | noise | sd ratio | 5 % | 1 % | coverage |\n|---|---|---|---|---|---|\n');
  for (const [n1, n2] of SIZES) {
    for (const shape of SHAPES) {
      for (const ratio of RATIOS) {
        const found = levelsOf({ n1, n2, ratio, shape }, repetitions);
        const shares = found.alarms.map(({ less, greater }) => percent(Math.max(less, greater) / found.of));
        const cells = [`${n1} v ${n2}`, shape, ratio.toFixed(2), ...shares, percent(found.covered / found.of)];
        process.stdout.write(`| ${cells.join(' | ')} |\n`);
        missed.push(...missesOf(found));
      }
    }
  }
  return missed;
}

/** Of equal shapes, where Mann–Whitney's test is at its best. */
function tellPower(repetitions: number): string[] {
  process.stdout.write('\nShare of shifts found, normal noise of equal spread\n\n');
  process.stdout.write('| sessions | alpha | shift (sd) | this test | Mann–Whitney |\n|---|---|---|---|---|\n');
  const cases = [
    { n1: 9, n2: 9, alpha: 0.05, shift: 1.4 },
    { n1: 9, n2: 9, alpha: 0.01, shift: 1.8 },
    { n1: 18, n2: 18, alpha: 0.05, shift: 1 },
    { n1: 18, n2: 18, alpha: 0.01, shift: 1.25 },
    { n1: 18, n2: 18, alpha: 0.01 / 60, shift: 1.8 },
    { n1: 40, n2: 40, alpha: 0.01, shift: 0.8 },
    { n1: 9, n2: 36, alpha: 0.05, shift: 1.1 },
    { n1: 9, n2: 36, alpha: 0.01, shift: 1.4 },
  ];
  for (const { n1, n2, alpha, shift } of cases) {
    const draw = samplesOf({ n1, n2, ratio: 1, shape: 'normal' });
    let [ours, theirs] = [0, 0];
    for (let i = 0; i < repetitions; i++) {
      const [first, second] = draw();
      const moved = second.map((value) => value - shift);
      if (shiftTest(first, moved).pLess(0) <= alpha) ours++;
      if (mannWhitney(moved, first).pLess <= alpha) theirs++;
    }
    const cells = [`${n1} v ${n2}`, percent(alpha), shift, percent(ours / repetitions), percent(theirs / repetitions)];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
  return [];
}

/** What is called detectable is found in 90 % of the tries, at an effect within 10 %. */
function tellDetectable(repetitions: number): string[] {
  process.stdout.write('\nThe difference that is found in 90 % of tries: as feedrate says it, and as simulated\n\n');
  process.stdout.write('| sessions | cells | told | simulated | told / simulated |\n|---|---|---|---|---|\n');
  const outcomes = detectableCases().map((one): Detected => detectedBy(one, repetitions));
  return outcomes.flatMap(({ name, cells, told, simulated }) => {
    const none = told === null && simulated === null;
    const off = none ? 0 : (told ?? Infinity) / (simulated ?? 1) - 1;
    const shown = [told, simulated].map((size) => (size === null ? 'none' : percent(size)));
    process.stdout.write(`| ${name} | ${cells} | ${shown.join(' | ')} | ${none ? '–' : (1 + off).toFixed(3)} |\n`);
    return Math.abs(off) > 0.1 ? [`${name}, ${cells} cells: told ${shown[0]}, simulated ${shown[1]}`] : [];
  });
}

const { values } = parseArgs({
  options: { repetitions: { type: 'string', default: '4000' }, only: { type: 'string', default: PARTS.join(',') } },
});
const repetitions = Number(values.repetitions);
const parts = values.only.split(',');
const missed = [
  ...(parts.includes('level') ? tellLevels(repetitions) : []),
  ...(parts.includes('power') ? tellPower(repetitions) : []),
  ...(parts.includes('detectable') ? tellDetectable(repetitions) : []),
];
for (const line of missed) process.stderr.write(`NOT MET: ${line}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
