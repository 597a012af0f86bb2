/** Warnings about the reliability of a number: one closed list of codes, each with its remedy. */

/** Code → remedy, most serious first. `results/README.md` explains the codes. */
const REMEDIES = {
  'cache-contradicted': 'use files larger than memory, one pass (no time_based), or cache: direct',
  'nothing-measured':
    'shorten ramp_time, or set time_based and runtime, so that the job is still running when its ramp is over',
  'few-sessions': 'increase trials.sessions',
  stalled:
    'a training waits for its slowest sessions: find what stalled (server, network, failover, credits) and measure again',
  'slow-rank':
    'the slowest machine limits a training: look for what differs there (CPU, network path, mount options, other work), or leave it out',
  silent: 'find what stalled (server, network, exhausted burst credits), fix it and measure again',
  'nfs-retransmitted':
    'check for lost packets (nstat, MTU), an overloaded server, or a timeo shorter than the slowest response',
  'nfs-reconnected': 'check the network and the server’s log: connections were lost and re-established',
  'busy-machine': 'end other programs (top lists them), or measure when the machine is idle',
  'busy-sides-differ': 'measure both sides again on a quiet machine: the difference may be that of the machine',
  'busy-trials-differ': 'end other programs and measure again: these trials are not alike',
  'client-bound': 'the client is the bottleneck: use larger blocks, more workers, or a faster machine',
  'short-steps':
    'the accelerators of this model cannot be emulated here: use a machine with more CPUs, or a larger batch_size and computation_time',
  'burst-suspected':
    'burst credits and write caches recover only when idle: measure longer with a ramp_time beyond the step, or after a pause, and report which',
  'no-steady-state': 'increase ramp_time and runtime until timeseries.csv is level during the measured time',
  'nfs-queued':
    'use more connections (nconnect), more slots (max_session_slots for 4.1 and 4.2, tcp_max_slot_table_entries for 3 and 4.0), or fewer operations in flight',
  'rate-missed': 'the storage cannot sustain this rate: reduce it, or add workers',
  'ends-skipped': 'use a bs that divides every file size, or leave out direct I/O, which moves whole blocks',
  straggler: 'use time_based with a runtime, so that all workers stop at the same time',
  'shared-files':
    'the ranks read the same bytes, so the server answers most of them from its memory: use --rank-files disjoint to measure its storage',
  'queue-replaced': 'compare it only with trials of the same engine, or enable io_uring in the kernel',
  drift: 'find what changed during the run (other clients, credits, temperature), or warm up longer and measure again',
  bimodal: 'the median shows only the more frequent level: find what switches (placement, tier, path, another client)',
  autocorrelated: 'trials are not independent: compare sessions only, and increase sessions instead of rounds',
  'files-changed': 'measure while nothing else writes there; results over other files cannot be compared',
  'few-operations': 'increase runtime or size, use smaller blocks, or find what stalled',
  'short-window': 'increase `size` or `runtime` so that each trial takes at least one second',
  'short-epochs': 'use the steady AU, or at least 50 steps per epoch (more files, or a smaller batch_size)',
  'short-transfers': 'signals and full file systems cause this: check what else was running',
  'gc-in-window': 'use longer trials to reduce the effect',
  'koffi-missing': 'install the optional dependency koffi, or unset FEEDRATE_NO_KOFFI',
  'cache-unproven': 'treat the cache state as unknown',
} as const;

export type WarningCode = keyof typeof REMEDIES;

/** All codes, most serious first. */
export const WARNING_CODES = Object.keys(REMEDIES) as readonly WarningCode[];

export interface Warning {
  readonly code: WarningCode;
  /** What was observed. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Returns the warning with this code and the given remedy. Default: the remedy of the list. */
export function warning(code: WarningCode, message: string, remedy: string = REMEDIES[code]): Warning {
  return { code, message, remedy };
}

/** Sorts warnings, most serious first. Codes of later versions of feedrate come last. */
export function byWeight(a: Pick<Warning, 'code'>, b: Pick<Warning, 'code'>): number {
  const weight = ({ code }: Pick<Warning, 'code'>) => WARNING_CODES.indexOf(code) + 1 || WARNING_CODES.length + 1;
  return weight(a) - weight(b);
}
