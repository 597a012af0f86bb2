/** What of a simulated run belongs to the machine and the moment, taken out of its bytes: the only place that says so. */

import { repositoryRoot } from '../support/repository.js';

/** `20261123T191203Z_quick_a1f3`: the second and the last part differ with each run. */
const RUN_ID = /\d{8}T\d{6}Z_([\w-]+)_[0-9a-f]{4}/g;
const DATE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** Columns of real time and real devices, which the virtual clock of the simulated engine does not rule. */
const REAL_COLUMNS: ReadonlySet<string> = new Set([
  'wall_ns',
  'barrier_skew_ns',
  'cpu_ns_per_op',
  'cpu_ns_per_op_median',
  'worker_cpu_ns',
  'minor_faults',
  'major_faults',
  'gc_ns',
  'event_loop_delay_max_ns',
  'process_device_read_bytes',
  'process_device_write_bytes',
  'block_read_bytes',
  'block_write_bytes',
]);

/** Those that may be empty: a kernel may count no CPU time at all for a few operations. */
const MAYBE_EMPTY: ReadonlySet<string> = new Set(['cpu_ns_per_op', 'cpu_ns_per_op_median', 'worker_cpu_ns']);

function isReal(column: string, isEmpty: boolean): boolean {
  return isEmpty ? MAYBE_EMPTY.has(column) : REAL_COLUMNS.has(column);
}

/** The same in a trial's record. */
const REAL_FIELDS: ReadonlySet<string> = new Set([
  'wallNs',
  'barrierSkewNs',
  'client',
  'residencySource',
  'blockDevice',
  'processDeviceReadBytes',
  'processDeviceWriteBytes',
  'blockReadBytes',
  'blockWriteBytes',
]);

/** Run id, dates and the directory in which everything lies. */
function withoutPlace(text: string, directory: string): string {
  return text
    .replaceAll(directory, 'DIR')
    .replaceAll(repositoryRoot, 'REPOSITORY')
    .replaceAll(RUN_ID, 'UTC_$1_ID')
    .replaceAll(DATE, 'DATE');
}

/** A report for people: its header's lines on the machine and the mounts. */
export function maskedReport(text: string, directory: string): string {
  return withoutPlace(text.replaceAll('\\_', '_'), directory)
    .replace(/^((?:- )?)host .*$/m, '$1host …')
    .replace(/^((?:- )?)\d+ × .* memory.*$/m, '$1CPU …')
    .replace(/^((?:- )?)feedrate .*$/m, '$1feedrate …')
    .replace(/^((?:- )?feedrate's own overhead: ).*$/m, '$1…')
    .replace(/^((?:- )?target \S+: \S+), .* free$/gm, '$1, …');
}

/** A field of CSV; arms have commas in their names, and then quotes around them. */
const FIELD = /(?<=^|,)(?:"(?:[^"]|"")*"|[^,]*)/g;

/** `summary.csv`, `timeseries.csv` and the CSV report. */
export function maskedCsv(text: string, directory: string): string {
  const [head = '', ...rows] = withoutPlace(text, directory).split('\n');
  const names = head.split(',');
  const masked = (row: string): string => {
    let column = 0;
    return row.replace(FIELD, (value) => (isReal(names[column++] ?? '', value === '') ? '…' : value));
  };
  return [head, ...rows.map(masked)].join('\n');
}

/** The JSON report. */
export function maskedJson(text: string, directory: string): string {
  return JSON.stringify(
    JSON.parse(withoutPlace(text, directory)),
    (key, value) => (key === 'environment' || isReal(key, value === null) ? '…' : value),
    2,
  );
}

/** `trials.jsonl`. */
export function maskedTrials(text: string, directory: string): string {
  const masked = (line: string) =>
    line === '' ? '' : JSON.stringify(JSON.parse(line), (key, value) => (REAL_FIELDS.has(key) ? '…' : value));
  return withoutPlace(text, directory).split('\n').map(masked).join('\n');
}
