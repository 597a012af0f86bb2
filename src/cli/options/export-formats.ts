/** The formats of `feedrate export`, besides copies in a bucket: one row here, and one in terminal/export-content.ts. */

interface ExportFormatRow {
  /** The end of a file's name. */
  readonly ending: string;
  /** Whether a terminal cannot show it. */
  readonly isBinary: boolean;
  /** Whether it is a choice of tables. */
  readonly hasTables: boolean;
  /** Whether it copies the files of runs, which must be on this machine. */
  readonly isLocal: boolean;
  readonly help: string;
}

export const EXPORT_FORMATS = {
  'fio-json': {
    ending: '.json',
    isBinary: false,
    hasTables: false,
    isLocal: false,
    help: 'results in the shape of fio --output-format=json+; in a directory a file for each arm, as fio-plot reads them',
  },
  hlog: {
    ending: '.hlog',
    isBinary: false,
    hasTables: false,
    isLocal: false,
    help: 'latencies as a log of HdrHistogram, one tag for each arm and kind of operation',
  },
  parquet: {
    ending: '.parquet',
    isBinary: true,
    hasTables: true,
    isLocal: false,
    help: 'tables with types, for DuckDB, pandas and Arrow',
  },
  csv: {
    ending: '.csv',
    isBinary: false,
    hasTables: true,
    isLocal: false,
    help: 'the same tables as text; several runs are joined',
  },
  openmetrics: {
    ending: '.prom',
    isBinary: false,
    hasTables: false,
    isLocal: false,
    help: 'the session medians of each arm, for Prometheus and GitLab',
  },
  tar: { ending: '.tar', isBinary: true, hasTables: false, isLocal: true, help: 'the run directories as they are' },
} as const satisfies Readonly<Record<string, ExportFormatRow>>;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

export const EXPORT_FORMAT_NAMES = Object.keys(EXPORT_FORMATS) as ExportFormat[];

/** Returns whether a choice of `--format` writes a file, instead of reporting on copies in a bucket. */
export function isExportFormat(format: string): format is ExportFormat {
  return Object.hasOwn(EXPORT_FORMATS, format);
}
