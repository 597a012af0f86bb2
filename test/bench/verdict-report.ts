/** The recordings of `bench:verdicts` as one Markdown page: rates with their intervals, losses included. */
import { median } from 'simple-statistics';
import { POWER } from '../../src/gate/attainable.js';
import { captureEnvironment } from '../../src/host/environment.js';
import { clopperPearson } from '../support/clopper-pearson.js';
import { type Recording, SAME, type Shape, slowSide } from './verdict-recording.js';
import { GATE, gateVerdicts, noiseOf, type Pair, pairsOf, RULES } from './verdict-rules.js';

export interface Origin {
  readonly shape: Shape;
  /** Families that were asked for. */
  readonly wanted: number;
  readonly target: string;
}

/** The whole page; families that lack a side are no part of its counts. */
export function verdictReport(recordings: readonly Recording[], origin: Origin): string {
  const familiesOf = (side: string) =>
    recordings.map((recording) => pairsOf(recording, side)).filter((pairs) => pairs.length > 0);
  const same = familiesOf(SAME);
  const slowed = origin.shape.parts.map((part) => ({ part, families: familiesOf(slowSide(part)) }));
  return [
    ...headingOf(recordings, origin),
    '',
    '## False alarms: a target against itself',
    '',
    ...rateTable(same, 'families with a false regression'),
    '',
    ...verdictLines(same),
    '',
    ...slowed.flatMap(({ part, families }) => [
      `## Each operation takes ${part * 100} % longer`,
      '',
      ...rateTable(families, 'families in which a regression was found'),
      '',
      ...verdictLines(families),
      '',
    ]),
    '## The noise',
    '',
    ...noiseTable(same, slowed),
    '',
  ].join('\n');
}

function headingOf(recordings: readonly Recording[], { shape, wanted, target }: Origin): string[] {
  const { cpuCount, cpuModel, kernel, feedrate, versions, targets } = captureEnvironment([
    { name: 'target', path: target },
  ]);
  const loads = recordings.map(({ load }) => load);
  const commit = feedrate.commit === null ? '' : ` (${feedrate.commit.slice(0, 10)})`;
  return [
    `# Verdicts on a real disk, ${new Date().toISOString().slice(0, 10)}`,
    '',
    '`npm run bench:verdicts`',
    '',
    `- machine: ${cpuCount} × ${cpuModel}, Linux ${kernel}; disk ${targets[0]?.source}, ${targets[0]?.fileSystem}`,
    `- feedrate ${feedrate.version}${commit}, node ${process.versions.node}, koffi ${versions['koffi'] ?? 'missing'}`,
    `- ${recordings.length} of ${wanted} families; a family is a run of ${shape.sessions} sessions (processes) × ${shape.rounds} rounds, trials of ${shape.runtimeMs} ms`,
    `- load of the machine meanwhile: ${loads.length === 0 ? '–' : `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, median ${median(loads).toFixed(1)}`}`,
    '',
    'The cells of a family are reads of 4 KiB and 1 MiB from the page cache and O_DIRECT, psync. All rules score the same',
    'recordings. A delay is put in the engine by waiting on the clock; neither plan nor record of an arm knows of it. In',
    'brackets: 95 % Clopper-Pearson intervals. A family counts once, however many of its cells are called slower.',
  ];
}

function rateTable(families: readonly (readonly Pair[])[], what: string): string[] {
  const rows = RULES.map(({ name, slower }) => {
    const found = families.map((family) => slower(family).length);
    const cells = families.reduce((sum, family) => sum + family.length, 0);
    const calledCells = found.reduce((sum, count) => sum + count, 0);
    return `| ${name} | ${rateText(found.filter((count) => count > 0).length, families.length)} | ${rateText(calledCells, cells)} |`;
  });
  return [`| rule | ${what} | cells |`, '|---|---|---|', ...rows];
}

function rateText(successes: number, trials: number): string {
  if (trials === 0) return '–';
  const { low, high } = clopperPearson(successes, trials);
  return `${successes} of ${trials} (${percent(low)}–${percent(high)})`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

function verdictLines(families: readonly (readonly Pair[])[]): string[] {
  const { counts, detectable } = gateVerdicts(families);
  const words = [...counts].sort(([, a], [, b]) => b - a).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    `The gate’s verdicts on the cells: ${words.join(', ') || 'none'}. The smallest difference that a cell could have shown`,
    `(power ${POWER * 100} %, family-wise ${GATE.alpha * 100} %): ${Number.isNaN(detectable) ? 'none, with so few sessions' : `${percent(detectable)} in the median`}.`,
  ];
}

function noiseTable(
  same: readonly (readonly Pair[])[],
  slowed: readonly { readonly part: number; readonly families: readonly (readonly Pair[])[] }[],
): string[] {
  const cells = [...new Set(same.flat().map(({ cell }) => cell))].sort();
  const of = (families: readonly (readonly Pair[])[], cell: string) => {
    const pairs = families.flat().filter((pair) => pair.cell === cell);
    return pairs.length === 0 ? null : noiseOf(pairs);
  };
  const heads = ['sd between sessions', 'a against itself', ...slowed.map(({ part }) => `with ${part * 100} % longer`)];
  return [
    'Medians over the families: the standard deviation of a session’s ln(b / a), and the estimated change of throughput.',
    'An operation that takes 5 % longer makes throughput 4.8 % smaller, less where the loop between two operations counts.',
    '',
    `| cell | ${heads.join(' | ')} |`,
    `|---|${heads.map(() => '---:').join('|')}|`,
    ...cells.map((cell) => {
      const own = of(same, cell);
      const changes = [own, ...slowed.map(({ families }) => of(families, cell))];
      return `| ${cell} | ${percent(own?.sessionSd ?? Number.NaN)} | ${changes.map((noise) => (noise === null ? '–' : percent(noise.change))).join(' | ')} |`;
    }),
  ];
}
