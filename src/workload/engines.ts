/**
 * The capabilities of each engine. Every rule, estimate and warning that depends on the engine uses this table. No other
 * code compares an engine's name. It loads without zod, so that the command line can offer the choices.
 */

/** The capabilities of an engine. */
export interface EngineCapabilities {
  /** A clause for the reference of `ioengine`; null: a workload cannot name it, only `auto` chooses it. */
  readonly help: string | null;
  /** The targets that it supports. An engine without files supports any. */
  readonly targets: 'mounts' | 'servers' | 'any';
  /** It opens, reads and writes files, through system calls. */
  readonly touchesFiles: boolean;
  /** Real content passes through the worker's buffers, so that it can be checked. */
  readonly movesContent: boolean;
  /** Its time is simulated, so a trial does not depend on how long it really takes. */
  readonly virtualClock: boolean;
  /** `simulated_latency` and `simulated_bandwidth` apply. */
  readonly followsModel: boolean;
  /** One worker keeps `iodepth` operations in flight. */
  readonly holdsQueue: boolean;
  /** Files are mapped into memory: `madvise` applies and direct I/O is impossible. */
  readonly mapsFiles: boolean;
  /** It creates, looks up, lists, renames and removes entries of directories one by one, as `kind: metadata` does. */
  readonly worksOnEntries: boolean;
  /** It makes the calls of training readers, as `kind: training` needs them. */
  readonly readsSamples: boolean;
  /** `calibrate --inject` can slow down each of its operations. */
  readonly canBeSlowed: boolean;
}

/** The engines, in the order of the reference. */
export const ENGINES = {
  psync: {
    help: 'makes one blocking system call per operation',
    targets: 'mounts',
    touchesFiles: true,
    movesContent: true,
    virtualClock: false,
    followsModel: false,
    holdsQueue: false,
    mapsFiles: false,
    worksOnEntries: true,
    readsSamples: true,
    canBeSlowed: true,
  },
  io_uring: {
    help: 'keeps `iodepth` operations in flight',
    targets: 'mounts',
    touchesFiles: true,
    movesContent: true,
    virtualClock: false,
    followsModel: false,
    holdsQueue: true,
    mapsFiles: false,
    worksOnEntries: false,
    readsSamples: false,
    canBeSlowed: false,
  },
  mmap: {
    help: 'copies from mapped files, as memory-mapped datasets do',
    targets: 'mounts',
    touchesFiles: true,
    movesContent: true,
    virtualClock: false,
    followsModel: false,
    holdsQueue: false,
    mapsFiles: true,
    worksOnEntries: false,
    readsSamples: false,
    canBeSlowed: false,
  },
  null: {
    help: 'does nothing, which measures feedrate’s own overhead',
    targets: 'any',
    touchesFiles: false,
    movesContent: false,
    virtualClock: false,
    followsModel: false,
    holdsQueue: false,
    mapsFiles: false,
    worksOnEntries: true,
    readsSamples: true,
    canBeSlowed: false,
  },
  simulated: {
    help: 'follows a latency model on a virtual clock',
    targets: 'any',
    touchesFiles: false,
    movesContent: false,
    virtualClock: true,
    followsModel: true,
    holdsQueue: false,
    mapsFiles: false,
    worksOnEntries: true,
    readsSamples: true,
    canBeSlowed: true,
  },
  nfs: {
    help: null,
    targets: 'servers',
    touchesFiles: true,
    movesContent: true,
    virtualClock: false,
    followsModel: false,
    holdsQueue: false,
    mapsFiles: false,
    worksOnEntries: true,
    readsSamples: true,
    canBeSlowed: true,
  },
} as const satisfies Readonly<Record<string, EngineCapabilities>>;

/** The name of an engine. */
export type Engine = keyof typeof ENGINES;

/** An engine that a workload may name. */
export type NamedEngine = { [E in Engine]: (typeof ENGINES)[E]['help'] extends string ? E : never }[Engine];

/** The values of `ioengine` and `--engine`. */
export type EngineChoice = 'auto' | NamedEngine;

const AUTO = 'auto';

function isNamed(engine: Engine): engine is NamedEngine {
  return ENGINES[engine].help !== null;
}

export const ENGINE_CHOICES: readonly [EngineChoice, ...EngineChoice[]] = [
  AUTO,
  ...(Object.keys(ENGINES) as Engine[]).filter(isNamed),
];

/** The engines that `auto` chooses: one for single blocking operations and one for a queue of them. */
export interface AutomaticEngines {
  readonly blocking: Engine;
  /** Or the reason why there is none. Blocking threads then replace the queue. */
  readonly queue: Engine | { readonly missing: string };
}

/** The automatic engines for each type of target. */
export const AUTOMATIC: Readonly<Record<Exclude<EngineCapabilities['targets'], 'any'>, AutomaticEngines>> = {
  mounts: { blocking: 'psync', queue: 'io_uring' },
  servers: { blocking: 'nfs', queue: { missing: 'libnfs makes one call at a time' } },
};

/** The capabilities of `auto` before an engine is chosen. Any choice supports a queue, with threads if necessary. */
const AUTO_CAPABILITIES: EngineCapabilities = {
  help: 'is `io_uring` for `iodepth` above 1 where the kernel grants it, else `psync`',
  targets: 'any',
  touchesFiles: true,
  movesContent: true,
  virtualClock: false,
  followsModel: false,
  holdsQueue: true,
  mapsFiles: false,
  worksOnEntries: true,
  readsSamples: true,
  canBeSlowed: true,
};

/** Returns the engine that a choice names, or null when feedrate chooses one. */
export function namedEngine(choice: EngineChoice): NamedEngine | null {
  return choice === AUTO ? null : choice;
}

/** Returns the capabilities of a value of `ioengine`. */
export function capabilitiesOf(choice: EngineChoice): EngineCapabilities {
  const engine = namedEngine(choice);
  return engine === null ? AUTO_CAPABILITIES : ENGINES[engine];
}
