import type { Comparison, Side } from '../../gate/comparison.js';
import { oneLine } from '../table/format.js';

/**
 * What sets the mounts of a column apart from those of the first one, by what was negotiated: a line for each column
 * whose cells all have the same to say. Of mounts that differ in one option alone, it made the difference.
 */
export function mountLines({ cells, grid, options }: Comparison): string[] {
  const first = grid.columns[0] as string;
  return grid.columns.slice(1).flatMap((column) => {
    const mine = cells.filter((cell) => cell.column === column);
    const said = new Set(mine.map(({ base, candidate }) => apart(base, candidate, options.columns).join(' and ')));
    const [only] = said;
    if (said.size !== 1 || only === undefined || only === '') return [];
    const alone = only.includes(' and ') ? '' : ' alone';
    return [oneLine(`the mounts of ${column} and ${first} differ in ${only}${alone}`)];
  });
}

/**
 * Of what is not compared already. The name of an NFS file system follows from its version, its open connections from
 * nconnect where the server grants them.
 */
function apart(base: Side, candidate: Side, compared: readonly string[]): string[] {
  const asAsked = [base, candidate].every(
    ({ attributes }) => attributes.get('nfs.connections') === attributes.get('nfs.nconnect'),
  );
  const ofMount = base.attributes.has('nfs.vers') ? /^(source|nfs\..*)$/ : /^(source|fs)$/;
  return [...base.attributes].flatMap(([name, before]) => {
    const after = candidate.attributes.get(name);
    if (name === 'nfs.connections' && asAsked) return [];
    if (!ofMount.test(name) || compared.includes(name) || after === undefined || after === before) return [];
    return [`${name} (${before} → ${after})`];
  });
}
