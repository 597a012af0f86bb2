/** What a reader of the table must know: machine, versions, command, and how it was measured. */
import { captureEnvironment } from '../../src/host/environment.js';

export interface Origin {
  readonly target: string;
  readonly args: readonly string[];
  readonly fioVersion: string;
  readonly compiler: string | null;
  readonly seconds: number;
  readonly fileBytes: number;
}

const METHOD = [
  'Ratios are feedrate ÷ the other side: the median of the rounds’ ratios, in brackets their range. Every round runs',
  'all sides of a cell one after the other, in an order that rotates. A demand is decided by the 95 % interval of the',
  'median (order statistics, 6 rounds or more): *met* or *NOT MET* when all of it lies on one side of the bound, *not',
  'decidable in this noise* when the bound lies inside. *fio* is fio at its defaults for the load; *fio tuned* has',
  'registered buffers and file, batches of the queue’s length (of 4 for O_DIRECT; none for writes with a flush, which',
  'fio 3.33 then sometimes does not do), and from 64 KiB on page-aligned buffers, as feedrate’s are: for psync that is',
  'all there is to tune. On all sides: `invalidate=0`, `norandommap=1`, `randrepeat=0`, latencies are `lat`. CPU is that',
  'of the threads which issue operations; kernel worker threads (io-wq) count on no side. *bare C* is the same load with',
  'no harness around it. Buffered writes with a flush go once over the file, everything else runs for a time. Of writes',
  'on disk the sectors that the device counts were compared with what each side says it wrote.',
];

export function headingOf(origin: Origin): string[] {
  const { cpuCount, cpuModel, kernel, memoryBytes, versions, feedrate, targets } = captureEnvironment([
    { name: 'target', path: origin.target },
  ]);
  const [target] = targets;
  const commit = feedrate.commit === null ? '' : ` (${feedrate.commit.slice(0, 10)})`;
  return [
    `# feedrate against fio, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `\`npm run bench:fio${origin.args.length === 0 ? '' : ` -- ${origin.args.join(' ')}`}\``,
    '',
    `- machine: ${cpuCount} × ${cpuModel}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, Linux ${kernel}`,
    `- disk: ${target?.device}, ${target?.fileSystem}; file ${origin.fileBytes / 2 ** 20} MiB, ${origin.seconds} s a run`,
    `- feedrate ${feedrate.version}${commit}, node ${process.versions.node}, koffi ${versions['koffi'] ?? 'missing'}`,
    `- ${origin.fioVersion}; bare C by ${origin.compiler ?? 'nobody: no compiler here'}`,
    '',
    ...METHOD,
  ];
}
