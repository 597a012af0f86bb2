/** Several targets with copies of the same data: only files that all of them have are read, so that they are comparable. */
import { FeedrateError } from '../base/errors.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { type CommonFiles, chosenFiles, commonFiles } from '../plan/common-files.js';
import type { Found } from '../plan/planned-dataset.js';
import type { FoundByTarget } from './found-data.js';

/** With fewer files in common, the targets hold different data. */
const LEAST_SHARE = 0.5;

/**
 * Returns the files that every target has under the same path and with the same size, with a note for each target that has
 * others. Throws `FeedrateError('target')` when the targets have less than half of their files in common.
 */
export function sameFiles(found: FoundByTarget): { readonly found: FoundByTarget; readonly notes: readonly string[] } {
  const common = commonFiles(new Map([...found].map(([target, { index }]) => [target, index])));
  if (common === null) return { found, notes: [] };
  refuseDifferentData(found, common);
  const reduced = new Map<string, Found>();
  const notes: string[] = [];
  for (const [target, all] of found) {
    const places = common.places.get(target) as Uint32Array;
    const onlyHere = common.others.get(target);
    reduced.set(target, { ...chosenFiles(all, places), ...(onlyHere && { onlyHere }) });
    if (onlyHere === undefined) continue;
    const files = `${formatWhole(onlyHere.files)} ${onlyHere.files === 1 ? 'file' : 'files'}`;
    const names = onlyHere.first.map(visibleText).join(', ');
    notes.push(`target ${target}: not read, because not every target has the same: ${files}, such as ${names}`);
  }
  return { found: reduced, notes };
}

function refuseDifferentData(found: FoundByTarget, { places, others }: CommonFiles): void {
  const most = Math.max(...[...found.values()].map(({ index }) => index.bytes.length));
  const [first] = places.values();
  const length = first?.length ?? 0;
  if (length > 0 && length >= LEAST_SHARE * most) return;
  const names = [...found.keys()].join(' and ');
  const each = [...found.values()];
  if (each.every(({ index }) => index.opening.device))
    throw new FeedrateError(
      'target',
      `targets ${names} are devices of different sizes (${each.map(({ summary }) => formatBytes(summary.bytes)).join(', ')}), so they are not ` +
        'read alike; read each in a run of its own',
    );
  const example = [...others.values()].flatMap((other) => other.first)[0] ?? '';
  throw new FeedrateError(
    'target',
    `targets ${names} hold different data: of ${formatWhole(most)} files, ${formatWhole(length)} have the same path and ` +
      `size in all of them (not ${visibleText(example)}); name copies of the same data, or read each target in a run of its own`,
  );
}
