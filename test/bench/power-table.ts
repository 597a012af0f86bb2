/** The results of `bench:power` as Markdown. */
import { boundsOf, demandsOf, equivalentOf, type RateDemand, type Results } from './power-demands.js';
import { RIVALS } from './power-rules.js';
import type { Count, Outcome } from './power-score.js';

const percent = (part: number): string => `${(100 * part).toFixed(part < 0.1 || part > 0.9 ? 2 : 1)} %`;

/** The rate, and in brackets the 95 % bound on the side that matters. */
function rateText(count: Count | undefined, side: 'low' | 'high'): string {
  if (count === undefined || count.of === 0) return '–';
  return `${percent(count.hits / count.of)} (${side === 'high' ? '≤' : '≥'} ${percent(boundsOf(count)[side])})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
}

const VERDICTS = { true: 'met', false: '**NOT MET**', null: 'not decidable' } as const;

/** A column for each rule. */
function ruleColumns(outcomes: readonly Outcome[], cellOf: (rule: Outcome['rules'][number]) => string) {
  const rules = outcomes[0]?.rules.map(({ rule }) => rule) ?? [];
  return {
    head: rules,
    of: (outcome: Outcome) => outcome.rules.map(cellOf),
  };
}

function alarmSection(outcomes: readonly Outcome[]): string[] {
  const families = ruleColumns(outcomes, ({ alarms }) => rateText(alarms, 'high'));
  const cells = ruleColumns(outcomes, ({ cellAlarms: { hits, of } }) => percent(hits / of));
  return [
    '## False alarms: families of equal arms in which any cell is called worse',
    '',
    ...table(
      ['scenario', 'families', ...families.head, 'false improvements (feedrate)'],
      outcomes.map((one) => [
        one.scenario.demanded ? one.scenario.name : `${one.scenario.name} (told only)`,
        String(one.scenario.families),
        ...families.of(one),
        rateText(one.falseImprovements, 'high'),
      ]),
    ),
    '',
    '## False alarms a cell',
    '',
    ...table(
      ['scenario', ...cells.head],
      outcomes.map((one) => [one.scenario.name, ...cells.of(one)]),
    ),
    '',
  ];
}

function powerSection(outcomes: readonly Outcome[]): string[] {
  const found = ruleColumns(outcomes, (rule) => rateText(rule.found, 'low'));
  const alarms = ruleColumns(outcomes, (rule) => percent(rule.alarms.hits / Math.max(1, rule.alarms.of)));
  return [
    '## Power: slow cells (−5 %) that are called worse',
    '',
    'A high rate is worth something only beside a low rate of false alarms among the equal cells of the same families,',
    'which is in the second table.',
    '',
    ...table(
      ['scenario', 'slow cells a family', ...found.head],
      outcomes.map((one) => [
        one.scenario.demanded ? one.scenario.name : `${one.scenario.name} (told only)`,
        `${one.scenario.slowCells} of ${one.scenario.plan.cells}`,
        ...found.of(one),
      ]),
    ),
    '',
    ...table(
      ['scenario: false alarms, families', ...alarms.head],
      outcomes.map((one) => [one.scenario.name, ...alarms.of(one)]),
    ),
    '',
  ];
}

function equivalenceSection(outcomes: readonly Outcome[]): string[] {
  return [
    '## Equivalence: cells that differ by exactly the smallest difference that matters',
    '',
    'The error of *equivalent* is bounded a cell (2.5 %, half of what the 95 % interval leaves), not a family: of 60 such',
    'cells some are called equivalent in many families.',
    '',
    ...table(
      ['scenario', 'truth', 'called equivalent, of cells', 'regression', 'improvement', 'inconclusive'],
      outcomes.map((one) => {
        const { of } = equivalentOf(one);
        const share = (verdict: keyof typeof one.verdicts) => percent((one.verdicts[verdict] ?? 0) / of);
        return [
          one.scenario.name,
          `${one.scenario.effect > 0 ? '+' : '−'}${percent(Math.abs(one.scenario.effect))}`,
          rateText(equivalentOf(one), 'high'),
          share('regression'),
          share('improvement'),
          share('inconclusive'),
        ];
      }),
    ),
    '',
  ];
}

function coverageSection(results: Results['coverage']): string[] {
  return [
    '## Coverage of the 95 % intervals',
    '',
    ...table(
      ['interval', 'units', 'rounds a unit', 'noise', 'covered', '95 % bounds', 'mean width, % of the level'],
      results.map(({ case: { interval, n, rounds, shape, demanded }, covered, meanWidth }) => {
        const { low, high } = boundsOf(covered, 0.025);
        return [
          demanded ? interval : `${interval} (told only)`,
          String(n),
          String(rounds),
          shape,
          percent(covered.hits / covered.of),
          `${percent(low)} – ${percent(high)}`,
          meanWidth.toFixed(2),
        ];
      }),
    ),
    '',
  ];
}

function demandSection(demands: readonly RateDemand[]): string[] {
  const count = (met: RateDemand['met']) => demands.filter((demand) => demand.met === met).length;
  return [
    '## Demands',
    '',
    `${demands.length} demands: ${count(true)} met, ${count(false)} NOT MET, ${count(null)} not decidable with so many families.`,
    '',
    ...table(
      ['where', 'demand', 'counted', '95 % bounds', 'verdict'],
      demands.map(({ where, text, count: found, met }) => {
        const { low, high } = boundsOf(found);
        return [where, text, `${found.hits} of ${found.of}`, `${percent(low)} – ${percent(high)}`, VERDICTS[`${met}`]];
      }),
    ),
    '',
  ];
}

export function powerMarkdown(results: Results, heading: readonly string[]): string {
  return [
    ...heading,
    '',
    'The rules beside ours look at one cell at a time and correct for nothing:',
    '',
    ...RIVALS.map(({ name, is }) => `- **${name}**: ${is}`),
    '',
    ...demandSection(demandsOf(results)),
    ...alarmSection(results.alarms),
    ...powerSection(results.power),
    ...equivalenceSection(results.equivalence),
    ...coverageSection(results.coverage),
  ].join('\n');
}
