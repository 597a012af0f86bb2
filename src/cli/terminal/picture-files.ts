/** Writes the charts of a page as picture files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import type { Chart } from '../../charts/chart.js';
import type { Page, PageSection } from '../../page/page.js';
import { writeOutputFile } from '../../store/output-file.js';

/** Where pictures are written, by their format. */
export interface PicturePlaces {
  readonly svg?: string;
  readonly png?: string;
  /** Whether they are for a dark background. */
  readonly dark?: boolean;
  /** Whether files of the same name may be replaced. */
  readonly force?: boolean;
}

/**
 * Writes each chart of a page as a file into each of the directories, which are made. Returns the paths of the files.
 * Throws `FeedrateError`: `usage` if a file exists, or if PNG files cannot be made here; `store` if one cannot be written.
 */
export async function writePictures(page: Page, { svg, png, dark, force }: PicturePlaces): Promise<string[]> {
  const charts = chartsOf(page.sections);
  if (charts.length === 0) return [];
  const { chartFiles } = await import('../../charts/chart-files.js');
  const look = { theme: dark ? 'dark' : 'light' } as const;
  const asked = [
    { format: 'svg', directory: svg },
    { format: 'png', directory: png },
  ] as const;
  const files: { path: string; content: string | Uint8Array }[] = [];
  for (const { format, directory } of asked)
    if (directory !== undefined)
      for (const { name, content } of await chartFiles(charts, format, look))
        files.push({ path: join(directory, name), content });
  const taken = force ? undefined : files.find(({ path }) => existsSync(path));
  if (taken !== undefined)
    throw new FeedrateError('usage', `${taken.path}: it exists; name another directory, or use --force`);
  for (const { path, content } of files) writeOutputFile(path, content);
  return files.map(({ path }) => path);
}

function chartsOf(sections: readonly PageSection[]): Chart[] {
  return sections.flatMap(({ parts, sections: inner = [] }) => [
    ...parts.flatMap((part) => (part.kind === 'chart' ? part.chart : [])),
    ...chartsOf(inner),
  ]);
}
