/** Results of elbencho (`--csvfile`) as a foreign run. Its columns are described in `docs/csv-docs.md` of elbencho. */
import { FeedrateError } from '../../base/errors.js';
import { sizeText } from '../../workload/fio/fio-values.js';
import { foreignName, workloadName } from './foreign-names.js';
import type { ForeignJob, ForeignResults, ForeignTrial } from './foreign-results.js';

const MIB = 2 ** 20;

interface CsvFile {
  readonly text: string;
  readonly path: string;
}

type CsvRow = ReadonlyMap<string, string>;

const COLUMNS = ['ISO date', 'operation', 'block size', 'time ms [first]', 'MiB [first]'];

/** Returns whether a text is a file of elbencho's results. */
export function isElbenchoCsv(text: string): boolean {
  const head = (text.split('\n', 1)[0] ?? '').trim().split(',');
  return COLUMNS.every((column) => head.includes(column));
}

/**
 * Returns the results of all reads and writes in these files. Rows with the same settings are trials of one job. Throws
 * `FeedrateError('workload')` for another file.
 */
export function elbenchoResults(files: readonly CsvFile[]): ForeignResults {
  const notes: string[] = [];
  const jobs = new Map<string, ForeignJob>();
  let program = 'elbencho';
  for (const { text, path } of files) {
    rowsIn(text, path).forEach((row, index) => {
      const where = `${path}:${index + 2}`;
      const operation = row.get('operation') ?? '';
      if (row.get('version')) program = `elbencho ${row.get('version')}`;
      const fields = fieldsOf(row, operation);
      if (fields === null) {
        notes.push(`${where}: ${operation}: left out, because it neither reads nor writes files`);
        return;
      }
      const label = row.get('label') ?? '';
      const key = JSON.stringify([label, operation, fields]);
      const known = jobs.get(key);
      const name = `${label === '' ? '' : `${label}-`}${operation.toLowerCase()}`;
      notes.push(`${where}: ${operation}: ${latencyFigures(row)}`);
      jobs.set(key, {
        name:
          known?.name ??
          foreignName(
            name,
            [...jobs.values()].map((job) => job.name),
          ),
        fields,
        unsaid: null,
        engine: 'elbencho',
        trials: [...(known?.trials ?? []), trialOf(row, operation, where)],
      });
    });
  }
  const workload = workloadName(files[0]?.path ?? '', 'elbencho');
  return { program, workload, directory: null, hostname: null, jobs: [...jobs.values()], notes };
}

/** No column that is read here follows one with commas of its own: labels are refused, and the command comes last. */
function rowsIn(text: string, path: string): CsvRow[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (!isElbenchoCsv(text)) throw new FeedrateError('workload', `${path}: expected CSV of elbencho (--csvfile)`);
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return new Map(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

const READS = 'READ';
const WRITES = 'WRITE';

function numberOf(row: CsvRow, column: string): number {
  const value = Number(row.get(column) ?? '');
  return Number.isFinite(value) ? value : 0;
}

/** A write phase with these columns also reads (`--rwmixpct`). */
const MIXED = 'rwmix read MiB [last]';

function fieldsOf(row: CsvRow, operation: string): ForeignJob['fields'] | null {
  const [reads, writes] = [operation === READS, operation === WRITES];
  if (!reads && !writes) return null;
  const random = numberOf(row, 'random') === 1 ? 'rand' : '';
  const isMixed = writes && numberOf(row, MIXED) > 0;
  const [blockBytes, fileBytes] = [numberOf(row, 'block size'), numberOf(row, 'file size')];
  const workers = Math.max(1, numberOf(row, 'threads')) * Math.max(1, numberOf(row, 'hosts'));
  const files = Math.max(1, numberOf(row, 'files')) * Math.max(1, numberOf(row, 'dirs'));
  const sizeBytes = Math.max(blockBytes, fileBytes);
  return [
    ['rw', `${random}${isMixed ? 'rw' : reads ? 'read' : 'write'}`],
    ['bs', sizeText(blockBytes)],
    ['size', sizeText(sizeBytes * files)],
    ...(files > 1 ? [['nrfiles', String(files)] as const] : []),
    ['numjobs', String(workers)],
    ['iodepth', String(Math.max(1, numberOf(row, 'IO depth')))],
    ...(numberOf(row, 'direct IO') === 1 ? [['direct', 'true'] as const] : []),
  ];
}

/** The figures until the first thread was done are those of the time in which all of them were busy. */
function trialOf(row: CsvRow, operation: string, where: string): ForeignTrial {
  const endedMs = Date.parse(row.get('ISO date') ?? '');
  if (Number.isNaN(endedMs)) throw new FeedrateError('workload', `${where}: ISO date: expected a date`);
  const until = (which: 'first' | 'last') => {
    const seconds = numberOf(row, `time ms [${which}]`) / 1000;
    const moved = { bytes: numberOf(row, `MiB [${which}]`) * MIB, ops: numberOf(row, `IOPS [${which}]`) * seconds };
    const mixed = {
      bytes: numberOf(row, `rwmix read MiB [${which}]`) * MIB,
      ops: numberOf(row, `rwmix read IOPS [${which}]`) * seconds,
    };
    const isRead = operation === READS;
    return {
      readBytes: isRead ? moved.bytes : mixed.bytes,
      writeBytes: isRead ? 0 : moved.bytes,
      readOps: Math.round(isRead ? moved.ops : mixed.ops),
      writeOps: isRead ? 0 : Math.round(moved.ops),
    };
  };
  const lastDoneNs = numberOf(row, 'time ms [last]') * 1e6;
  return {
    startedAt: new Date(endedMs - lastDoneNs / 1e6).toISOString(),
    windowNs: numberOf(row, 'time ms [first]') * 1e6,
    lastDoneNs,
    ...until('first'),
    total: until('last'),
    latency: {},
    userNs: null,
    systemNs: null,
    stated: null,
    fault: null,
  };
}

function latencyFigures(row: CsvRow): string {
  const [least, mean, most] = ['min', 'avg', 'max'].map((word) => row.get(`IO lat us [${word}]`) || 'unknown');
  return `no histogram; elbencho’s own figures in µs: min ${least}, mean ${mean}, max ${most}`;
}
