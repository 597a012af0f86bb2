/** Recommends one of several compared mounts, with the commands that mount it. */
import { mountCommand } from '../../base/mount-command.js';
import type { Comparison } from '../../gate/comparison.js';
import type { PlannedMount } from '../../plan/mount-plan.js';
import { geometricMean } from '../../stats/geometric-mean.js';
import { formatChange } from './comparison-table.js';

const MOUNT_POINT = '/mnt/train';

/**
 * Returns the best mount by the geometric mean over all rows, the mounts that are not significantly slower, and the
 * lines for a shell, fstab and a notebook's lifecycle configuration. Empty when nothing was measured.
 */
export function mountAdvice(comparison: Comparison, mounts: readonly PlannedMount[]): string[] {
  const { cells, grid, rankings } = comparison;
  const measured = cells.filter(({ judgement }) => judgement.ratio !== null);
  const ranked = mounts
    .flatMap((mount) => {
      const mine = measured.filter(({ column }) => column === mount.name);
      if (mount.name === grid.columns[0]) return measured.length === 0 ? [] : [{ mount, ratio: 1 }];
      const ratios = mine.map(({ judgement }) => judgement.ratio?.estimate as number);
      return ratios.length === 0 ? [] : [{ mount, ratio: geometricMean(ratios) }];
    })
    .sort((a, b) => b.ratio - a.ratio);
  const [best] = ranked;
  if (best === undefined) return [];
  const tied = mounts.filter(
    ({ name }) => name !== best.mount.name && rankings.every(({ entries }) => areTied(entries, name, best.mount.name)),
  );
  const { name, source, options } = best.mount;
  const mount = mountCommand({ fileSystem: 'nfs', options: [options], source, mountPoint: MOUNT_POINT });
  const lines =
    tied.length === 0
      ? [
          `use ${name}; relative to it: ${ranked
            .slice(1)
            .map((one) => `${one.mount.name} ${formatChange(one.ratio / best.ratio)}`)
            .join(', ')}`,
        ]
      : [
          `${name} was fastest, but this many sessions show no clear difference from ${tied.map((one) => one.name).join(', ')}`,
        ];
  return [
    ...lines,
    `mount     ${mount}`,
    `fstab     ${source} ${MOUNT_POINT} nfs ${options},_netdev 0 0`,
    `notebook  mkdir -p ${MOUNT_POINT} && ${mount}   # lifecycle configuration, on start`,
  ];
}

function areTied(entries: Comparison['rankings'][number]['entries'], first: string, second: string): boolean {
  const [best] = entries;
  const isTop = (name: string) => best?.column === name || entries.some((entry) => entry.column === name && entry.tied);
  return isTop(first) && isTop(second);
}
