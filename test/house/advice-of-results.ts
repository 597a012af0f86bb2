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
    'cli/report-pictures: pictures are written as SVG': ['install fonts-dejavu-core, or use --svg'],
    'house/package: optional dependencies are installed': ['install it with: npm install @resvg/resvg-js'],
  },
  engine: {
    'run/full-target: inodes run out, and a plan with fewer files is laid out': ['use a smaller nrfiles'],
    [OTHERS]: ['raise ulimit -l'],
    [SERVER]: ['mount it with the option nolock'],
  },
  gate: {
    'cli/followed-commands': ['remove it from one of them', 'choose one of: INSERTED'],
    'gate/grid': ['name each run only once', 'add one of these to --rows, or choose with --where'],
    'gate/looks': ['measure a new run'],
    'gate/attainable: as many sessions as are asked for show a difference': ['measure the candidate with'],
    'gate/calibration: with more sessions there is a noise floor': ['use --sessions INSERTED or more'],
    'house/remedies: the arguments of named commands are accepted': ['run feedrate show'],
    [SERVER]: ['compare targets within one run', 'use longer trials, a quieter machine'],
  },
  group: {
    'group/detect-launcher': ['give --rank N and --group-size N'],
    'group/detect-launcher: rank and size are given by options, variables and files': ['set INSERTED', 'give INSERTED'],
    'group/detect-launcher: --group none and --group files': ['measure alone with --group none'],
    'group/launchers.long: each launcher starts a group': [
      'start feedrate with mpirun of MPICH or Intel MPI',
      'start feedrate with mpirun of Open MPI',
    ],
    'run/group-run: ranks meet by files': ['try --group files'],
    'house/package: the optional dependency is installed': ['install it with npm install koffi'],
    [OTHERS]: ['add its directory to LD_LIBRARY_PATH'],
  },
  record: {
    'record/followed-warnings': [
      'set time_based and runtime, so that the job is still running',
      'increase runtime or size, use smaller blocks, or find what stalled',
      'reduce it, or add workers',
    ],
    'cli/remedies: remedies name fields that the job has, and a trial becomes long enough': [
      'increase `size` or `runtime`',
      'use time_based with a runtime, so that all workers stop',
      'use files larger than memory, one pass',
    ],
    'workload/remedies: files whose sizes are whole blocks, and jobs without direct I/O': [
      'use a bs that divides every file size',
    ],
    'cli/next-steps: as many sessions as a comparison needs': ['increase trials.sessions'],
    'run/group-run: ranks with files of their own': ['use --rank-files disjoint to measure its storage'],
    'house/package: the optional dependency is installed': ['install the optional dependency koffi'],
    'house/remedies: the arguments of named commands are accepted': ['use feedrate merge'],
    [SERVER]: [
      'look for what differs there',
      'check for lost packets',
      'check the network and the server’s log',
      'measure longer with a ramp_time beyond the step',
      'increase ramp_time and runtime until',
      'use more connections (nconnect), more slots',
      'compare sessions only, and increase sessions',
    ],
    [OTHERS]: [
      'measure when the machine is idle',
      'measure both sides again on a quiet machine',
      'use larger blocks, more workers, or a faster machine',
      'use a machine with more CPUs',
      'compare it only with trials of the same engine, or enable io_uring',
      'measure while nothing else writes there',
      'use the steady AU',
      'check what else was running',
      'use longer trials to reduce the effect',
      'use the feedrate that wrote it',
    ],
  },
  report: {
    'run/group-run: all ranks are started with the same command': ['start all INSERTED ranks, INSERTED'],
    'report/ceiling-remedies': [
      'use a FlexGroup over all HA pairs',
      'use an instance with a faster network, or several',
      'raise the throughput capacity',
      'use another deployment type',
    ],
    'report/ceiling-remedies: ceilings rise with each remedy; connections in stats/ceiling-use': [
      'mount with more connections',
    ],
    'fsx/ceilings: a user’s file replaces the figures': ['give newer figures with --ceilings FILE'],
    'stats/file-system-cost': ['add it to a price file (--prices FILE)'],
    'cli/next-steps: each next step is accepted, and those that take no minutes are run': [
      'measure INSERTED',
      'measure again',
      'measure it',
      'measure the target with this plan',
      'measure your own storage',
      'check the mount for problems',
      'compare the targets',
      'compare the values of INSERTED',
      'compare anyway',
      'keep this run as the baseline',
      'make this run the new baseline',
      'see the whole report',
      'see the difference of each session',
      'see every trial',
      'add sessions to this run',
    ],
    'cli/compare': ['use --ignore INSERTED to compare anyway', 'run feedrate show INSERTED to see why'],
    'run/calibrate: a floor is measured, and found by a gate': [
      'run feedrate calibrate WORKLOAD',
      'run INSERTED',
      'repeat more',
    ],
    'gate/looks': ['measure a new run'],
    'lab/matrix.long: mounts are made by hand and compared': ['use INSERTED', 'mount     INSERTED'],
    'cli/fsx-metrics: metrics are fetched again': ['use --wait, or --refresh'],
    [SERVER]: ['use longer trials', 'measure longer', 'use runtime=30s or more'],
    [WORDS]: [
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
    'cli/serve': ['choose another with --port', 'leave out --host, or name one of its own'],
    'cli/serve: a server on the usual host answers': ['leave out --host, or name an address of this machine'],
    'serve/guard: names that are allowed are answered': ['add --allow-host to feedrate serve'],
    'house/remedies: the arguments of named commands are accepted': ['see the runs with feedrate list'],
    [OTHERS]: ['choose one above 1023 with --port'],
  },
  stats: { 'stats/file-system-cost: prices in one currency are added': ['give all of them in one currency'] },
  training: {
    'cli/followed-commands: models are listed': ['list them with: feedrate workloads --models'],
    'training/readers/scans: files of each format are read by its reader': [
      'check the format',
      'check record_length_bytes',
    ],
    'cli/replay: a trace is recorded, imported and replayed': [
      'name the directory of your data with --path',
      'make one with feedrate record',
    ],
    [OTHERS]: ['write it with numpy.savez', 'write it with torch.save', 'use the feedrate that made it'],
  },
};
