/**
 * The formats of files for other programs. A format is one file in ci/ and one row here. The command line derives its
 * option, help and checks from the row. Modules are loaded on demand to keep `--help` fast.
 */
import type { ExportModule } from './ci/export-file.js';

interface ExportRow {
  /** The option's argument, as the help shows it. */
  readonly value: 'file' | 'prefix';
  readonly help: string;
  readonly load: () => Promise<ExportModule>;
}

/** Keyed by commander's name of the option: `benchmarkJson` for `--benchmark-json`. */
export const EXPORTS = {
  junit: {
    value: 'file',
    help: 'also write JUnit XML',
    load: () => import('./ci/junit.js'),
  },
  benchmarkJson: {
    value: 'prefix',
    help: 'also write PREFIX-bigger-is-better.json and PREFIX-smaller-is-better.json',
    load: () => import('./ci/benchmark-json.js'),
  },
  bmf: {
    value: 'file',
    help: 'also write Bencher Metric Format',
    load: () => import('./ci/bmf.js'),
  },
  openMetrics: {
    value: 'file',
    help: 'also write OpenMetrics text',
    load: () => import('./ci/open-metrics.js'),
  },
  dlioSummary: {
    value: 'file',
    help: 'also write a summary.json of a training job, as DLIO does',
    load: () => import('./ci/dlio-summary.js'),
  },
} as const satisfies Readonly<Record<string, ExportRow>>;

export type ExportName = keyof typeof EXPORTS;

/** All formats, in the order in which the help lists them. */
export const EXPORT_NAMES = Object.keys(EXPORTS) as ExportName[];
