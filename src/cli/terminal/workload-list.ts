/** The installed workloads, with what each one writes and how long it takes. */
import { formatBytes, formatDurationNs } from '../../base/units.js';
import { expectedRunTime } from '../../plan/expected-time.js';
import { buildPlan } from '../../plan/schedule.js';
import { spaceNeeded } from '../../plan/space.js';
import { aligned, wrapped } from '../../report/table/columns.js';
import { installedWorkloads, readInstalledWorkload } from '../../run/workload-text.js';
import { parseWorkload } from '../../workload/parse.js';
import { resolveJob } from '../../workload/resolve.js';

export { readInstalledWorkload };

/** An installed workload, for one target that has no data files yet. */
export interface WorkloadEntry {
  readonly name: string;
  readonly description: string;
  /** Bytes written by the whole run, data files included; at least, if `writtenIsLowerBound`. */
  readonly writtenBytes: number;
  readonly writtenIsLowerBound: boolean;
  /** Bytes of data files, which stay after the run. */
  readonly dataBytes: number;
  /** Time of the whole run at the rate that feedrate assumes of an unknown target. */
  readonly expectedNs: number;
  readonly path: string;
}

/** Returns the installed workloads in the order of their names. */
export function installedEntries(): WorkloadEntry[] {
  return [...installedWorkloads()].map(([name, path]) => {
    const { source } = readInstalledWorkload(name);
    const workload = parseWorkload(source, path);
    const { description, seed } = workload;
    const dataset = workload.dataset?.kind === 'generated' ? workload.dataset : null;
    const plan = buildPlan(workload, [{ name: 'target', path: '/' }], resolveJob, seed);
    const space = spaceNeeded(plan, dataset, () => null);
    const [need] = space;
    const { writtenBytes = 0, writtenIsLowerBound = false, dataBytes = 0 } = need ?? {};
    const { knownNs, estimatedNs } = expectedRunTime({ plan, dataset, space });
    const expectedNs = knownNs + estimatedNs;
    return { name, description, writtenBytes, writtenIsLowerBound, dataBytes, expectedNs, path };
  });
}

/** Returns the list for people, with descriptions broken to fit. `columns`: the width of the terminal, if it is one. */
export function workloadLines(entries: readonly WorkloadEntry[], columns = Number.POSITIVE_INFINITY): string[] {
  const head = ['NAME', 'WRITES', 'ABOUT'];
  const rows = entries.map(({ name, writtenBytes, writtenIsLowerBound, expectedNs }) => [
    name,
    (writtenIsLowerBound ? '≥ ' : '') + formatBytes(writtenBytes),
    formatDurationNs(expectedNs),
  ]);
  const texts = ['DESCRIPTION', ...entries.map(({ description }) => description)];
  const starts = aligned([head, ...rows]);
  const width = Math.max(...starts.map((start) => start.length)) + 2;
  const lines = starts.flatMap((start, index) =>
    wrapped(texts[index] ?? '', columns - width).map((part, line) =>
      line === 0 ? start.padEnd(width) + part : ' '.repeat(width) + part.trimStart(),
    ),
  );
  return [
    ...lines,
    '',
    'Bytes and time are those of one target that has no data files yet.',
    'Run one with: feedrate run NAME -t DIRECTORY',
    'Print one to edit it with: feedrate workloads NAME > mine.yaml',
  ];
}
