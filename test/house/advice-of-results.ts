/**
 * Where the advice of each room is followed: what feedrate advises must be accepted, and must help. A key is a test file,
 * whose text has the words of the advice; a test file that brings about the advised state without quoting the advice, and
 * what it does; or `not run` and why nothing can follow it here. The values are beginnings of advice. `house/advice` fails for
 * advice without a row.
 */
export type Ledger = Readonly<Record<string, readonly string[]>>;

/** Advice about things outside this machine. */
export const SERVER = 'not run: settings, networks and storage of servers';
export const OTHERS = 'not run: other programs, their limits and this machine’s kernel';
export const WORDS = 'not run: a choice of the user, or words that only look like advice';

/** The rooms that measure, judge and report. */
export const LEDGERS_OF_RESULTS: Readonly<Record<string, Ledger>> = {
  base: {
    'workload/remedies': ['write bytes', 'write bytes per second'],
    'workload/remedies: times, shares and rates without a unit are written with one': ['write INSERTED'],
    [WORDS]: ['read latency', 'write latency', 'wait for'],
  },
  browser: { [WORDS]: ['use feedrate list.'] },
  charts: {
    'cli/report-pictures': ['install fonts-dejavu-core, or use --svg'],
    'house/package': ['install it with: npm install @resvg/resvg-js'],
  },
  engine: {
    'engine/metadata': ['use a smaller nrfiles'],
    'run/refusals: a user who may lock more memory has a ring': ['raise ulimit -l'],
    // So many entries that a directory cannot hold them take minutes.
    [OTHERS]: ['spread them with depth and branch'],
    [SERVER]: ['mount it with the option nolock', 'run again when nothing changes these files'],
  },
  gate: {
    'cli/followed-commands': ['remove it from one of them', 'choose one of: INSERTED'],
    'gate/grid': ['name each run only once', 'add one of these to --rows, or choose with --where'],
    'gate/looks': ['measure a new run'],
    'cli/remedies': ['measure the candidate with'],
    'gate/calibration': ['use longer trials, a quieter machine'],
    'gate/calibration: with more sessions there is a noise floor': ['use --sessions INSERTED or more'],
    'gate/calibration: a drift of both sides leaves B beside A alone': ['compare targets within one run'],
    'cli/compare: the report of a run whose trials failed says so': ['run INSERTED'],
    [OTHERS]: ['calibrate again', 'find what stalled'],
  },
  group: {
    'group/detect-launcher': [
      'give --rank N and --group-size N',
      'measure alone with --group none',
      'start feedrate with mpirun of MPICH or Intel MPI',
      'start feedrate with mpirun of Open MPI',
      'give INSERTED',
    ],
    'group/detect-launcher: the size is given by a variable': ['set INSERTED'],
    'group/files-group: ranks meet by files': ['try --group files'],
    'group/launchers.long: ranks meet through the MPI that koffi loads': ['install it with npm install koffi'],
    [OTHERS]: ['add its directory to LD_LIBRARY_PATH'],
  },
  record: {
    'record/followed-warnings': [
      'increase runtime or size, use smaller blocks, or find what stalled',
      'shorten ramp_time, or set time_based',
      'reduce it, or add workers',
      'use time_based with a runtime, so that all workers stop',
      'use files larger than memory, one pass',
      'use the steady AU',
    ],
    'record/followed-warnings: trials become long enough': ['increase `size` or `runtime`'],
    'record/steadiness: a window that begins after the step is steady': [
      'measure longer with a ramp_time beyond the step',
    ],
    'record/steadiness: what has settled before the last half is steady': ['increase ramp_time and runtime until'],
    'workload/remedies: files whose sizes are whole blocks, and jobs without direct I/O': [
      'use a bs that divides every file size',
    ],
    'cli/remedies: as many sessions as are asked for': ['increase trials.sessions'],
    'trial/shared-files': ['use --rank-files disjoint to measure its storage'],
    'run/end-to-end: runs with and without koffi': ['install the optional dependency koffi'],
    'run/start-at: parts of a group are merged': ['use feedrate merge'],
    [SERVER]: [
      'look for what differs there',
      'check for lost packets',
      'check the network and the server’s log',
      'use more connections (nconnect), more slots',
      'compare sessions only, and increase sessions',
    ],
    [OTHERS]: [
      'measure both sides again on a quiet machine',
      'use larger blocks, more workers, or a faster machine',
      'use a machine with more CPUs',
      'end other programs',
      'find what ',
      'compare it only with trials of the same engine, or enable io_uring',
      'measure while nothing else writes there',
      'check what else was running',
      'use longer trials to reduce the effect',
      'use the feedrate that wrote it',
    ],
    [WORDS]: ['treat the cache state as unknown'],
  },
  report: {
    'report/ceiling-remedies': [
      'provision more SSD IOPS',
      'mount with more connections',
      'use a FlexGroup over all HA pairs',
      'use an instance with a faster network, or several',
      'raise the throughput capacity',
      'use another deployment type',
    ],
    'fsx/ceilings: a user’s file replaces the figures': ['give newer figures with --ceilings FILE'],
    'stats/file-system-cost': ['add it to a price file (--prices FILE)'],
    'cli/next-steps: each next step is accepted, and those that take no minutes are run': [
      'start all INSERTED ranks, INSERTED',
      'measure INSERTED',
      'measure again',
      'measure it',
      'measure your own storage',
      'check the mount for problems',
      'compare the targets',
      'compare the values of INSERTED',
      'compare anyway',
      'keep this run as the baseline',
      'make this run the new baseline',
      'see the whole report',
      'see the difference of each session',
      'add sessions to this run',
    ],
    'run/calibrate: the plan of a calibration is accepted': ['measure the target with this plan'],
    'gate/calibration: as many sessions have a noise floor': ['calibrate again in INSERTED sessions'],
    'cli/doctor': ['fix what is marked ✗, then check again'],
    [OTHERS]: ['record it from a slower mount'],
    'run/feed: the run of a measurement is shown': ['see every trial'],
    'cli/compare': ['use --ignore INSERTED to compare anyway', 'run INSERTED to see why'],
    'run/calibrate': ['run feedrate calibrate WORKLOAD'],
    'gate/looks': ['measure a new run'],
    'lab/matrix.long: mounts are made by hand and compared': ['use INSERTED', 'mount     INSERTED'],
    'cli/fsx-metrics: metrics are fetched again': ['use --wait, or --refresh'],
    [SERVER]: ['use longer trials', 'measure longer', 'use runtime=30s or more'],
    [WORDS]: [
      'run INSERTED',
      'repeat more',
      'spread evenly over',
      'copy to memory',
      'measure one apart',
      'change of each',
      'start of the run',
      'read as ',
      'read from the capacity pool',
      'wait p99',
      'create p99',
      'close p',
      'open p',
      'write limit',
    ],
  },
  serve: {
    'cli/serve': [
      'choose another with --port',
      'choose one above 1023 with --port',
      'leave out --host, or name one of its own',
    ],
    'cli/serve: a server on the usual host answers': ['leave out --host, or name an address of this machine'],
    'serve/guard: names that are allowed are answered': ['add --allow-host to feedrate serve'],
    'cli/followed-commands: the runs are listed': ['see the runs with feedrate list'],
  },
  stats: { 'stats/file-system-cost: prices in one currency are added': ['give all of them in one currency'] },
  training: {
    'cli/followed-commands: models are listed': ['list them with: feedrate workloads --models'],
    'training/readers/scans: files of each format are read by its reader': [
      'check the format',
      'check record_length_bytes',
    ],
    'training/readers/refused-files: files are written as advised, and read': [
      'write it with numpy.savez',
      'write it with torch.save',
      'write its tensors with torch.save',
      'write it with h5py without libver',
      'remove npz_samples, or write it with rows',
      'copy the file again, or leave it out with dataset.exclude',
    ],
    'run/remedies': ['name the directory of your data with --path'],
    'cli/replay: a trace is recorded, imported and replayed': [
      'make one with feedrate record',
      'record or import it again',
    ],
    [OTHERS]: ['use the feedrate that made it', 'record fewer processes'],
  },
};
