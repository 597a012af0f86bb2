/** What a reader must know before trusting a number: one closed list of codes, each with its remedy. */

/** Code → what to do about it, those first that take most from a number. `results/README.md` explains them. */
const REMEDIES = {
  'cache-contradicted': 'use files larger than memory, one pass (no time_based), or cache: direct',
  'few-sessions': 'raise trials.sessions',
  silent: 'find what stood still (server, network, a burst that was used up); measure again without it',
  'nfs-retransmitted':
    'look for lost packets (nstat, MTU), a server that is overloaded, or a timeo that is shorter than its slowest answer',
  'nfs-reconnected': 'look at the network and the server’s log: connections were broken and made again',
  'client-bound': 'the client was the limit: use larger blocks, more workers, or a faster machine',
  'burst-suspected':
    'what was used up (burst credits, a cache that took the writes) returns only with rest: measure longer with a ramp_time beyond the step, or after a pause, and say which',
  'no-steady-state': 'raise ramp_time and runtime until timeseries.csv is level within the measured time',
  'nfs-queued':
    'more connections (nconnect) or slots (max_session_slots for 4.1 and 4.2, tcp_max_slot_table_entries for 3 and 4.0), or fewer operations in flight',
  'rate-missed': 'the storage cannot keep up with this rate: lower it, or add workers',
  straggler: 'use time_based with a runtime, so that all workers end together',
  'queue-replaced': 'compare it only with trials of the same engine, or let the kernel grant io_uring',
  drift: 'find what changed meanwhile (other clients, credits, temperature), or warm up longer and measure again',
  bimodal: 'its median is the level that came more often: find what switches (placement, tier, path, another client)',
  autocorrelated: 'trials are not independent: trust differences of sessions only, and raise sessions, not rounds',
  'short-window': 'raise size or runtime until a trial takes a second or more',
  'short-transfers': 'signals and full file systems do this: see whether something else was going on',
  'gc-in-window': 'longer trials make it matter less',
  'koffi-missing': 'install the optional dependency koffi, or unset FEEDRATE_NO_KOFFI',
  'cache-unproven': 'treat the cache state as unknown',
} as const;

export type WarningCode = keyof typeof REMEDIES;

/** All codes, the weightiest first. */
export const WARNING_CODES = Object.keys(REMEDIES) as readonly WarningCode[];

export interface Warning {
  readonly code: WarningCode;
  /** What was seen. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** The warning of this code, with the remedy of the list or a more exact one. */
export function warning(code: WarningCode, message: string, remedy: string = REMEDIES[code]): Warning {
  return { code, message, remedy };
}

/** Sorts by weight; codes that only a later feedrate knows come last. */
export function byWeight(a: Pick<Warning, 'code'>, b: Pick<Warning, 'code'>): number {
  const weight = ({ code }: Pick<Warning, 'code'>) => WARNING_CODES.indexOf(code) + 1 || WARNING_CODES.length + 1;
  return weight(a) - weight(b);
}
