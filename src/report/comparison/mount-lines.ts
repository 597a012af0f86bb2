import type { Comparison, Side } from '../../gate/comparison.js';
import { TELLING_ATTRIBUTES } from '../../record/volume-attributes.js';

/**
 * Lists how the mounts of each column differ from those of the first, by their negotiated options. A column whose cells
 * do not all differ in the same way has no line. If mounts differ in one option only, that option explains the change.
 */
export function mountLines({ cells, grid, options }: Comparison): string[] {
  const first = grid.columns[0] as string;
  return grid.columns.slice(1).flatMap((column) => {
    const mine = cells.filter((cell) => cell.column === column);
    const said = new Set(mine.map(({ base, candidate }) => apart(base, candidate, options.columns).join(' and ')));
    const [only] = said;
    if (said.size !== 1 || only === undefined || only === '') return [];
    const nothingElse = only.includes(' and ') ? '' : 'only ';
    return [`the mounts of ${column} and ${first} differ ${nothingElse}in ${only}`];
  });
}

/**
 * The differences that are not compared already. An NFS file system's name follows from its version, and its open
 * connections follow from nconnect if the server grants them, so neither is listed again.
 */
function apart(base: Side, candidate: Side, compared: readonly string[]): string[] {
  const asAsked = [base, candidate].every(
    ({ attributes }) => attributes.get('nfs.connections') === attributes.get('nfs.nconnect'),
  );
  const ofMount = base.attributes.has('nfs.vers') ? /^(source|nfs\..*)$/ : /^(source|fs)$/;
  return [...base.attributes].flatMap(([name, before]) => {
    const after = candidate.attributes.get(name);
    if (name === 'nfs.connections' && asAsked) return [];
    // Another volume has another source, or is reached at the same place.
    const isTold = ofMount.test(name) || (TELLING_ATTRIBUTES.has(name) && name !== 'fsx.volume');
    if (!isTold || compared.includes(name) || after === undefined || after === before) return [];
    return [`${name} (${before} → ${after})`];
  });
}
