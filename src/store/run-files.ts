/** The files of a run directory. `results/README.md` describes them. */
export const RUN_FILES = {
  run: 'run.json',
  trials: 'trials.jsonl',
  /** The trial that is under way, if it has lasted a minute. */
  partial: 'partial.json',
  summary: 'summary.csv',
  evidence: 'evidence.csv',
  timeseries: 'timeseries.csv',
  latency: 'latency.hlog',
  /** One row per arm, after the run has ended. */
  arms: 'arms.csv',
  command: 'command.txt',
  /** The answer of `feedrate feed`. */
  feed: 'feed.json',
  /** CloudWatch's metrics around the run, after `feedrate fsx metrics`. */
  fsxMetrics: 'fsx-metrics.json',
  /** Samples of ONTAP's counters, in runs with `--ontap`. */
  ontap: 'ontap.jsonl',
  /** What the run does at this moment. Only while it is measured. */
  live: 'live.json',
  /** A page for people, after `feedrate report` or with `run --report`. */
  report: 'report.html',
} as const;

/** In a bucket: the SHA-256 of every other file of the run, as `sha256sum -c` reads them. It is written last. */
export const SUMS_FILE = 'SHA256SUMS';

/** Matches `<UTC>_<workload>_<id>`. The groups are the time stamp and the id. */
export const RUN_NAME = /^(\d{8}T\d{6}Z)_.+_([0-9a-f]{4})$/;

const RANK_DIRECTORY = /^rank-(\d+)$/;

/** Returns the name of a rank's run directory in that of its group. */
export function rankDirectory(rank: number): string {
  return `rank-${rank}`;
}

/** Returns the rank whose run directory has this name; null: none. */
export function rankOfDirectory(name: string): number | null {
  const [, rank] = RANK_DIRECTORY.exec(name) ?? [];
  return rank === undefined ? null : Number(rank);
}

/** The directory of the journals of changed tiering policies, in a results directory. */
export const TIERING_DIRECTORY = 'tiering';
