/**
 * The files that are written for other programs. A format is one file below ci/ and one row here: the command line makes
 * its option, its help, its checks and its writing from the row. Modules are loaded when they are asked for, so that
 * `--help` costs nothing.
 */
import type { ExportModule } from './ci/export-file.js';

interface ExportRow {
  /** What the option takes, as the help shows it. */
  readonly value: 'file' | 'prefix';
  readonly help: string;
  readonly load: () => Promise<ExportModule>;
}

/** By the name under which commander hands over the option: `benchmarkJson` for `--benchmark-json`. */
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
} as const satisfies Readonly<Record<string, ExportRow>>;

export type ExportName = keyof typeof EXPORTS;

/** In the order of the help. */
export const EXPORT_NAMES = Object.keys(EXPORTS) as ExportName[];
